#include "session/key.h"

#include "base/digest.h"
#include "session/posix_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdexcept>
#include <sys/stat.h>

namespace sluice::session {
namespace {

constexpr char algorithm = 1; // Ed25519, in C2SP's list of signature types
constexpr std::string_view private_prefix = "PRIVATE+KEY+";

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 200 &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

const unsigned char* octets(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::uint32_t key_id(std::string_view name, std::string_view public_key) {
    const Digest digest = sha256(std::string(name) + '\n' + algorithm + std::string(public_key));
    return std::uint32_t{digest[0]} << 24 | std::uint32_t{digest[1]} << 16 | std::uint32_t{digest[2]} << 8 | digest[3];
}

struct KeyText {
    std::string name;
    std::uint32_t id = 0;
    std::string bytes; // 32
};

/// NAME+ID+BASE64(1 ‖ 32 bytes)
Result<KeyText> split_key(std::string_view text, const std::string& where) {
    const auto wrong = [&](const char* what) {
        return fail(ErrorCode::bad_input, what, where, "a key reads NAME+8 hexadecimal digits+base64");
    };
    const auto first = text.find('+');
    const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos) {
        return wrong("not a key");
    }
    KeyText key;
    key.name = text.substr(0, first);
    if (!is_name(key.name)) {
        return wrong("not the name of a key");
    }
    const std::string_view digits = text.substr(first + 1, second - first - 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), key.id, 16);
    if (digits.size() != 8 || error != std::errc() || end != digits.data() + digits.size()) {
        return wrong("the key's id is not 8 hexadecimal digits");
    }
    if (!from_base64(text.substr(second + 1), key.bytes) || key.bytes.size() != 33 || key.bytes[0] != algorithm) {
        OPENSSL_cleanse(key.bytes.data(), key.bytes.size());
        return wrong("the key is not 32 bytes for Ed25519 in base64");
    }
    key.bytes.erase(0, 1);
    return key;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

} // namespace

VerifierKey::VerifierKey(std::string name, std::string public_key)
    : name_(std::move(name)), id_(key_id(name_, public_key)), public_key_(std::move(public_key)) {}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
    const auto parts = split_key(trimmed(text), {});
    if (!parts) {
        return failed(parts);
    }
    VerifierKey key(parts->name, parts->bytes);
    if (key.id_ != parts->id) {
        return fail(ErrorCode::bad_input, "the key's id does not fit its name and bytes", {}, "copy the key again");
    }
    return key;
}

std::string VerifierKey::text() const {
    return fmt::format("{}+{:08x}+{}", name_, id_, base64(std::string(1, algorithm) + public_key_));
}

bool VerifierKey::verify(std::string_view message, std::string_view signature) const {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(public_key_), public_key_.size()), EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
}

Result<SigningKey> SigningKey::from_seed(std::string_view name, const Seed& seed) {
    if (!is_name(name)) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' can't name a key", name), {},
                    "use visible ASCII characters without blanks and '+'");
    }
    std::shared_ptr<EVP_PKEY> key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
                                  EVP_PKEY_free);
    std::string public_key(32, '\0');
    std::size_t size = public_key.size();
    if (!key ||
        EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_key.data()), &size) != 1) {
        return fail(ErrorCode::internal, "Ed25519 is not available in this OpenSSL");
    }
    return SigningKey(VerifierKey(std::string(name), std::move(public_key)), std::move(key));
}

Result<SigningKey> SigningKey::parse(std::string_view text, const std::string& where) {
    text = trimmed(text);
    if (!text.starts_with(private_prefix)) {
        return fail(ErrorCode::bad_input, "not the file of a private key", where);
    }
    auto parts = split_key(text.substr(private_prefix.size()), where);
    if (!parts) {
        return failed(parts);
    }
    Seed seed;
    std::copy(parts->bytes.begin(), parts->bytes.end(), seed.begin());
    OPENSSL_cleanse(parts->bytes.data(), parts->bytes.size());
    auto key = from_seed(parts->name, seed);
    OPENSSL_cleanse(seed.data(), seed.size());
    if (key && key->verifier().id() != parts->id) {
        return fail(ErrorCode::corrupt, "the private key does not fit its id", where,
                    "restore the file from a copy, or move it away to start with a new key");
    }
    return key;
}

std::string SigningKey::sign(std::string_view message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(64, '\0');
    std::size_t size = signature.size();
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(key_.get())) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(message),
                       message.size()) != 1) {
        throw std::runtime_error("Ed25519 could not sign"); // out of memory; nothing that a caller could do
    }
    return signature;
}

Result<SigningKey> SigningKey::load_or_create(const std::filesystem::path& folder, std::string_view name) {
    const auto path = folder / "operator.key";
    const auto load = [&]() -> Result<SigningKey> {
        const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!fd) {
            return system_failure("could not open the operator's key", path, errno);
        }
        struct stat status {};
        if (::fstat(fd.get(), &status) != 0) {
            return system_failure("could not read the operator's key", path, errno);
        }
        if ((status.st_mode & 077) != 0) {
            return fail(ErrorCode::refused, "the operator's key can be read by others", path.string(),
                        "chmod 600 it if nobody has copied it, else move it away to start with a new key");
        }
        auto text = read_all(fd.get(), 4096, path);
        if (!text) {
            return failed(text);
        }
        auto key = parse(*text, path.string());
        OPENSSL_cleanse(text->data(), text->size());
        return key;
    };

    if (auto key = load(); key || key.error().code != ErrorCode::not_found) {
        return key;
    }
    std::error_code error;
    if (std::filesystem::create_directories(folder, error)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    }
    Seed seed;
    if (RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1) {
        return fail(ErrorCode::internal, "no random bytes for a key");
    }
    auto key = from_seed(name, seed);
    if (!key) {
        return key;
    }
    std::string secret = std::string(1, algorithm) + std::string(seed.begin(), seed.end());
    std::string text = fmt::format("{}{}+{:08x}+{}\n", private_prefix, name, key->verifier().id(), base64(secret));
    // Written under another name and linked, so that of two programs that start at once both use the first one's key.
    const auto fresh = folder / fmt::format(".operator.key.{}", ::getpid());
    ::unlink(fresh.c_str());
    Result<void> written;
    {
        const Descriptor fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        written = fd ? write_all(fd.get(), text, fresh)
                     : Result<void>(system_failure("could not create the operator's key", fresh, errno));
        if (written && ::fsync(fd.get()) != 0) {
            written = system_failure("could not sync the operator's key", fresh, errno);
        }
    }
    OPENSSL_cleanse(seed.data(), seed.size());
    OPENSSL_cleanse(secret.data(), secret.size());
    OPENSSL_cleanse(text.data(), text.size());
    if (written && ::link(fresh.c_str(), path.c_str()) != 0 && errno != EEXIST) {
        written = system_failure("could not create the operator's key", path, errno);
    }
    ::unlink(fresh.c_str());
    if (!written) {
        return failed(written);
    }
    if (auto synced = sync_folder(folder); !synced) {
        return failed(synced);
    }
    return load();
}

} // namespace sluice::session
