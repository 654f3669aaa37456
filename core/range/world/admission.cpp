#include "range/world/admission.h"

#include "base/digest.h"
#include "range/noise.h"
#include "range/world/objects.h"

#include <fmt/format.h>

namespace sluice::range {
namespace {

void set_default(Json& object, const char* key, Json value) {
    if (!object.contains(key) || object[key].is_null()) {
        object[key] = std::move(value);
    }
}

void check_replicas(Json& spec, std::vector<Cause>& causes) {
    set_default(spec, "replicas", 1);
    if (!spec["replicas"].is_number_integer()) {
        causes.push_back({"spec.replicas", "Invalid value: must be an integer"});
    } else if (spec["replicas"].get<std::int64_t>() < 0) {
        causes.push_back({"spec.replicas", fmt::format("Invalid value: {}: must be greater than or equal to 0",
                                                       spec["replicas"].get<std::int64_t>())});
    }
}

void check_template(Json& spec, std::vector<Cause>& causes) {
    Json& pod = spec["template"]["spec"];
    if (!pod.is_object() || !pod.contains("containers") || !pod["containers"].is_array() || pod["containers"].empty()) {
        causes.push_back({"spec.template.spec.containers", "Required value"});
        return;
    }
    for (std::size_t i = 0; i < pod["containers"].size(); ++i) {
        Json& container = pod["containers"][i];
        for (const char* needed : {"name", "image"}) {
            if (!container.is_object() || !container.value(needed, Json()).is_string()) {
                causes.push_back({fmt::format("spec.template.spec.containers[{}].{}", i, needed), "Required value"});
            }
        }
    }
}

void admit_deployment(Json& object, std::vector<Cause>& causes) {
    Json& spec = object["spec"];
    check_replicas(spec, causes);
    check_template(spec, causes);
    set_default(spec, "progressDeadlineSeconds", 600);
    set_default(spec, "revisionHistoryLimit", 10);
    set_default(spec, "strategy", Json::object());
    set_default(spec["strategy"], "type", "RollingUpdate");
    if (spec["strategy"]["type"] == "RollingUpdate") {
        set_default(spec["strategy"], "rollingUpdate", Json::object());
        set_default(spec["strategy"]["rollingUpdate"], "maxSurge", "25%");
        set_default(spec["strategy"]["rollingUpdate"], "maxUnavailable", "25%");
    }
    const Json selector = spec.value("/selector/matchLabels"_json_pointer, Json());
    if (!selector.is_object() || selector.empty()) {
        causes.push_back({"spec.selector", "Required value"});
    } else if (!labels_match(spec.value("/template/metadata/labels"_json_pointer, Json()), selector)) {
        causes.push_back(
            {"spec.template.metadata.labels", "Invalid value: `selector` does not match template `labels`"});
    }
}

void admit_service(const Key& key, Json& object, std::uint64_t seed, std::vector<Cause>& causes) {
    Json& spec = object["spec"];
    set_default(spec, "type", "ClusterIP");
    if (spec["type"] == "ExternalName") {
        if (!spec.value("externalName", Json()).is_string()) {
            causes.push_back({"spec.externalName", "Required value"});
        }
        return;
    }
    if (!spec.contains("ports") || !spec["ports"].is_array() || spec["ports"].empty()) {
        causes.push_back({"spec.ports", "Required value"});
        return;
    }
    for (Json& port : spec["ports"]) {
        set_default(port, "protocol", "TCP");
        set_default(port, "targetPort", port.value("port", Json()));
    }
    const std::uint64_t bits = mix(seed, "cluster-ip " + to_text(key));
    set_default(spec, "clusterIP", fmt::format("10.96.{}.{}", bits % 250, (bits >> 16) % 250 + 2));
}

void admit_secret(Json& object, std::vector<Cause>& causes) {
    set_default(object, "type", "Opaque");
    if (object.contains("stringData")) {
        for (const auto& [name, value] : object["stringData"].items()) {
            object["data"][name] = base64(value.is_string() ? value.get<std::string>() : value.dump());
        }
        object.erase("stringData");
    }
    const Json kept = object.value("data", Json::object());
    for (const auto& [name, value] : kept.items()) {
        std::string bytes;
        if (!value.is_string() || !from_base64(value.get<std::string>(), bytes)) {
            causes.push_back({"data." + name, "Invalid value: illegal base64 data"});
        }
    }
}

void admit_ingress(Json& object, std::vector<Cause>& causes) {
    const Json& spec = object["spec"];
    if (!spec.contains("rules") && !spec.contains("defaultBackend")) {
        causes.push_back({"spec", "Invalid value: either `defaultBackend` or `rules` must be specified"});
    }
    const Json annotations = object.value("/metadata/annotations"_json_pointer, Json::object());
    for (const auto& [name, value] : annotations.items()) {
        if (!value.is_string()) { // an annotation is a string, the canary weight too
            causes.push_back({"metadata.annotations." + name, "Invalid value: must be a string"});
        }
    }
}

} // namespace

std::vector<Cause> admit(const Key& key, Json& object, std::uint64_t seed) {
    std::vector<Cause> causes;
    if (!object["metadata"].is_object()) {
        return {{"metadata", "Required value"}};
    }
    const std::string_view kind = key.kind->kind;
    if (object.contains("spec") && !object["spec"].is_object()) {
        return {{"spec", "Invalid value: must be an object"}};
    }
    if (kind == "Deployment") {
        admit_deployment(object, causes);
    } else if (kind == "ReplicaSet") {
        check_replicas(object["spec"], causes);
        check_template(object["spec"], causes);
    } else if (kind == "Job") {
        check_template(object["spec"], causes);
        set_default(object["spec"], "backoffLimit", 6);
        set_default(object["spec"], "completions", 1);
        set_default(object["spec"], "parallelism", 1);
    } else if (kind == "Service") {
        admit_service(key, object, seed, causes);
    } else if (kind == "Secret") {
        admit_secret(object, causes);
    } else if (kind == "Ingress") {
        admit_ingress(object, causes);
    } else if (kind == "Namespace") {
        set_default(object, "status", {{"phase", "Active"}});
    } else if (kind == "PersistentVolumeClaim") {
        set_default(object, "status", {{"phase", "Bound"}});
    } else if (kind == "Node" && !object.contains("status")) {
        object["status"] = {{"capacity", {{"cpu", "16"}, {"memory", "65536Mi"}, {"pods", "110"}}},
                            {"allocatable", {{"cpu", "16"}, {"memory", "65536Mi"}, {"pods", "110"}}},
                            {"conditions",
                             {{{"type", "MemoryPressure"}, {"status", "False"}},
                              {{"type", "DiskPressure"}, {"status", "False"}},
                              {{"type", "PIDPressure"}, {"status", "False"}},
                              {{"type", "Ready"}, {"status", "True"}, {"reason", "KubeletReady"}}}}};
    }
    return causes;
}

} // namespace sluice::range
