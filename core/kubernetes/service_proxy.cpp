#include "kubernetes/service_proxy.h"

#include <algorithm>
#include <fmt/format.h>
#include <strings.h>

namespace sluice::kubernetes {

Result<std::string> proxy_path(std::string_view url, std::string_view namespace_default) {
    const std::string where(url);
    const auto refuse = [&] {
        return fail(ErrorCode::bad_input, "not an address of a service in the cluster", where,
                    "write http://service.namespace:port/path");
    };
    std::string scheme;
    if (url.starts_with("https://")) {
        scheme = "https:";
        url.remove_prefix(8);
    } else if (url.starts_with("http://")) {
        url.remove_prefix(7);
    } else {
        return refuse();
    }
    const auto slash = std::min(url.find_first_of("/?"), url.size());
    std::string_view host = url.substr(0, slash);
    std::string rest(url.substr(slash));
    if (!rest.starts_with('/')) {
        rest = "/" + rest;
    }
    std::string_view port;
    if (const auto colon = host.find(':'); colon != std::string_view::npos) {
        port = host.substr(colon + 1);
        host = host.substr(0, colon);
    }
    for (const std::string_view suffix : {".svc.cluster.local", ".svc"}) {
        if (host.ends_with(suffix)) {
            host.remove_suffix(suffix.size());
            break;
        }
    }
    const auto dot = host.find('.');
    const std::string_view service = host.substr(0, dot);
    const std::string_view space = dot == std::string_view::npos ? namespace_default : host.substr(dot + 1);
    const auto plain = [](std::string_view text) {
        return !text.empty() &&
               std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || c == '-'; });
    };
    if (!plain(service) || !plain(space) || (!port.empty() && !plain(port))) {
        return refuse();
    }
    return fmt::format("/api/v1/namespaces/{}/services/{}{}{}{}/proxy{}", space, scheme, service,
                       port.empty() && scheme.empty() ? "" : ":", port, rest);
}

net::ExchangeId ServiceProxy::send(net::HttpRequest request, Done done) {
    const auto refuse = [&](Error error) {
        cluster_.scheduler().after({},
                                   [done = std::move(done), error = std::move(error)] { done(tl::unexpected(error)); });
        return net::ExchangeId::none;
    };
    for (const auto& [name, value] : request.headers) {
        if (strcasecmp(name.c_str(), "Authorization") == 0) {
            return refuse({ErrorCode::refused, "a request through the service proxy can't carry credentials of its own",
                           request.url, "reach the service by an address of its own"});
        }
    }
    auto path = proxy_path(request.url, cluster_.cluster().namespace_default);
    if (!path) {
        return refuse(path.error());
    }
    request.url = std::move(*path);
    auto ready = cluster_.signed_request(std::move(request));
    if (!ready) {
        return refuse(ready.error());
    }
    return http_.send(std::move(*ready), std::move(done));
}

} // namespace sluice::kubernetes
