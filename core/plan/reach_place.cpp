#include "plan/reach_place.h"

#include <charconv>
#include <string_view>

namespace sluice::plan {
namespace {

std::string_view text_at(const Json& settings, const char* key) {
    const auto found = settings.find(key);
    return found == settings.end() || !found->is_string() ? std::string_view()
                                                          : std::string_view(found->get_ref<const std::string&>());
}

/// What "https://user@host:port/path?x" or "host:port" holds; a port of 0 = it says none.
Place of_address(std::string_view address) {
    Place place{{}, 0};
    if (const auto scheme = address.find("://"); scheme != std::string_view::npos) {
        place.port = address.starts_with("https:") ? 443 : address.starts_with("http:") ? 80 : 0;
        address.remove_prefix(scheme + 3);
    }
    address = address.substr(0, address.find_first_of("/?#"));
    if (const auto user = address.rfind('@'); user != std::string_view::npos) {
        address.remove_prefix(user + 1);
    }
    std::size_t end = address.find(':');
    if (address.starts_with('[')) {
        const auto close = address.find(']');
        place.host = address.substr(1, close == std::string_view::npos ? close : close - 1);
        end = close == std::string_view::npos ? close : address.find(':', close);
    } else {
        place.host = address.substr(0, end);
    }
    if (end != std::string_view::npos) {
        int port = 0;
        const auto digits = address.substr(end + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), port);
        place.port = port > 0 && port < 65536 ? port : place.port;
    }
    return place;
}

} // namespace

Place reach_place(const std::string& host, int port, const Json& settings) {
    std::string_view address = settings.is_object() ? text_at(settings, "url") : std::string_view();
    if (address.empty() && settings.is_object()) {
        address = text_at(settings, "server");
    }
    if (address.empty() && settings.is_object()) {
        address = text_at(settings, "bootstrap");
        address = address.substr(0, address.find(','));
    }
    const Place connection = of_address(address);
    Place place{host, port};
    if (place.host.empty()) {
        place.host = connection.host;
    }
    if (place.port == 0) {
        place.port = connection.port == 0 ? 443 : connection.port;
    }
    return place;
}

} // namespace sluice::plan
