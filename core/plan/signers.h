#pragma once
/// The keys of people: an allowed_signers file as ssh-keygen(1) reads it, narrowed so that a key is always one
/// person's.
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

struct Policy;

struct Signer {
    std::vector<std::string> principals;
    std::string fingerprint; ///< "SHA256:…", of the key
    std::string type;        ///< "ssh-ed25519", …
    int line = 0;
};

/// Refuses what leaves open who signs: patterns of principals, certificate authorities, and a key that stands for two.
/// `file` is for messages: "allowed_signers:3".
Result<std::vector<Signer>> read_signers(std::string_view text, const std::string& file);

/// Null = nobody's.
const Signer* signer_of(const std::vector<Signer>& signers, std::string_view fingerprint);

/// Each principal of the policy must have a key, and no key may be two persons'.
Result<void> check_signers(const Policy& policy, const std::vector<Signer>& signers, const std::string& file);

/// "SHA256:…" of a key as SSH writes it to the wire.
std::string fingerprint(std::string_view key);

/// The fingerprint of the key by which an armoured SSH signature was made (OpenSSH's PROTOCOL.sshsig); `bad_input` if
/// it is none. It says nothing about whether the signature is good.
Result<std::string> signed_by(std::string_view armoured);

} // namespace sluice::plan
