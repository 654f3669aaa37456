#pragma once
#include "base/result.h"
#include "net/http.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::kubernetes {

/// Reads a whole file; the disk is passed in.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// How to reach one API server and who we are there.
struct Cluster {
    std::string name;   ///< context or connection, for messages
    std::string server; ///< "https://10.0.0.1:6443", without a trailing slash
    std::string user;   ///< the kubeconfig's name for the user; empty when given directly
    std::string namespace_default = "default";
    std::string token;                   ///< bearer token; empty = none or `token_file`
    std::string token_file;              ///< wins over `token`; read again for each request, because tokens rotate
    std::shared_ptr<const net::Tls> tls; ///< null = the system's authorities, no client certificate
};

/// What a plan's connection may say instead of naming a kubeconfig context. Paths are absolute.
struct ClusterSettings {
    std::string server;
    std::string token;
    std::string token_file;
    std::string ca_file;
    std::string namespace_default;
};

Result<Cluster> cluster_from(const ClusterSettings& settings, const ReadFile& read_file);

/// Takes one context (empty = current-context) out of the text of one kubeconfig file.
///
/// Understood: server, certificate-authority(-data), tls-server-name, token, tokenFile, client-certificate(-data),
/// client-key(-data), namespace. `*-data` wins over the file; relative paths start at `folder`. Exec plugins, auth
/// providers, passwords, impersonation, proxies and switched-off verification are `refused`, with what to do instead:
/// ignoring one of them would mean to act as somebody else than the user believes.
Result<Cluster> cluster_from_kubeconfig(std::string_view text, std::string_view file, std::string_view folder,
                                        std::string_view context, const ReadFile& read_file);

/// The value of the Authorization header, or "". Keeps the last token that could be read from the token file, so that
/// the instant in which a rotated file is missing does not stop a rollback.
class Credentials {
public:
    Credentials(std::string token, std::string token_file, ReadFile read_file);
    Result<std::string> authorization();

private:
    std::string token_;
    std::string token_file_;
    ReadFile read_file_;
};

} // namespace sluice::kubernetes
