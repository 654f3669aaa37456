#pragma once
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace fuzz {

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, so that the fuzzer keeps the input.
inline void must(bool holds) {
    if (!holds) {
        std::abort();
    }
}

} // namespace fuzz
