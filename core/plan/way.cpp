#include "plan/way.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <tuple>

namespace sluice::plan {
namespace {

std::string text_at(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Way forwarded(const Json& forward) {
    Way way;
    const auto port = forward.is_object() ? forward.find("port") : forward.end();
    for (const char* kind : {"pod", "service", "deployment"}) {
        const std::string object = text_at(forward, kind);
        const auto slash = object.find('/');
        if (slash != std::string::npos && port != forward.end() && port->is_number_integer()) {
            way.kind = Way::Kind::port_forward;
            way.cluster = text_at(forward, "on");
            way.name_space = object.substr(0, slash);
            way.target = std::string(kind) + "/" + object.substr(slash + 1);
            way.port = port->get<int>();
        }
    }
    return way;
}

} // namespace

std::optional<std::pair<std::string, int>> host_and_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    int port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65535) {
        return std::nullopt;
    }
    const bool ip6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
    host = ip6 ? host.substr(1, host.size() - 2) : host;
    const bool fits = std::all_of(host.begin(), host.end(), [&](unsigned char c) {
        return ip6 ? std::isxdigit(c) != 0 || c == ':' || c == '.' : std::isalnum(c) != 0 || c == '-' || c == '.';
    });
    return fits && !host.empty() ? std::optional(std::pair(std::string(host), port)) : std::nullopt;
}

Way way_of(const Json& settings) {
    Way way;
    const auto via = settings.is_object() ? settings.find("via") : settings.end();
    if (via == settings.end() || !via->is_object()) {
        return way;
    }
    if (const auto proxy = via->find("service-proxy"); proxy != via->end()) {
        way.cluster = text_at(*proxy, "on");
        way.kind = way.cluster.empty() ? Way::Kind::straight : Way::Kind::service_proxy;
        return way;
    }
    if (const auto forward = via->find("port-forward"); forward != via->end()) {
        return forwarded(*forward);
    }
    const std::string http = text_at(*via, "http-proxy");
    if (const auto place = host_and_port(http.empty() ? text_at(*via, "socks5") : http)) {
        way.kind = http.empty() ? Way::Kind::socks5 : Way::Kind::http_proxy;
        std::tie(way.host, way.port) = *place;
        way.user = text_at(*via, "user");
        way.password = text_at(*via, "password");
    }
    return way;
}

} // namespace sluice::plan
