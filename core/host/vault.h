#pragma once
#include "base/scheduler.h"
#include "host/secrets.h"
#include "net/http.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace sluice::host {

/// How HashiCorp Vault is reached, as its own command line has it.
struct VaultSettings {
    std::string address;                 ///< VAULT_ADDR, without a trailing slash; https, or http on this machine
    Secret token;                        ///< VAULT_TOKEN, else ~/.vault-token
    std::string name_space;              ///< VAULT_NAMESPACE; empty = none
    std::shared_ptr<const net::Tls> tls; ///< VAULT_CACERT; null = the system's authorities
};

Result<VaultSettings> vault_settings(const SecretSources& sources);

/// Reads secrets of KV engines, version 1 and 2. One request a path, so that a user and a password that lie together
/// are of one version. Always the newest version; nothing is written, no lease is taken.
class Vault {
public:
    Vault(net::HttpClient& http, VaultSettings settings, std::shared_ptr<const RedactionSet> redactions);
    ~Vault();

    /// `refused` for 403, `not_found` for 404 or a key that is not there, `unreachable` when it is sealed.
    void read(const SecretReference& reference, SecretFound found);

private:
    struct Path;
    using Answer = std::function<void(Result<net::HttpResponse>)>;

    void ask(const std::string& url, Answer answer);
    void find_mount(const std::string& path);
    void read_kv2(const std::string& path, const std::string& mount, bool guessed);
    void read_kv1(const std::string& path, const std::string& mount);
    void settle(const std::string& path, Result<Json> fields);
    Error wrong(int status, const Json& body, const std::string& path, const std::string& api_path) const;

    net::HttpClient& http_;
    VaultSettings settings_;
    std::shared_ptr<const RedactionSet> redactions_;
    std::map<std::string, Path> paths_;
    int asked_ = 0;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace sluice::host
