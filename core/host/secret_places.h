#pragma once
#include "host/vault.h"

namespace sluice::host {

/// Lets `secrets` find what lies in the desk's keychain and in Vault. `vault` is made with the first question, from the
/// environment as it is then; `http` and `vault` must outlive the answers.
void add_places(Secrets& secrets, const SecretSources& sources, net::HttpClient& http, std::unique_ptr<Vault>& vault);

/// From now on this program writes no core file, nor do the processes that it starts: memory holds secrets.
void forbid_core_files();

} // namespace sluice::host
