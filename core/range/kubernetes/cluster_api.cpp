#include "range/kubernetes/cluster_api.h"

#include "base/digest.h"
#include "base/instant.h"
#include "range/kubernetes/discovery.h"
#include "range/kubernetes/patch.h"
#include "range/kubernetes/selectors.h"
#include "range/manifest.h"
#include "range/noise.h"
#include "range/time_text.h"
#include "range/world/usage.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace sluice::range {
namespace {

bool only_asks(const Asked& asked) {
    return asked.method == "GET" || asked.method == "HEAD" || asked.method == "OPTIONS" ||
           asked.path.ends_with("/selfsubjectaccessreviews") ||
           asked.path.find("/proxy/api/v1/query") != std::string::npos;
}

bool flag(const Asked& asked, std::string_view name) {
    return asked.parameter(name).value_or("") == "true";
}

bool dry_run(const Asked& asked) {
    return asked.parameter("dryRun").value_or("") == "All";
}

/// kubectl's and other clients' default: the part of User-Agent before the slash.
std::string manager(const Asked& asked) {
    if (const auto told = asked.parameter("fieldManager")) {
        return *told;
    }
    const std::string_view agent = asked.header("User-Agent");
    return agent.empty() ? std::string("unknown") : std::string(agent.substr(0, agent.find('/')));
}

std::int64_t number(const std::optional<std::string>& text, std::int64_t otherwise) {
    std::int64_t value = otherwise;
    if (text) {
        std::from_chars(text->data(), text->data() + text->size(), value);
    }
    return value;
}

std::string text_at(const Json& object, const Json::json_pointer& pointer) {
    const Json value = object.is_object() ? object.value(pointer, Json()) : Json();
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// A stale resourceVersion or another uid than the one there: somebody changed it meanwhile.
bool is_stale(const Json& wanted, const Json& live) {
    for (const char* field : {"/resourceVersion", "/uid"}) {
        const std::string expected = text_at(wanted, Json::json_pointer(field));
        if (!expected.empty() && expected != text_at(live["metadata"], Json::json_pointer(field))) {
            return true;
        }
    }
    return false;
}

Json scale_of(const Json& object) {
    const Json& metadata = object["metadata"];
    Json scale = {{"kind", "Scale"},
                  {"apiVersion", "autoscaling/v1"},
                  {"metadata",
                   {{"name", metadata["name"]},
                    {"namespace", metadata["namespace"]},
                    {"uid", metadata["uid"]},
                    {"resourceVersion", metadata["resourceVersion"]},
                    {"creationTimestamp", metadata["creationTimestamp"]}}},
                  {"spec", {{"replicas", object["spec"].value("replicas", 1)}}},
                  {"status", {{"replicas", object.value("/status/replicas"_json_pointer, 0)}}}};
    std::string selector;
    const Json labels = object.value("/spec/selector/matchLabels"_json_pointer, Json::object());
    for (const auto& [name, value] : labels.items()) {
        selector += fmt::format("{}{}={}", selector.empty() ? "" : ",", name,
                                value.is_string() ? value.get<std::string>() : value.dump());
    }
    scale["status"]["selector"] = selector;
    return scale;
}

} // namespace

Answer ClusterApi::handle(const Asked& asked) {
    const Nanos now = scheduler_.now();
    Answer result;
    if (faults_.active(FaultKind::api_down, now)) {
        result.drop = true;
    } else if (!token_.empty() && asked.header("Authorization") != "Bearer " + token_) {
        result = answer(Refusal{401, "Unauthorized", "Unauthorized", Json()});
    } else {
        try {
            result = dispatch(asked);
        } catch (const Json::exception& problem) { // a field of another type than its kind has
            result = answer(bad_request(problem.what()));
        }
        if (const Fault* slow = faults_.active(FaultKind::api_slow, now)) {
            result.delay += slow->delay;
        }
    }
    if (!only_asks(asked)) {
        writes_.note(now, "kubernetes", asked, result);
    }
    return result;
}

Answer ClusterApi::dispatch(const Asked& asked) {
    if (asked.method == "GET") {
        if (const auto found = discovery(asked.path)) {
            return *found;
        }
    }
    if (asked.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews") {
        return asked.method == "POST" ? access_review(asked) : answer(not_allowed());
    }
    const auto path = parse_api_path(asked.path);
    if (!path) {
        return answer(Refusal{404, "NotFound", "the server could not find the requested resource", Json()});
    }
    if (path->kind->kind == "Service" && path->subresource == "proxy") {
        return proxy(*path, asked);
    }
    if (path->kind->kind == "Pod" && path->subresource == "log") {
        return asked.method == "GET" ? log(*path, asked) : answer(not_allowed());
    }
    if (path->subresource == "scale" && (path->kind->kind == "Deployment" || path->kind->kind == "ReplicaSet")) {
        return scale(*path, asked);
    }
    if (!path->subresource.empty() && path->subresource != "status") {
        return answer(Refusal{404, "NotFound", "the server could not find the requested resource", Json()});
    }
    if (asked.method == "GET") {
        return path->name.empty() ? list(*path, asked) : get(*path, asked);
    }
    if (path->kind->computed) {
        return answer(not_allowed());
    }
    if (path->name.empty()) {
        return asked.method == "POST" ? create(*path, asked) : answer(not_allowed());
    }
    if (asked.method == "PUT") {
        return replace(*path, asked);
    }
    if (asked.method == "PATCH") {
        return patch(*path, asked);
    }
    return asked.method == "DELETE" ? remove(*path, asked) : answer(not_allowed());
}

Json ClusterApi::computed(const Key& key) const {
    return key.kind->kind == "NodeMetrics" ? node_usage(world_.objects(), key.name)
                                           : pod_usage(world_.objects(), key.space, key.name);
}

Answer ClusterApi::get(const ApiPath& path, const Asked&) {
    if (path.kind->computed) {
        const Json made = computed(path.key());
        return made.is_null() ? answer(not_found(path.key())) : object_answer(200, made);
    }
    const Json* found = world_.objects().find(path.key());
    return found ? object_answer(200, *found) : answer(not_found(path.key()));
}

Answer ClusterApi::list(const ApiPath& path, const Asked& asked) {
    if (flag(asked, "watch")) {
        return answer(not_allowed());
    }
    Json items = Json::array();
    bool well_formed = true;
    const std::string labels = asked.parameter("labelSelector").value_or("");
    const std::string fields = asked.parameter("fieldSelector").value_or("");
    const Kind& stored =
        path.kind->computed ? kind_named(path.kind->kind == "NodeMetrics" ? "Node" : "Pod") : *path.kind;
    for (const Json* object : world_.objects().list(stored, path.space)) {
        if (!label_selector_holds(labels, *object, well_formed) ||
            !field_selector_holds(fields, *object, well_formed)) {
            continue;
        }
        if (!path.kind->computed) {
            items.push_back(*object);
        } else if (Json made = computed(
                       {path.kind, (*object)["metadata"].value("namespace", ""), (*object)["metadata"]["name"]});
                   !made.is_null()) {
            items.push_back(std::move(made));
        }
    }
    if (!well_formed) {
        return answer(bad_request("unable to parse requirement of the selector"));
    }
    return object_answer(200, {{"kind", std::string(path.kind->kind) + "List"},
                               {"apiVersion", path.kind->api_version()},
                               {"metadata", {{"resourceVersion", world_.objects().list_version()}}},
                               {"items", std::move(items)}});
}

Answer ClusterApi::create(const ApiPath& path, const Asked& asked) {
    auto object = read_yaml(asked.body, "body"); // JSON is YAML
    if (!object || !object->is_object() || !(*object)["metadata"].is_object()) {
        return answer(bad_request("the object provided is unrecognized"));
    }
    Key key{path.kind, path.space, text_at(*object, "/metadata/name"_json_pointer)};
    const std::string pattern = text_at(*object, "/metadata/generateName"_json_pointer);
    for (std::uint64_t i = 0; key.name.empty() && !pattern.empty() && i < 1000; ++i) {
        key.name = pattern + letters(mix(world_.objects().seed(), to_text(key) + hex(sha256(asked.body)), i), 5);
        if (world_.objects().find(key)) {
            key.name.clear();
        }
    }
    if (key.name.empty()) {
        return answer(invalid(key, {{"metadata.name", "Required value: name or generateName is required"}}));
    }
    if (path.kind->namespaced && path.space.empty()) {
        return answer(bad_request("the namespace of the object is not in the path"));
    }
    const std::string told = text_at(*object, "/metadata/namespace"_json_pointer);
    if (!told.empty() && told != path.space) {
        return answer(bad_request(
            fmt::format("the namespace of the provided object does not match the namespace sent on the request")));
    }
    if (const Key space{&kind_named("Namespace"), "", path.space};
        path.kind->namespaced && !world_.objects().find(space)) {
        return answer(not_found(space));
    }
    if (world_.objects().find(key)) {
        return answer(already_exists(key));
    }
    return store(key, std::move(*object), asked, {manager(asked), "Update"}, {}, 201);
}

Answer ClusterApi::replace(const ApiPath& path, const Asked& asked) {
    let_somebody_else_edit(path.key());
    const Json* live = world_.objects().find(path.key());
    auto object = read_yaml(asked.body, "body");
    if (!live) {
        return answer(not_found(path.key()));
    }
    if (!object || !object->is_object()) {
        return answer(bad_request("the object provided is unrecognized"));
    }
    Json next = path.subresource == "status" ? *live : std::move(*object);
    if (path.subresource == "status") {
        next["status"] = object->value("status", Json::object());
        next["metadata"]["resourceVersion"] = object->value("/metadata/resourceVersion"_json_pointer, Json(""));
    } else if (live->contains("status")) {
        next["status"] = (*live)["status"];
    }
    return store(path.key(), std::move(next), asked, {manager(asked), "Update"}, {}, 200);
}

Answer ClusterApi::patch(const ApiPath& path, const Asked& asked) {
    const std::string_view media = asked.header("Content-Type");
    if (media.starts_with("application/apply-patch+yaml")) {
        return apply(path, asked);
    }
    let_somebody_else_edit(path.key());
    const Json* live = world_.objects().find(path.key());
    if (!live) {
        return answer(not_found(path.key()));
    }
    auto next = patched(path.key(), *live, media, asked.body);
    if (!next) {
        return answer(next.error());
    }
    if (!next->is_object() || !next->contains("metadata") || !(*next)["metadata"].is_object()) {
        return answer(invalid(path.key(), {{"metadata", "Required value"}}));
    }
    if (path.subresource == "status") {
        Json only = *live;
        only["status"] = next->value("status", Json::object());
        only["metadata"]["resourceVersion"] = (*next)["metadata"].value("resourceVersion", Json(""));
        *next = std::move(only);
    } else if (live->contains("status")) {
        (*next)["status"] = (*live)["status"]; // the main resource does not take a status
    }
    return store(path.key(), std::move(*next), asked, {manager(asked), "Update"}, {}, 200);
}

Answer ClusterApi::apply(const ApiPath& path, const Asked& asked) {
    if (!asked.parameter("fieldManager")) {
        return answer(Refusal{422, "Invalid", "fieldManager: Required value: is required for apply patch", Json()});
    }
    auto applied = read_yaml(asked.body, "body");
    if (!applied || !applied->is_object() || !applied->contains("metadata")) {
        return answer(bad_request("error decoding YAML"));
    }
    let_somebody_else_edit(path.key());
    const Json* live = world_.objects().find(path.key());
    if (const Key space{&kind_named("Namespace"), "", path.space};
        path.kind->namespaced && !world_.objects().find(space)) {
        return answer(not_found(space));
    }
    auto next = server_side_applied(path.key(), live, *applied, manager(asked), flag(asked, "force"));
    if (!next) {
        return answer(next.error());
    }
    return store(path.key(), std::move(*next), asked, {manager(asked), "Apply"}, decided_fields(*applied),
                 live ? 200 : 201);
}

Answer ClusterApi::remove(const ApiPath& path, const Asked& asked) {
    const Json* live = world_.objects().find(path.key());
    if (!live) {
        return answer(not_found(path.key()));
    }
    const Json options = asked.body.empty() ? Json::object() : Json::parse(asked.body, nullptr, false);
    if (options.is_discarded()) {
        return answer(bad_request("the delete options can't be decoded"));
    }
    if (options.is_object() && is_stale(options.value("preconditions", Json::object()), *live)) {
        return answer(Refusal{
            409, "Conflict",
            fmt::format("Operation cannot be fulfilled on {} \"{}\": the UID or ResourceVersion in the precondition "
                        "does not match that of the object",
                        path.kind->qualified(), path.name),
            Json()});
    }
    const std::string uid = (*live)["metadata"]["uid"];
    const bool dry = dry_run(asked) || options.value("dryRun", Json::array()) == Json::array({"All"});
    if (!dry) {
        world_.remove(path.key());
    }
    return object_answer(200, {{"kind", "Status"},
                               {"apiVersion", "v1"},
                               {"metadata", Json::object()},
                               {"status", "Success"},
                               {"details", {{"name", path.name}, {"kind", path.kind->resource}, {"uid", uid}}}});
}

Answer ClusterApi::scale(const ApiPath& path, const Asked& asked) {
    if (asked.method != "GET") {
        let_somebody_else_edit(path.key());
    }
    const Json* live = world_.objects().find(path.key());
    if (!live) {
        return answer(not_found(path.key()));
    }
    const Json current = scale_of(*live);
    if (asked.method == "GET") {
        return object_answer(200, current);
    }
    Json next;
    if (asked.method == "PATCH") {
        auto made = patched(path.key(), current, asked.header("Content-Type"), asked.body);
        if (!made) {
            return answer(made.error());
        }
        next = std::move(*made);
    } else if (asked.method == "PUT") {
        next = Json::parse(asked.body, nullptr, false);
    } else {
        return answer(not_allowed());
    }
    if (!next.is_object() || !next.value("/spec/replicas"_json_pointer, Json()).is_number_integer()) {
        return answer(invalid(path.key(), {{"spec.replicas", "Required value"}}));
    }
    Json object = *live;
    object["spec"]["replicas"] = next["spec"]["replicas"];
    object["metadata"]["resourceVersion"] = text_at(next, "/metadata/resourceVersion"_json_pointer);
    Answer stored = store(path.key(), std::move(object), asked, {manager(asked), "Update"}, {}, 200);
    if (stored.status == 200) {
        stored.body = scale_of(Json::parse(stored.body)).dump();
    }
    return stored;
}

Answer ClusterApi::store(const Key& key, Json object, const Asked& asked, Author author, const Fields& applied,
                         int created) {
    const Json* live = world_.objects().find(key);
    if (live && is_stale(object["metadata"], *live)) {
        return answer(modified_meanwhile(key));
    }
    const auto causes = admit(key, object, world_.objects().seed());
    if (!causes.empty()) {
        return answer(invalid(key, causes));
    }
    if (dry_run(asked)) {
        return object_answer(created, world_.objects().preview(key, std::move(object), author, applied));
    }
    return object_answer(created, world_.objects().write(key, std::move(object), author, applied));
}

void ClusterApi::let_somebody_else_edit(const Key& key) {
    const Fault* conflict = faults_.active(FaultKind::conflict, scheduler_.now());
    const Json* live = world_.objects().find(key);
    if (!conflict || !live || !edited_.emplace(conflict, key).second) {
        return;
    }
    Json changed = *live;
    changed["metadata"]["annotations"]["sluice-range/edited"] = rfc3339(scheduler_.now());
    world_.objects().write(key, std::move(changed), {"kubectl-edit", "Update"});
}

Answer ClusterApi::log(const ApiPath& path, const Asked& asked) {
    const Json* pod = world_.objects().find(path.key());
    if (!pod) {
        return answer(not_found(path.key()));
    }
    const auto containers = pod->value("/status/containerStatuses"_json_pointer, Json::array());
    const std::string wanted = asked.parameter("container").value_or("");
    const auto named = std::find_if(containers.begin(), containers.end(),
                                    [&](const Json& one) { return wanted.empty() || one.value("name", "") == wanted; });
    if (!wanted.empty() && !containers.empty() && named == containers.end()) {
        return answer(bad_request(fmt::format("container {} is not valid for pod {}", wanted, path.name)));
    }
    if (flag(asked, "previous")) { // the range keeps no log of what ran before
        return named != containers.end() && named->value("restartCount", 0) > 0
                   ? text_answer(200, {})
                   : answer(bad_request(fmt::format("previous terminated container \"{}\" in pod \"{}\" not found",
                                                    wanted, path.name)));
    }
    PodLogAsked of;
    of.tail_lines = number(asked.parameter("tailLines"), -1);
    of.timestamps = flag(asked, "timestamps");
    if (const auto back = number(asked.parameter("sinceSeconds"), -1); back >= 0) {
        of.since = scheduler_.now() - seconds(back);
    }
    if (const auto text = asked.parameter("sinceTime")) {
        const auto since = parse_instant(*text, {});
        if (!since) {
            return answer(bad_request(fmt::format("sinceTime: {} is no time", *text)));
        }
        of.since = *since;
    }
    std::string log = pod_log_ ? pod_log_(*pod, of) : std::string();
    if (const auto most = number(asked.parameter("limitBytes"), -1);
        most >= 0 && static_cast<std::size_t>(most) < log.size()) {
        log.resize(static_cast<std::size_t>(most));
    }
    return text_answer(200, std::move(log));
}

Answer ClusterApi::proxy(const ApiPath& path, const Asked& asked) {
    const ProxyTarget target = parse_proxy_target(path.name);
    const Key key{path.kind, path.space, target.service};
    if (!world_.objects().find(key)) {
        return answer(not_found(key));
    }
    Asked inner = asked;
    inner.path = path.rest;
    std::erase_if(inner.headers, [&](const auto& header) { // the API server keeps its own credentials to itself
        return header.second == "Bearer " + token_ && !token_.empty();
    });
    return proxied_ ? proxied_(key, target.port, inner)
                    : answer(Refusal{503, "ServiceUnavailable",
                                     fmt::format("no endpoints available for service \"{}\"", target.service), Json()});
}

Answer ClusterApi::access_review(const Asked& asked) {
    Json review = Json::parse(asked.body, nullptr, false);
    if (!review.is_object() || !review.value("spec", Json()).is_object()) {
        return answer(bad_request("the object provided is unrecognized"));
    }
    const Json attributes = review["spec"].value("resourceAttributes", Json::object());
    const std::string group = text_at(attributes, "/group"_json_pointer),
                      resource = text_at(attributes, "/resource"_json_pointer);
    bool known = resource == "*";
    for (const Kind& kind : kinds()) {
        known = known || (kind.group == group && kind.resource == resource);
    }
    review["status"] = {{"allowed", known}};
    if (!known) {
        review["status"]["reason"] =
            fmt::format("the range has no resource {}{}{}", resource, group.empty() ? "" : ".", group);
    }
    return object_answer(201, review);
}

} // namespace sluice::range
