#include "kubernetes/status.h"

#include "net/http.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::kubernetes {
namespace {

std::string text(const Json& object, const char* key) {
    if (!object.is_object()) {
        return {};
    }
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The `details.causes` of a Status; empty for anything else.
Json causes_of(const Json& body) {
    const Json details = body.is_object() ? body.value("details", Json()) : Json();
    const Json causes = details.is_object() ? details.value("causes", Json()) : Json();
    return causes.is_array() ? causes : Json::array();
}

/// "; .spec.replicas: conflict with "kubectl" using apps/v1; …"
std::string causes_text(const Json& list) {
    std::string out;
    for (const Json& cause : list) {
        const std::string field = text(cause, "field");
        out += "; " + (field.empty() ? "" : field + ": ") + text(cause, "message");
    }
    return out;
}

bool by_managers(const Json& list) {
    return std::any_of(list.begin(), list.end(),
                       [](const Json& cause) { return text(cause, "reason") == "FieldManagerConflict"; });
}

} // namespace

Error error_of(int http_status, const Json& body, std::string_view retry_after, const Asked& asked) {
    const std::string reason = text(body, "reason");
    const Json list = causes_of(body);
    const std::string causes = causes_text(list);
    std::string message = text(body, "message");
    if (message.empty()) {
        message = fmt::format("the server answered {} without saying why", http_status);
    }
    const std::string who =
        asked.user.empty() ? "the account of this connection" : fmt::format("the user '{}'", asked.user);
    const bool reads = asked.verb == "get";
    const auto error = [&](ErrorCode code, std::string what, std::string remedy) {
        return Error{code, std::move(what), asked.where, std::move(remedy)};
    };
    switch (http_status) {
    case 400:
    case 415:
        return error(ErrorCode::bad_input, "the server can't use the request: " + message + causes, {});
    case 401:
        return error(ErrorCode::refused,
                     fmt::format("the cluster '{}' does not accept the credentials of {}", asked.cluster, who),
                     "renew the token or certificate and try again");
    case 403:
        return error(ErrorCode::refused, message,
                     fmt::format("{} needs a role that allows '{}' on {}", who, asked.verb, asked.object));
    case 404:
        return error(ErrorCode::not_found, message, "check the name and the namespace");
    case 409:
        if (reason == "AlreadyExists") {
            return error(ErrorCode::conflict, message, "read what is there before deciding");
        }
        if (by_managers(list)) {
            return error(
                ErrorCode::conflict, "other managers own fields of this manifest" + causes,
                "take the fields out of the manifest, or agree with their owners; sluice never forces an apply");
        }
        return error(ErrorCode::conflict, message + causes, "somebody changed the object meanwhile: read it again");
    case 410:
        return error(ErrorCode::conflict, "the state that was asked for is too old: " + message, "read the list again");
    case 422:
        return error(ErrorCode::refused, message + causes, {});
    case 429:
        return error(ErrorCode::refused, "the server has too much to do: " + message,
                     retry_after.empty() ? "try again in a moment" : fmt::format("try again in {} s", retry_after));
    case 504:
        return error(ErrorCode::timed_out, message,
                     reads ? "try again in a moment"
                           : "the server may still carry it out: read back before trying again");
    default:
        if (http_status >= 500) {
            return error(ErrorCode::unreachable, fmt::format("the server failed ({}): {}", http_status, message),
                         reads ? "try again in a moment" : "read back before trying again");
        }
        return error(ErrorCode::corrupt,
                     fmt::format("an answer {} that the API does not have: {}", http_status, message),
                     "check that the address is that of an API server");
    }
}

bool may_have_happened(const Error& error) {
    if (net::certainly_not_sent(error)) {
        return false;
    }
    return error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out ||
           error.code == ErrorCode::corrupt;
}

} // namespace sluice::kubernetes
