/// How an HTTP connection is reached, and who we are to it.
#include "base/secret.h"
#include "plan/reading.h"
#include "plan/secret_reference.h"
#include "plan/way.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

const char* const cluster_s_own =
    "the request goes to the cluster's API server, which is told who we are by kubeconfig";

/// The host of a URL, without user, port and brackets.
std::string host_in(std::string_view url) {
    const auto scheme = url.find("://");
    url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    const auto at = url.rfind('@');
    url.remove_prefix(at == std::string_view::npos ? 0 : at + 1);
    if (url.starts_with('[')) {
        return std::string(url.substr(1, url.find(']') - 1));
    }
    return std::string(url.substr(0, url.find(':')));
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool is_this_desk(const std::string& host) {
    return host == "localhost" || host.starts_with("localhost.") || host.starts_with("127.") || host == "::1";
}

void check_headers(Reading& reading, const Node& headers, const std::string& connection) {
    for (const Entry& entry : headers.entries) {
        const std::string& value = entry.value.text;
        if (const auto secret = secret_value(value)) {
            reading.plan.secrets.push_back(
                {secret->reference, fmt::format("connection {}, {}", connection, entry.key)});
            continue;
        }
        const auto colon = value.find(':');
        const std::string_view form = std::string_view(value).substr(0, colon == std::string::npos ? 0 : colon);
        const bool meant = form == "env" || form == "file" || form == "keychain" || form == "vault";
        if (sounds_secret(entry.key) || meant) {
            reading.error(entry.value.at, fmt::format("'{}' {}", entry.key, why_no_reference(value)),
                          fmt::format("{}; also after 'Bearer '", secret_reference_forms));
        } else if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; })) {
            reading.error(entry.value.at, fmt::format("'{}' has a character that no header can carry", entry.key),
                          "ASCII, on one line");
        } else if (value.find("${") != std::string::npos) {
            reading.error(entry.value.at, fmt::format("'{}' of a connection takes no values of the plan", entry.key),
                          "connections are opened before there are any; a step's own headers may have them");
        }
    }
}

/// `via` itself; what it names of the plan.
void check_via(Reading& reading, const Node& via, const Node* url) {
    for (const auto& [key, name] :
         {std::pair("service-proxy", "service proxy"), std::pair("port-forward", "port-forward")}) {
        const Node* by = via.find(key);
        if (by == nullptr) {
            continue;
        }
        const Node* on = by->find("on");
        if (on != nullptr && reading.check_known(on->text, on->at, "connection", reading.names.connections) &&
            reading.names.connection_kinds[on->text] != "kubernetes") {
            reading.error(on->at, fmt::format("'{}' is no kubernetes connection", on->text),
                          fmt::format("a {} is a cluster's", name));
        }
        for (const char* credential : {"user", "password"}) {
            if (const Entry* entry = via.entry(credential)) {
                reading.error(entry->at, fmt::format("a {} takes no '{}'", name, credential),
                              "who we are to the cluster its kubeconfig says");
            }
        }
        return;
    }
    for (const char* key : {"http-proxy", "socks5"}) {
        const Node* place = via.find(key);
        if (place == nullptr || !place->is_scalar()) {
            continue;
        }
        if (!host_and_port(place->text)) {
            reading.error(place->at, fmt::format("'{}' is no host and port", place->text),
                          "write proxy.example:3128, without a scheme; user and password stand beside it");
        }
        if (url != nullptr && is_this_desk(host_in(url->text))) {
            reading.error(url->at, fmt::format("'{}' is this desk itself, to which no proxy leads", url->text),
                          "name the server as the proxy knows it, or remove 'via'");
        }
    }
    const Entry* user = via.entry("user");
    const Entry* password = via.entry("password");
    if ((user == nullptr) != (password == nullptr)) {
        reading.error((user != nullptr ? user : password)->at, "of the proxy's user and password one is missing",
                      "name both, or none");
    }
}

} // namespace

void check_certificate_pair(Reading& reading, const Node& settings) {
    const Entry* certificate = settings.entry("certificate");
    const Entry* key = settings.entry("key");
    if ((certificate == nullptr) != (key == nullptr)) {
        reading.error((certificate != nullptr ? certificate : key)->at,
                      fmt::format("a certificate and its key belong together, and '{}' is missing",
                                  certificate != nullptr ? "key" : "certificate"),
                      "certificate: a PEM file, key: a reference such as file:PATH");
    }
}

void read_way(Reading& reading, const Node& settings, const std::string& connection) {
    const Node* url = settings.find("url");
    const Node* via = settings.find("via");
    const bool by_cluster = via != nullptr && via->find("service-proxy") != nullptr;
    if (via != nullptr) {
        check_via(reading, *via, url);
    }
    if (const Node* headers = settings.find("headers")) {
        check_headers(reading, *headers, connection);
        const auto own = std::find_if(headers->entries.begin(), headers->entries.end(),
                                      [](const Entry& entry) { return lower(entry.key) == "authorization"; });
        if (own != headers->entries.end() && settings.entry("basic") != nullptr) {
            reading.error(own->at, "'basic' and this header are the same one", "keep one of them");
        }
        if (own != headers->entries.end() && by_cluster) {
            reading.error(own->at, fmt::format("'{}' can't be used through the service proxy", own->key),
                          cluster_s_own);
        }
    }
    check_certificate_pair(reading, settings);
    const Entry* certificate = settings.entry("certificate");
    if (certificate != nullptr && url != nullptr && url->is_scalar() && url->text.starts_with("http://")) {
        reading.error(certificate->at, "a certificate is shown only over https", "start the url with https://");
    }
    for (const Entry* entry : {certificate, settings.entry("basic")}) {
        if (by_cluster && entry != nullptr) {
            reading.error(entry->at, fmt::format("'{}' can't be used through the service proxy", entry->key),
                          cluster_s_own);
        }
    }
    const auto note = [&](const Node* holder, const char* name, const char* what) {
        const Node* value = holder != nullptr ? holder->find(name) : nullptr;
        if (value != nullptr && is_secret_reference(value->text)) {
            reading.plan.secrets.push_back({value->text, fmt::format("connection {}, {}", connection, what)});
        }
    };
    note(&settings, "key", "key");
    note(settings.find("basic"), "password", "password");
    note(via, "password", "the proxy's password");
}

} // namespace sluice::plan
