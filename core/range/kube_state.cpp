#include "range/kube_state.h"

#include "range/world/kinds.h"

namespace sluice::range {
namespace {

using series::Labels;

void show(series::Exposition& to, std::string_view name, Labels labels, std::int64_t value) {
    labels[std::string(series::metric_name)] = name;
    to.samples.push_back({std::move(labels), static_cast<double>(value), std::nullopt});
}

std::string text(const Json& object, const char* key) {
    return object.value(key, std::string());
}

} // namespace

series::Exposition kube_state(const Objects& objects) {
    series::Exposition shown;
    shown.families["kube_deployment_spec_replicas"] = {series::MetricType::gauge, "pods wanted"};
    shown.families["kube_deployment_status_replicas_ready"] = {series::MetricType::gauge, "pods ready"};
    shown.families["kube_pod_container_status_restarts_total"] = {series::MetricType::counter, "restarts"};
    for (const Json* deployment : objects.list(kind_named("Deployment"))) {
        const Json& meta = (*deployment)["metadata"];
        const Labels labels{{"namespace", text(meta, "namespace")}, {"deployment", text(meta, "name")}};
        const Json status = deployment->value("status", Json::object());
        show(shown, "kube_deployment_spec_replicas", labels, (*deployment)["spec"].value("replicas", std::int64_t{1}));
        show(shown, "kube_deployment_status_replicas_ready", labels, status.value("readyReplicas", std::int64_t{0}));
    }
    for (const Json* pod : objects.list(kind_named("Pod"))) {
        const Json& meta = (*pod)["metadata"];
        const Json containers = pod->value("/status/containerStatuses"_json_pointer, Json::array());
        for (const Json& container : containers) {
            show(shown, "kube_pod_container_status_restarts_total",
                 {{"namespace", text(meta, "namespace")},
                  {"pod", text(meta, "name")},
                  {"container", text(container, "name")}},
                 container.value("restartCount", std::int64_t{0}));
        }
    }
    return shown;
}

} // namespace sluice::range
