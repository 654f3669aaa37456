#include "engine/connections.h"

#include "engine/based_http.h"
#include "kubernetes/port_forward.h"
#include "kubernetes/service_proxy.h"
#include "plan/fill.h"
#include "plan/secret_reference.h"
#include "plan/way.h"

#include <QByteArray>
#include <fmt/format.h>

namespace sluice::engine {

struct Connections::Parts {
    explicit Parts(const Outside& given) : outside(given) {}

    Outside outside;
    std::map<std::string, Json> settings;
    std::map<std::string, std::unique_ptr<kubernetes::Client>> clusters;
    std::vector<std::unique_ptr<net::HttpClient>> ways; ///< proxies that the connections below go through
    std::vector<kubernetes::PortForward*> forwards;     ///< of these
    std::map<std::string, std::unique_ptr<BasedHttp>> http;
    std::map<std::string, std::unique_ptr<BasedHttp>> messages; ///< of connections that have another address for them
    std::map<std::pair<std::string, net::Pool>, std::shared_ptr<kafka::Cluster>> kafka;
    std::map<std::string, std::shared_ptr<const net::Tls>> hosts; ///< how they are believed; null = as the system does
};

namespace {

std::string text_at(const Json& settings, const char* key) {
    const auto found = settings.find(key);
    return found == settings.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

Result<kubernetes::Cluster> cluster_of(const Json& settings, const Outside& outside) {
    if (const std::string server = text_at(settings, "server"); !server.empty()) {
        kubernetes::Cluster cluster;
        cluster.name = server;
        cluster.server = server;
        cluster.token = text_at(settings, "token");
        if (const std::string ca = text_at(settings, "ca_pem"); !ca.empty()) {
            auto tls = std::make_shared<net::Tls>();
            tls->ca_pem = ca;
            cluster.tls = std::move(tls);
        }
        return cluster;
    }
    const std::string own = text_at(settings, "kubeconfig");
    const std::string path = own.empty() ? outside.kubeconfig : own;
    if (path.empty()) {
        return fail(ErrorCode::not_found, "there is no kubeconfig", {},
                    "set KUBECONFIG, or 'kubeconfig:' in the connection");
    }
    const auto text = outside.read_file(path);
    if (!text) {
        return failed(text);
    }
    const auto slash = path.rfind('/');
    return kubernetes::cluster_from_kubeconfig(*text, path, slash == std::string::npos ? "." : path.substr(0, slash),
                                               text_at(settings, "context"), outside.read_file);
}

/// The authorities that a connection names, itself or by a file, and our own certificate; null = it names none.
Result<std::shared_ptr<net::Tls>> authorities(const Json& settings, const Outside& outside) {
    std::string ca = text_at(settings, "ca_pem");
    if (const std::string file = text_at(settings, "ca"); !file.empty()) {
        const auto pem = outside.read_file(file);
        if (!pem) {
            return failed(pem);
        }
        ca = *pem;
    }
    std::shared_ptr<net::Tls> tls;
    if (!ca.empty()) {
        tls = std::make_shared<net::Tls>();
        tls->ca_pem = ca;
    }
    if (const std::string file = text_at(settings, "certificate"); !file.empty()) {
        const auto pem = outside.read_file(file);
        if (!pem) {
            return failed(pem);
        }
        const auto key = outside.secret(text_at(settings, "key"));
        if (!key) {
            return failed(key);
        }
        tls = tls ? tls : std::make_shared<net::Tls>();
        tls->certificate_pem = *pem;
        tls->key_pem = key->reveal();
        if (auto readable = net::check(*tls); !readable) {
            readable.error().where = readable.error().where.empty() ? file : readable.error().where;
            return failed(readable);
        }
    }
    return tls;
}

/// A header's value with the secret in it, as it goes out.
Result<std::string> revealed(const std::string& name, const std::string& value, const Outside& outside) {
    const auto named = plan::secret_value(value);
    if (!named) {
        return value;
    }
    const auto secret = outside.secret(named->reference);
    if (!secret) {
        return failed(secret);
    }
    if (auto fits = plan::check_header_value(secret->reveal()); !fits) {
        fits.error().where = fmt::format("header {}, {}", name, named->reference);
        return failed(fits);
    }
    return named->before + secret->reveal();
}

/// RFC 7617; the user is checked by nobody else.
Result<std::string> basic(const Json& basic, const Outside& outside) {
    const auto password = outside.secret(text_at(basic, "password"));
    if (!password) {
        return failed(password);
    }
    const std::string user = text_at(basic, "user");
    if (user.find(':') != std::string::npos) {
        return fail(ErrorCode::bad_input, "a user that is sent as 'basic' can have no colon", "basic");
    }
    std::string both = user + ":" + password->reveal();
    QByteArray encoded = QByteArray(both.data(), static_cast<qsizetype>(both.size())).toBase64();
    wipe(both);
    return "Basic " + encoded.toStdString();
}

Result<std::shared_ptr<const net::Proxy>> proxy_of(const plan::Way& way, const Outside& outside) {
    if (!way.by_proxy()) {
        return nullptr;
    }
    auto proxy = std::make_shared<net::Proxy>();
    proxy->kind = way.kind == plan::Way::Kind::http_proxy ? net::Proxy::Kind::http : net::Proxy::Kind::socks5;
    proxy->host = way.host;
    proxy->port = way.port;
    proxy->user = way.user;
    if (!way.user.empty()) {
        const auto password = outside.secret(way.password);
        if (!password) {
            return failed(password);
        }
        proxy->password = password->reveal();
    }
    return proxy;
}

Result<std::unique_ptr<BasedHttp>> based(const Json& settings, const Outside& outside, net::HttpClient& way) {
    net::Headers headers;
    const Json wanted = settings.value("headers", Json::object());
    for (const auto& [name, value] : wanted.items()) {
        auto whole = revealed(name, value.is_string() ? value.get<std::string>() : value.dump(), outside);
        if (!whole) {
            return failed(whole);
        }
        headers.emplace_back(name, *std::move(whole));
    }
    if (const auto user = settings.find("basic"); user != settings.end()) {
        auto whole = basic(*user, outside);
        if (!whole) {
            return failed(whole);
        }
        headers.emplace_back("Authorization", *std::move(whole));
    }
    auto tls = authorities(settings, outside);
    if (!tls) {
        return failed(tls);
    }
    auto proxy = proxy_of(plan::way_of(settings), outside);
    if (!proxy) {
        return failed(proxy);
    }
    return std::make_unique<BasedHttp>(way, text_at(settings, "url"), std::move(headers), std::move(*tls),
                                       *std::move(proxy));
}

} // namespace

/// By the kubeconfig and context by which the cluster itself is reached.
kubernetes::ForwardSpec Connections::forward_of(const plan::Way& way) const {
    const Json& cluster = settings(way.cluster);
    const std::string own = text_at(cluster, "kubeconfig");
    kubernetes::ForwardSpec spec;
    spec.kubeconfig = own.empty() ? parts_->outside.kubeconfig : own;
    spec.context = text_at(cluster, "context");
    spec.name_space = way.name_space;
    spec.target = way.target;
    spec.port = way.port;
    return spec;
}

Connections::Connections(const Outside& outside) : parts_(std::make_unique<Parts>(outside)) {}
Connections::~Connections() = default;

Result<std::unique_ptr<Connections>> Connections::open(const plan::Plan& plan, const Outside& outside,
                                                       const std::map<std::string, Json>& replaced) {
    std::unique_ptr<Connections> connections(new Connections(outside));
    Parts& parts = *connections->parts_;
    const auto named = [](tl::unexpected<Error> error, const std::string& name) {
        error.value().where = "connection " + name + (error.value().where.empty() ? "" : ", " + error.value().where);
        return error;
    };
    for (const auto& connection : plan.connections) {
        const auto other = replaced.find(connection.name);
        parts.settings[connection.name] = other == replaced.end() ? connection.settings : other->second;
        if (connection.kind != plan::ConnectionKind::kubernetes) {
            continue;
        }
        auto cluster = cluster_of(parts.settings[connection.name], outside);
        if (!cluster) {
            return named(failed(cluster), connection.name);
        }
        parts.clusters[connection.name] = std::make_unique<kubernetes::Client>(outside.http, outside.scheduler,
                                                                               std::move(*cluster), outside.read_file);
    }
    for (const auto& connection : plan.connections) {
        if (connection.kind == plan::ConnectionKind::host) {
            auto tls = authorities(parts.settings[connection.name], outside);
            if (!tls) {
                return named(failed(tls), connection.name);
            }
            parts.hosts[connection.name] = std::move(*tls);
        }
        if (!plan::speaks_http(connection.kind)) {
            continue;
        }
        const Json& settings = parts.settings[connection.name];
        net::HttpClient* way = &outside.http;
        if (const plan::Way around = plan::way_of(settings); around.kind == plan::Way::Kind::service_proxy) {
            auto* cluster = connections->cluster(around.cluster);
            parts.ways.push_back(std::make_unique<kubernetes::ServiceProxy>(outside.http, *cluster));
            way = parts.ways.back().get();
        } else if (around.kind == plan::Way::Kind::port_forward) {
            auto forward = std::make_unique<kubernetes::PortForward>(outside.http, outside.scheduler,
                                                                     connections->forward_of(around));
            way = parts.forwards.emplace_back(forward.get());
            parts.ways.push_back(std::move(forward));
        }
        auto client = based(settings, outside, *way);
        if (!client) {
            return named(failed(client), connection.name);
        }
        parts.http[connection.name] = std::move(*client);
        if (const std::string address = text_at(settings, "messages"); !address.empty()) {
            Json other_place = settings;
            other_place["url"] = address;
            auto receiver = based(other_place, outside, outside.http);
            if (!receiver) {
                return named(failed(receiver), connection.name);
            }
            parts.messages[connection.name] = std::move(*receiver);
        }
    }
    return connections;
}

kubernetes::Client* Connections::cluster(const std::string& name) const {
    const auto found = parts_->clusters.find(name);
    return found == parts_->clusters.end() ? nullptr : found->second.get();
}

net::HttpClient* Connections::http(const std::string& name) const {
    const auto found = parts_->http.find(name);
    return found == parts_->http.end() ? nullptr : found->second.get();
}

net::HttpClient* Connections::messages(const std::string& name) const {
    const auto found = parts_->messages.find(name);
    return found == parts_->messages.end() ? http(name) : found->second.get();
}

Result<std::shared_ptr<kafka::Cluster>> Connections::kafka(const std::string& name, net::Pool pool) {
    auto& made = parts_->kafka[{name, pool}];
    if (!made) {
        const auto read = kafka::settings_of(settings(name), parts_->outside.secret);
        auto cluster = read ? kafka::Cluster::make(parts_->outside.scheduler, parts_->outside.http, *read)
                            : Result<std::shared_ptr<kafka::Cluster>>(failed(read));
        if (!cluster) {
            return cluster;
        }
        made = std::move(*cluster);
    }
    return made;
}

std::shared_ptr<const net::Tls> Connections::tls(const std::string& name) const {
    if (const auto* client = cluster(name)) {
        return client->cluster().tls;
    }
    if (const auto host = parts_->hosts.find(name); host != parts_->hosts.end()) {
        return host->second;
    }
    const auto found = parts_->http.find(name);
    return found == parts_->http.end() ? nullptr : found->second->tls();
}

void Connections::let_go() {
    for (auto* forward : parts_->forwards) {
        forward->let_go();
    }
}

const Json& Connections::settings(const std::string& name) const {
    return parts_->settings.at(name);
}

} // namespace sluice::engine
