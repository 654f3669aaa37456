#pragma once
#include "base/result.h"

#include <QObject>
#include <filesystem>
#include <functional>
#include <string>

/// Signatures by people's SSH keys, through ssh-keygen: so keys in agents and in hardware work as they do elsewhere.
namespace sluice::host {

/// Signs for `release::signature_namespace`. `key`: a private key, or a public one whose private one an agent or a
/// hardware key holds. Waits for as long as the person takes to type a passphrase or to touch the key; ssh-keygen's own
/// words go to the terminal.
Result<std::string> ssh_sign(const std::string& bytes, const std::string& key);

struct SshCheck {
    std::string bytes, signature;
    std::string principal;
    std::string allowed_signers;  ///< the file's text
    std::filesystem::path folder; ///< for files that only live meanwhile; made with mode 0700
};
/// Tells once, from the event loop; never after `context` has gone. `refused`: the signature is not good.
void ssh_verify(const SshCheck& check, QObject* context, const std::function<void(Result<void>)>& done);

} // namespace sluice::host
