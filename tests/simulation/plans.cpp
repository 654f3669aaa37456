#include "plans.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::simulation {

const char* const world_manifests = R"(apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {LEVEL: info}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: blue, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: blue}}
  template:
    metadata: {labels: {app: blue}}
    spec: {containers: [{name: app, image: 'app:v1', ports: [{containerPort: 80, name: http}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: green, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: green}}
  template:
    metadata: {labels: {app: green}}
    spec: {containers: [{name: app, image: 'app:v2', ports: [{containerPort: 80, name: http}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: blue, namespace: shop}
spec: {selector: {app: blue}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: green, namespace: shop}
spec: {selector: {app: green}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: main, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: blue, port: {number: 80}}}}]}
)";

const std::map<std::string, std::set<std::string>>& people() {
    static const std::map<std::string, std::set<std::string>> all{{"lena", {"lead", "owner", "sre"}},
                                                                  {"omar", {"lead", "owner"}},
                                                                  {"ada", {"owner"}},
                                                                  {"bob", {"sre"}},
                                                                  {"cy", {"sre"}},
                                                                  {"dee", {"owner", "sre"}}};
    return all;
}

std::string policy() {
    std::string text = "policy: 1\nallowed-signers: keys\npeople:\n";
    for (const auto& [name, roles] : people()) {
        text += fmt::format("  {}: {{roles: [{}], principals: {}@x}}\n", name, fmt::join(roles, ", "), name);
    }
    return text + R"(rules:
  - {type: major, environment: production, roles: [owner, sre], accept: [signed, given, attested], valid-for: 4m,
     barred: [initiator, proposer, lead]}
break-glass: {roles: [lead], approve-within: 10m}
commands: {abort: [the-lead, owner]}
lead: [lead]
)";
}

} // namespace sluice::simulation
