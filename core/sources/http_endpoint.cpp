#include "sources/http_endpoint.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {

net::HttpRequest get(const HttpEndpoint& endpoint, std::string_view path, std::string key, Nanos now, Nanos deadline) {
    net::HttpRequest request;
    request.url = endpoint.url + std::string(path);
    request.headers = endpoint.headers;
    request.headers.emplace_back("Accept", "application/json");
    request.timeout = std::max(deadline - now, milliseconds(1));
    request.key = std::move(key);
    request.pool = net::Pool::polling;
    request.tls = endpoint.tls;
    return request;
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::string reason(const Error& error) {
    switch (error.code) {
    case ErrorCode::unreachable:
        return "could not be reached";
    case ErrorCode::timed_out:
        return "no answer in time";
    default:
        return error.what;
    }
}

} // namespace sluice::sources
