#include "base/digest.h"
#include "kubernetes/cluster.h"
#include "kubernetes/yaml.h"

#include <fmt/format.h>
#include <map>

namespace sluice::kubernetes {
namespace {

/// What each part may say; a key with a text is refused with that remedy, any other is unknown.
using Keys = std::map<std::string_view, std::string_view>;

const Keys cluster_keys = {
    {"server", ""},
    {"certificate-authority", ""},
    {"certificate-authority-data", ""},
    {"tls-server-name", ""},
    {"disable-compression", ""},
    {"extensions", ""},
    {"insecure-skip-tls-verify",
     "give certificate-authority instead: a release is not run over an unverified connection"},
    {"proxy-url", "name an address that can be reached without a proxy, for example through a tunnel"},
};
const Keys user_keys = {
    {"token", ""},
    {"tokenFile", ""},
    {"client-certificate", ""},
    {"client-certificate-data", ""},
    {"client-key", ""},
    {"client-key-data", ""},
    {"extensions", ""},
    {"exec", "write a token to a file (for example by 'kubectl create token') and name it as tokenFile"},
    {"auth-provider", "write a token to a file (for example by 'kubectl create token') and name it as tokenFile"},
    {"username", "use a token or a client certificate"},
    {"password", "use a token or a client certificate"},
    {"as", "use credentials of the account itself"},
    {"as-uid", "use credentials of the account itself"},
    {"as-groups", "use credentials of the account itself"},
    {"as-user-extra", "use credentials of the account itself"},
};
const Keys context_keys = {{"cluster", ""}, {"user", ""}, {"namespace", ""}, {"extensions", ""}};

class Kubeconfig {
public:
    Kubeconfig(const Json& root, std::string file, std::string folder, const ReadFile& read_file)
        : root_(root), file_(std::move(file)), folder_(std::move(folder)), read_file_(read_file) {}

    Result<Cluster> take(std::string context_name) {
        if (context_name.empty()) {
            context_name = text(root_, "current-context");
            if (context_name.empty()) {
                return fail(ErrorCode::bad_input, "the kubeconfig has no current-context", file_, "name a context");
            }
        }
        const auto context = entry("contexts", "context", context_name, context_keys);
        if (!context) {
            return failed(context);
        }
        const auto server = entry("clusters", "cluster", text(*context, "cluster"), cluster_keys);
        if (!server) {
            return failed(server);
        }
        const std::string user_name = text(*context, "user");
        const auto user =
            user_name.empty() ? Result<Json>(Json::object()) : entry("users", "user", user_name, user_keys);
        if (!user) {
            return failed(user);
        }
        ClusterSettings settings;
        settings.server = text(*server, "server");
        settings.namespace_default = text(*context, "namespace");
        auto cluster = cluster_from(settings, read_file_);
        if (!cluster) {
            return cluster;
        }
        cluster->name = context_name;
        cluster->user = user_name;
        cluster->token = text(*user, "token");
        cluster->token_file = resolved(text(*user, "tokenFile"));
        return with_tls(std::move(*cluster), *server, *user);
    }

private:
    static std::string text(const Json& object, const char* key) {
        const auto found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
    }

    std::string resolved(const std::string& path) const {
        return path.empty() || path.starts_with('/') ? path : folder_ + "/" + path;
    }

    /// The named element of a list of {name, <part>}, checked against the keys that it may have.
    Result<Json> entry(const char* list, const char* part, const std::string& name, const Keys& keys) const {
        const Json elements = root_.value(list, Json::array());
        for (const Json& element : elements.is_array() ? elements : Json::array()) {
            if (!element.is_object() || text(element, "name") != name) {
                continue;
            }
            Json body = element.value(part, Json::object());
            if (body.is_null()) {
                body = Json::object();
            }
            if (!body.is_object()) {
                break;
            }
            for (const auto& [key, value] : body.items()) {
                const auto known = keys.find(key);
                if (known == keys.end()) {
                    return fail(ErrorCode::refused,
                                fmt::format("the {} '{}' has '{}', which is not understood here", part, name, key),
                                file_, "remove it, or use a kubeconfig without it");
                }
                const bool off = value.is_boolean() && !value.get<bool>();
                if (!known->second.empty() && !off) {
                    return fail(ErrorCode::refused,
                                fmt::format("the {} '{}' has '{}', which is not supported", part, name, key), file_,
                                std::string(known->second));
                }
            }
            return body;
        }
        return fail(ErrorCode::not_found, fmt::format("the kubeconfig has no {} '{}'", part, name), file_);
    }

    /// `key-data` (base64) if there, else the file named by `key`, else "".
    Result<std::string> pem(const Json& object, const std::string& key) const {
        if (const std::string coded = text(object, (key + "-data").c_str()); !coded.empty()) {
            std::string bytes;
            if (!from_base64(coded, bytes)) {
                return fail(ErrorCode::bad_input, fmt::format("{}-data is not base64", key), file_);
            }
            return bytes;
        }
        const std::string path = resolved(text(object, key.c_str()));
        return path.empty() ? Result<std::string>(std::string()) : read_file_(path);
    }

    Result<Cluster> with_tls(Cluster cluster, const Json& server, const Json& user) const {
        auto tls = std::make_shared<net::Tls>();
        tls->server_name = text(server, "tls-server-name");
        for (const auto& [from, key, into] : {std::tuple{&server, "certificate-authority", &tls->ca_pem},
                                              std::tuple{&user, "client-certificate", &tls->certificate_pem},
                                              std::tuple{&user, "client-key", &tls->key_pem}}) {
            auto text_of = pem(*from, key);
            if (!text_of) {
                return failed(text_of);
            }
            *into = std::move(*text_of);
        }
        if (tls->certificate_pem.empty() != tls->key_pem.empty()) {
            return fail(ErrorCode::bad_input,
                        fmt::format("the user '{}' has a client certificate or its key, but not both", cluster.user),
                        file_, "give client-certificate and client-key");
        }
        if (!tls->ca_pem.empty() || !tls->certificate_pem.empty() || !tls->server_name.empty()) {
            cluster.tls = std::move(tls);
        }
        return cluster;
    }

    const Json& root_;
    std::string file_;
    std::string folder_;
    const ReadFile& read_file_;
};

} // namespace

Result<Cluster> cluster_from_kubeconfig(std::string_view text, std::string_view file, std::string_view folder,
                                        std::string_view context, const ReadFile& read_file) {
    const auto documents = documents_of_yaml(text, file);
    if (!documents) {
        return failed(documents);
    }
    if (documents->size() != 1 || !documents->front().is_object() ||
        documents->front().value("kind", Json()) != "Config" ||
        documents->front().value("apiVersion", Json()) != "v1") {
        return fail(ErrorCode::bad_input, "not a kubeconfig (one document, apiVersion v1, kind Config)",
                    std::string(file));
    }
    return Kubeconfig(documents->front(), std::string(file), std::string(folder), read_file).take(std::string(context));
}

} // namespace sluice::kubernetes
