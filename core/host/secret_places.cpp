#include "host/secret_places.h"

#include "host/keychain.h"

#include <QTimer>
#include <sys/resource.h>

namespace sluice::host {

void add_places(Secrets& secrets, const SecretSources& sources, net::HttpClient& http, std::unique_ptr<Vault>& vault) {
    secrets.add_place(SecretReference::Kind::keychain,
                      [](const SecretReference& reference, SecretFound found) { keychain::read(reference, found); });
    secrets.add_place(SecretReference::Kind::vault, [&secrets, sources, &http, &vault](const SecretReference& reference,
                                                                                       SecretFound found) {
        const auto later = [found](Error error) {
            QTimer::singleShot(0, [found, error = std::move(error)] { found(tl::unexpected(error)); });
        };
        if (!vault) {
            auto settings = vault_settings(sources);
            if (!settings) {
                later(settings.error());
                return;
            }
            if (const auto hidden = secrets.hide(settings->token, "the token for Vault"); !hidden) {
                later(hidden.error());
                return;
            }
            vault = std::make_unique<Vault>(http, std::move(*settings), secrets.redactions());
        }
        vault->read(reference, std::move(found));
    });
}

void forbid_core_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0;
        ::setrlimit(RLIMIT_CORE, &limit);
    }
}

} // namespace sluice::host
