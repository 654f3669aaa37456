#include "engine/calls.h"

namespace sluice::engine {
namespace {

bool is_reference(const std::string& text) {
    return text.starts_with("env:") || text.starts_with("file:");
}

/// "env:TOKEN" or "Bearer env:TOKEN": the scheme stays, the reference is resolved.
Result<std::string> header_value(const std::string& text, const Outside& outside) {
    const auto blank = text.find(' ');
    const std::string scheme = blank == std::string::npos ? "" : text.substr(0, blank + 1);
    const std::string rest = text.substr(scheme.size());
    if (!is_reference(rest)) {
        return text;
    }
    const auto secret = outside.secret(rest);
    if (!secret) {
        return failed(secret);
    }
    return scheme + *secret;
}

} // namespace

Result<net::HttpRequest> fill_call(const plan::HttpCall& call, const plan::Scope& scope, const Outside& outside) {
    net::HttpRequest request;
    request.method = call.method;
    const auto path = plan::fill_url(call.path, scope);
    if (!path) {
        return failed(path);
    }
    request.url = *path;
    for (const auto& [name, value] : call.headers) {
        const auto filled = plan::fill(value, scope);
        if (!filled) {
            return failed(filled);
        }
        // Only what the plan's author wrote is a reference, never what a variable brought in.
        const auto resolved = *filled == value ? header_value(value, outside) : filled;
        if (!resolved) {
            return failed(resolved);
        }
        request.headers.emplace_back(name, *resolved);
    }
    if (call.json) {
        const auto body = plan::fill_json(*call.json, scope);
        if (!body) {
            return failed(body);
        }
        request.body = body->dump();
        request.headers.emplace_back("Content-Type", "application/json");
    } else if (!call.text.empty()) {
        const auto body = plan::fill(call.text, scope);
        if (!body) {
            return failed(body);
        }
        request.body = *body;
    }
    return request;
}

plan::StepResult result_of(const net::HttpResponse& response) {
    plan::StepResult result;
    result.status = response.status;
    result.text = response.body;
    if (auto json = parse_json(response.body, "answer")) {
        result.json = std::move(*json);
    }
    return result;
}

} // namespace sluice::engine
