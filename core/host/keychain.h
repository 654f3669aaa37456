#pragma once
#include "base/nanos.h"
#include "host/secrets.h"

namespace sluice::host {

/// The desk's keychain: the Secret Service (GNOME Keyring, KeePassXC, …) or KWallet, whichever the desktop has.
///
/// Entries are those of qtkeychain: `server` is the service, `user` the account, `type` is plaintext. Its calls are
/// made in a thread of their own, because they talk over D-Bus and some of them wait; answers come in the asker's
/// thread.
namespace keychain {

inline constexpr Nanos patience = seconds(60); ///< a person may have to type the keychain's password

/// `not_found`: no such entry. `unreachable`: no keychain runs. `refused`: it was denied. `timed_out`: nobody answered.
void read(const SecretReference& reference, const SecretFound& found, Nanos within = patience);

/// Puts a secret there, over what was there.
void store(const SecretReference& reference, Secret secret, std::function<void(Result<void>)> done,
           Nanos within = patience);

} // namespace keychain
} // namespace sluice::host
