#include "range/kubernetes/status.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

Json details_of(const Key& key) {
    Json details = {{"name", key.name}, {"kind", key.kind->resource}};
    if (!key.kind->group.empty()) {
        details["group"] = key.kind->group;
    }
    return details;
}

} // namespace

Refusal not_found(const Key& key) {
    return {404, "NotFound", fmt::format("{} \"{}\" not found", key.kind->qualified(), key.name), details_of(key)};
}

Refusal already_exists(const Key& key) {
    return {409, "AlreadyExists", fmt::format("{} \"{}\" already exists", key.kind->qualified(), key.name),
            details_of(key)};
}

Refusal modified_meanwhile(const Key& key) {
    return {
        409, "Conflict",
        fmt::format(
            "Operation cannot be fulfilled on {} \"{}\": the object has been modified; please apply your changes to "
            "the latest version and try again",
            key.kind->qualified(), key.name),
        details_of(key)};
}

Refusal invalid(const Key& key, const std::vector<Cause>& causes) {
    Json details = details_of(key);
    details["kind"] = key.kind->kind;
    std::string message = fmt::format("{} \"{}\" is invalid: ", key.kind->qualified(), key.name);
    for (std::size_t i = 0; i < causes.size(); ++i) {
        message += fmt::format("{}{}: {}", i ? ", " : "", causes[i].field, causes[i].message);
        details["causes"].push_back(
            {{"reason", "FieldValueInvalid"}, {"message", causes[i].message}, {"field", causes[i].field}});
    }
    return {422, "Invalid", message, details};
}

Refusal bad_request(std::string message) {
    return {400, "BadRequest", std::move(message), Json()};
}

Refusal unsupported_media(std::string_view type, std::string_view accepted) {
    return {415, "UnsupportedMediaType",
            fmt::format("the body of the request was in an unknown format - accepted media types include: {} (was {})",
                        accepted, type),
            Json()};
}

Refusal not_allowed() {
    return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Json()};
}

Answer answer(const Refusal& refusal) {
    Json status = {{"kind", "Status"},    {"apiVersion", "v1"},         {"metadata", Json::object()},
                   {"status", "Failure"}, {"message", refusal.message}, {"reason", refusal.reason},
                   {"code", refusal.code}};
    if (!refusal.details.is_null()) {
        status["details"] = refusal.details;
    }
    return object_answer(refusal.code, status);
}

Answer object_answer(int code, const Json& object) {
    return json_answer(code, object.dump(-1, ' ', false, Json::error_handler_t::replace));
}

} // namespace sluice::range
