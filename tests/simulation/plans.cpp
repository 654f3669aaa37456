#include "plans.h"

#include <array>
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

namespace {

const char* const head = R"(sluice: 1
id: simulated
title: A simulated release
release: {type: major, environment: production}
roles: [lead, sre, owner]
connections:
  cluster: {kubernetes: {context: test}}
  app: {http: {url: 'http://app'}}
  prom: {prometheus: {url: 'http://prometheus'}}
arms:
  blue: {workload: shop/blue, service: shop/blue, match: blue}
  green: {workload: shop/green, service: shop/green, match: green}
metrics:
  errors: {from: prom, query: errors, unit: ratio, by-arm: version, interval: 10s}
  lag: {from: prom, query: lag, unit: messages, interval: 10s}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: shop/main, canary: shop/canary, arms: {primary: blue, canary: green}}
rollback:
  triggers:
    - {id: errors, metric: errors, must: '> 5%', for: 40s, mode: act, from: green-ready, until: last}
    - {id: lag, metric: lag, must: '> 100', for: 30s, mode: propose}
  options:
    back:
      default: true
      steps:
        - {id: all-blue, shift: {edge: {blue: 100}}}
        - {id: more, scale: {workload: shop/blue, replicas: 3}, on: cluster}
        - {id: tell, run: [tell, back]}
    undo: {title: Undo}
phases:
)";

/// A go-live: a shift and a hold after the other, people in between, things that can't be done twice.
const char* const go_live = R"(  - id: before
    steps:
      - {id: list, confirm: The list, evidence: required}
      - {id: back-up, run: [back, up], retry: {times: 1, every: 5s}}
      - {id: green-ready, probe: {kubernetes: {ready: deployment/green, namespace: shop}}, on: cluster, every: 2s, until: 2m, makes-ready: green}
  - id: switch
    steps:
      - {id: to-25, shift: {edge: {green: 25}}, undo: {shift: {edge: {green: 0}}}}
      - {id: bake, hold: {for: 1m, deadline: 10m, then: ask}, gates: [{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%'}]}
      - {id: go, approve: {roles: [owner, sre]}}
      - {id: to-100, shift: {edge: {green: 100}}, undo: {shift: {edge: {green: 25}}}}
  - id: after
    steps:
      - {id: announce, http: {path: /announce, method: POST, json: {release: v2}}, on: app, expect: {status: 201}}
      - {id: last, scale: {workload: shop/blue, replicas: 1}, on: cluster, required: true, point-of-no-return: true}
)";

/// Much at the same time, on the same objects, and a decision.
const char* const side_by_side = R"(  - id: main
    steps:
      - {id: green-ready, confirm: Ready, makes-ready: green, needs: []}
      - {id: level, kubernetes: {patch: configmap/settings, namespace: shop, body: {data: {LEVEL: debug}}}, on: cluster, needs: []}
      - {id: note, kubernetes: {annotate: deployment/green, namespace: shop, body: {example.com/release: v2}}, on: cluster, needs: []}
      - {id: size, scale: {workload: shop/green, replicas: 3}, on: cluster, needs: []}
      - {id: order, http: {path: /orders, method: POST, idempotent: true, json: {release: v2}}, on: app, expect: {status: 201}, needs: []}
      - {id: work, run: [work], needs: [], retry: {times: 2, every: 3s}}
      - {id: to-50, shift: {edge: {green: 50}}, needs: [green-ready], undo: {shift: {edge: {blue: 100}}}}
      - {id: watch, hold: {for: 40s, on-breach: pause}, gates: [{metric: errors, must: '< 1%'}], needs: [to-50, size]}
      - id: way
        decide:
          text: Keep blue?
          choices: [{id: keep, steps: [{id: told, confirm: Tell}]}, {id: drop, steps: [{id: drain, wait: {for: 20s}}]}]
        needs: [watch, work]
      - {id: last, run: [retire], needs: [way, order, note, level]}
)";

/// Groups, verified work, holds that restart and that fail, four eyes of one role.
const char* const groups = R"(  - id: begin
    steps:
      - id: both
        group:
          - {id: a, run: [a], verify: {http: /health}, on: app}
          - {id: b, run: [b], timeout: 30s}
          - {id: c, wait: {for: 15s}}
      - {id: green-ready, probe: {metric: lag, must: '< 10'}, every: 5s, until: 3m, makes-ready: green}
      - {id: two, approve: {roles: [sre], quorum: 2}}
      - {id: to-10, shift: {edge: {green: 10}}, undo: {shift: {edge: {green: 0}}}}
      - {id: bake, hold: {for: 45s, on-breach: restart, deadline: 15m, then: ask}, gates: [{metric: errors, must: '< 1%'}]}
      - {id: to-60, shift: {edge: {green: 60}}}
      - {id: short, hold: {for: 20s, on-breach: fail}, gates: [{metric: lag, must: '< 10'}]}
      - {id: post, http: {path: /posts, method: POST, json: {n: 1}}, on: app, expect: {status: 201}, retry: {times: 1, every: 5s}}
      - {id: said, attest: It holds, owner: sre}
      - {id: last, confirm: All well}
)";

} // namespace

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

const char* plan(int number) {
    static const std::array<std::string, plan_count> whole{
        std::string(head) + go_live, std::string(head) + side_by_side, std::string(head) + groups};
    return whole.at(static_cast<std::size_t>(number)).c_str();
}

} // namespace sluice::simulation
