#pragma once
#include "base/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

/// The keys that sign checkpoints: Ed25519 with names, as C2SP signed notes have them (c2sp.org/signed-note).
namespace sluice::session {

using Seed = std::array<std::uint8_t, 32>; ///< an Ed25519 private key (RFC 8032)

/// The public part. Whoever has it can tell whether a checkpoint is the operator's.
class VerifierKey {
public:
    /// Reads `NAME+ID+BASE64`; blanks around it are ignored. `bad_input` says what is wrong.
    static Result<VerifierKey> parse(std::string_view text);

    const std::string& name() const { return name_; }
    std::uint32_t id() const { return id_; } ///< the first 4 bytes of SHA-256(name ‖ "\n" ‖ 1 ‖ public key), big-endian
    std::string text() const;
    bool verify(std::string_view message, std::string_view signature) const;

    bool operator==(const VerifierKey&) const = default;

private:
    friend class SigningKey;
    VerifierKey(std::string name, std::string public_key);
    std::string name_;
    std::uint32_t id_ = 0;
    std::string public_key_; // 32 bytes
};

/// The private part. Has no text form but its file, and never leaves this process otherwise.
class SigningKey {
public:
    /// For rehearsals: the same name and seed give the same key and the same signatures. A name is 1–200 visible ASCII
    /// characters without '+' or blanks.
    static Result<SigningKey> from_seed(std::string_view name, const Seed& seed);

    /// The operator's key in `folder` (created with mode 0700), file `operator.key`, mode 0600: made at first use,
    /// under `name`; later the name in the file holds. Refuses a file that others can read.
    static Result<SigningKey> load_or_create(const std::filesystem::path& folder, std::string_view name);

    std::string sign(std::string_view message) const; ///< 64 bytes
    const VerifierKey& verifier() const { return verifier_; }

private:
    SigningKey(VerifierKey verifier, std::shared_ptr<void> key)
        : verifier_(std::move(verifier)), key_(std::move(key)) {}
    static Result<SigningKey> parse(std::string_view text, const std::string& where);
    VerifierKey verifier_;
    std::shared_ptr<void> key_; // EVP_PKEY
};

} // namespace sluice::session
