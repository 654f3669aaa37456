#include "kubernetes/cluster.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos
               ? std::string()
               : std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

} // namespace

Result<Cluster> cluster_from(const ClusterSettings& settings, const ReadFile& read_file) {
    Cluster cluster;
    cluster.name = settings.server;
    cluster.server = settings.server;
    while (cluster.server.ends_with('/')) {
        cluster.server.pop_back();
    }
    if (!cluster.server.starts_with("http://") && !cluster.server.starts_with("https://")) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' is not the address of an API server", settings.server), {},
                    "write https://host:port");
    }
    if (!settings.token.empty() && !settings.token_file.empty()) {
        return fail(ErrorCode::bad_input, "a token and a token file are both given", settings.server,
                    "keep one of them");
    }
    cluster.token = settings.token;
    cluster.token_file = settings.token_file;
    if (!settings.namespace_default.empty()) {
        cluster.namespace_default = settings.namespace_default;
    }
    if (!settings.ca_file.empty()) {
        const auto pem = read_file(settings.ca_file);
        if (!pem) {
            return failed(pem);
        }
        auto tls = std::make_shared<net::Tls>();
        tls->ca_pem = *pem;
        cluster.tls = std::move(tls);
    }
    return cluster;
}

Credentials::Credentials(std::string token, std::string token_file, ReadFile read_file)
    : token_(std::move(token)), token_file_(std::move(token_file)), read_file_(std::move(read_file)) {}

Result<std::string> Credentials::authorization() {
    if (!token_file_.empty()) {
        const auto text = read_file_(token_file_);
        if (text && !trimmed(*text).empty()) {
            token_ = trimmed(*text);
        } else if (token_.empty()) {
            return fail(ErrorCode::io, "the token file could not be read or is empty", token_file_,
                        "check the file and who may read it");
        }
    }
    if (std::any_of(token_.begin(), token_.end(), [](unsigned char c) { return c <= ' ' || c >= 0x7f; })) {
        return fail(ErrorCode::bad_input, "the bearer token has characters that no header can carry", token_file_);
    }
    return token_.empty() ? std::string() : "Bearer " + token_;
}

} // namespace sluice::kubernetes
