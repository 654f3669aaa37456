#include "report/curl.h"

#include "plan/way.h"
#include "report/by_hand.h"

#include <fmt/format.h>

namespace sluice::report {
namespace {

std::string by_proxy(const plan::Way& way, Fetched& fetched) {
    if (!way.by_proxy()) {
        return {};
    }
    // socks5h: the name is looked up by the proxy, as this program has it done.
    const char* scheme = way.kind == plan::Way::Kind::http_proxy ? "http" : "socks5h";
    const std::string host = way.host.find(':') == std::string::npos ? way.host : "[" + way.host + "]";
    std::string line = " --proxy " + shell_word(fmt::format("{}://{}:{}", scheme, host, way.port));
    return way.user.empty() ? line : line + fetched.proxy_user(way.user, way.password);
}

} // namespace

std::string setting(const Json& settings, const char* key) {
    const auto found = settings.is_object() ? settings.find(key) : settings.end();
    return found != settings.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string curl_options(const Json& connection, Fetched& fetched, const std::string& started_in) {
    // A file that a connection names: seen from where the program was started, as a secret's is.
    const auto from_start = [&](const std::string& path) {
        return shell_word(started_in.empty() || path.starts_with('/') ? path : started_in + "/" + path);
    };
    const plan::Way way = plan::way_of(connection);
    std::string line = by_proxy(way, fetched);
    if (way.kind == plan::Way::Kind::port_forward) {
        line += fmt::format(" --connect-to ::127.0.0.1:{}", port_by_hand); // the URL stays, and with it Host and name
    }
    if (const std::string ca = setting(connection, "ca"); !ca.empty()) {
        line += " --cacert " + from_start(ca);
    }
    if (const std::string ours = setting(connection, "certificate"); !ours.empty()) {
        line += " --cert " + from_start(ours) + " --key " + fetched.as_file(setting(connection, "key"));
    }
    if (const auto headers = connection.find("headers"); headers != connection.end() && headers->is_object()) {
        for (const auto& [name, value] : headers->items()) {
            line += fetched.header(name, value.is_string() ? value.get<std::string>() : value.dump());
        }
    }
    if (const auto basic = connection.find("basic"); basic != connection.end()) {
        line += fetched.basic(setting(*basic, "user"), setting(*basic, "password"));
    }
    return line;
}

} // namespace sluice::report
