#include "range/series_names.h"

namespace sluice::range {

std::set<std::string> series_names(const Profile& profile) {
    std::set<std::string> names{"ALERTS",
                                "up",
                                "nginx_ingress_controller_requests",
                                "kube_deployment_spec_replicas",
                                "kube_deployment_status_replicas_ready",
                                "kube_pod_container_status_restarts_total",
                                profile.requests,
                                profile.errors,
                                profile.connections,
                                profile.streams,
                                profile.lag};
    for (const auto& histogram : {profile.duration, profile.queries}) {
        for (const char* part : {"_bucket", "_sum", "_count"}) {
            names.insert(histogram + part);
        }
    }
    return names;
}

} // namespace sluice::range
