#include "range/series_names.h"

namespace sluice::range {

std::set<std::string> series_names(const Profile& profile) {
    std::set<std::string> names = service_series_names(profile);
    names.insert({"ALERTS", "nginx_ingress_controller_requests", "kube_deployment_spec_replicas",
                  "kube_deployment_status_replicas_ready", "kube_pod_container_status_restarts_total", profile.lag});
    return names;
}

std::set<std::string> service_series_names(const Profile& profile) {
    std::set<std::string> names{"up", profile.requests, profile.errors, profile.connections, profile.streams};
    for (const auto& histogram : {profile.duration, profile.queries}) {
        for (const char* part : {"_bucket", "_sum", "_count"}) {
            names.insert(histogram + part);
        }
    }
    return names;
}

} // namespace sluice::range
