#pragma once

namespace sluice::range {

/// Lets a unique_ptr hold what a C library hands out: `std::unique_ptr<BIO, Freed<BIO_free>>`.
template <auto Free>
struct Freed {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};

} // namespace sluice::range
