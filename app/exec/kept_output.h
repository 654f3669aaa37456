#pragma once
#include "base/result.h"

#include <cstdint>
#include <openssl/evp.h>
#include <string>
#include <string_view>

namespace sluice::exec {

/// The file `output`: the first half of the budget as it comes, so that it can be followed; of what comes later the
/// last half of the budget is kept in memory and appended at the end. Every byte counts for length and digest.
class KeptOutput {
public:
    KeptOutput(const std::string& path, std::size_t budget);
    KeptOutput(const KeptOutput&) = delete;
    ~KeptOutput();

    bool is_open() const { return file_ >= 0; }
    void take(std::string_view bytes);
    void finish(); ///< appends the last part and makes the file durable

    std::size_t head_limit() const { return half_; }
    std::uint64_t length() const { return length_; }
    std::uint64_t head() const { return head_; }
    std::uint64_t tail() const { return tail_written_; }
    std::string digest(); ///< once, after finish

private:
    void write(std::string_view bytes);

    int file_ = -1;
    std::size_t half_;
    std::uint64_t length_ = 0;
    std::uint64_t head_ = 0;
    std::uint64_t tail_written_ = 0;
    std::string ring_;
    std::size_t ring_at_ = 0; ///< where the oldest byte is, once the ring is full
    EVP_MD_CTX* hash_;
};

} // namespace sluice::exec
