#pragma once
#include "base/virtual_scheduler.h"
#include "kubernetes/client.h"
#include "support/scripted_http.h"

namespace sluice::testing {

/// A client whose server is a script; time stands still but for `settle`.
struct ClusterFixture {
    VirtualScheduler scheduler{seconds(1'767'225'600)};
    ScriptedHttp http{scheduler};
    kubernetes::Client client{http, scheduler, cluster(), [](const std::string& path) -> Result<std::string> {
                                  return fail(ErrorCode::not_found, "no such file", path);
                              }};

    static kubernetes::Cluster cluster() {
        kubernetes::Cluster cluster;
        cluster.name = "prod";
        cluster.server = "https://api.test:6443";
        cluster.user = "lead";
        cluster.token = "t0k3n";
        return cluster;
    }
    void settle() { scheduler.run_until(scheduler.now() + seconds(60)); }
};

inline nlohmann::json deployment(int replicas = 5) {
    return {{"apiVersion", "apps/v1"},
            {"kind", "Deployment"},
            {"metadata",
             {{"name", "user-service-blue"},
              {"namespace", "production"},
              {"uid", "u-1"},
              {"resourceVersion", "41"},
              {"generation", 3}}},
            {"spec",
             {{"replicas", replicas},
              {"selector", {{"matchLabels", {{"app", "user-service-blue"}}}}},
              {"template",
               {{"spec",
                 {{"containers",
                   {{{"name", "proxy"}, {"image", "envoy:1"}},
                    {{"name", "app"},
                     {"image", "nova/user-service:v1.2.3"},
                     {"env",
                      {{{"name", "MODE"}, {"value", "fast"}},
                       {{"name", "PASSWORD"}, {"valueFrom", {{"secretKeyRef", {{"name", "db"}}}}}}}}}}}}}}}}},
            {"status",
             {{"observedGeneration", 3},
              {"replicas", replicas},
              {"updatedReplicas", replicas},
              {"readyReplicas", replicas},
              {"availableReplicas", replicas}}}};
}

inline nlohmann::json status(int code, const char* reason, const char* message,
                             nlohmann::json causes = nlohmann::json::array()) {
    return {{"kind", "Status"}, {"status", "Failure"}, {"code", code},
            {"reason", reason}, {"message", message},  {"details", {{"causes", causes}}}};
}

} // namespace sluice::testing
