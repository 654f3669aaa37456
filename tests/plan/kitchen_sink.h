#pragma once
/// One good plan that uses every kind of step and every attribute, for tests that break it or cut it.
inline constexpr const char* kitchen_sink = R"(sluice: 1
id: sink
title: 'Everything at once: ${version} — „grün“'
release: {application: app, type: minor, environment: production, version: '${version}', previous: '${previous}'}
variables:
  version: {type: semver, ask: true}
  previous: {type: semver, default: 1.2.3}
  ramp: {type: boolean, default: true}
  region: {type: enum, choices: [north, south], default: north}
  pause: {type: duration, default: 90s}
  limit: {type: quantity, default: '0.1%'}
  count: {type: integer, default: 3, pattern: '[0-9]+'}
  page: {type: url, default: 'https://status.example.com/${version}'}
  token: {type: secret, default: 'env:TOKEN'}
  reason: {title: Why in the south, required-if: {var: region, equals: south}}
roles: [lead, sre]
calendar:
  allow: [{days: [tue, wed], from: '22:00', to: '02:00', zone: Europe/Berlin}]
  deny: [{name: Month end, month-end: 2d}, {dates: ['2026-12-25 Christmas Day'], before: 1d}]
  prefer: [{days: [wed]}]
  when-window-ends: pause
connections:
  cluster: {kubernetes: {context: prod}}
  prom: {prometheus: {url: 'http://prometheus.monitoring:9090', via: {service-proxy: {on: cluster}}}}
  shop: {http: {url: 'https://shop.example.com', headers: {X-Api-Key: 'env:KEY'}}}
  events: {kafka: {bootstrap: 'a:9092,b:9092', security: {protocol: sasl_ssl, mechanism: plain, username: u, password: 'file:/run/p'}}}
arms:
  blue: {workload: prod/shop-blue, service: prod/shop-blue, match: '${previous}'}
  green: {workload: prod/shop-green, service: prod/shop-green, match: '${version}'}
metrics:
  errors: {from: prom, query: 'sum by (version) (rate(e[5m]))', unit: ratio, by-arm: version, empty: {zero-while: up}}
  latency: {from: prom, query: 'histogram_quantile(0.95, x)', unit: s, reduce: max, at-least: 2, max-age: 1m, freshness: 'time() - 1'}
  pods: {from: prom, query: 'sum by (namespace, deployment) (ready)', unit: count, reduce: each, counts: ready-replicas}
  lag: {from: events, lag: {groups: [g], topics: [t]}, unit: messages, reduce: sum, interval: 10s}
  up: {title: Alive, from: shop, health: {path: /health, expect: {status: [200, 204], json: {/ok: true}}}, unit: bool}
  moved: {from: cluster, kubernetes: {rollout: deployment/shop-green, namespace: prod, advice: {OOMKilled: 'ask ${operator}'}}, unit: count}
  eaten: {from: cluster, kubernetes: {usage: memory, of: nodes, selector: pool=shop}, unit: ratio, reduce: max, interval: 30s}
traffic:
  edge: {driver: nginx-canary, on: cluster, primary: prod/shop, canary: prod/shop-canary, arms: {primary: blue, canary: green}}
  hard: {driver: ingress-backend, on: cluster, primary: prod/admin, arms: {primary: blue, canary: green}, initial: blue}
phases:
  - id: first
    title: First
    planned: 10m
    steps:
      - {id: hello, confirm: 'Is ${operator} ready?', owner: lead, evidence: required, source: 001#x, not-before: T0 - 24h}
      - {id: yes, approve: {roles: [lead, sre]}}
      - id: all
        group:
          - {id: a, run: [echo, '${version}'], environment: {TOKEN: '${token}'}, folder: /tmp, timeout: 10s,
             verify: {run: [test, -e, x], every: 1s, until: 5s, expect: {exit: [0, 1]}, rehearse: {}},
             rehearse: {exit: 0, output: hi, takes: 1s, apply: x.yaml, remove: [a/b/c], then: [{exit: 1}]},
             retry: {times: 2, every: 1s}, sensitive: true}
          - {id: b, needs: hello, probe: {http: {path: '/a/${version}?q=${region}', headers: {Authorization: 'Bearer ${token}'}}},
             on: shop, expect: {status: 200, text: [x, y], no-text: z, number: '< 5', version-at-least: '${previous}'}}
      - id: pods
        probe: {kubernetes: {get: pods, namespace: prod, selector: app=shop}}
        on: cluster
        expect:
          json:
            /items/*/status/phase: {all: {in: [Running, Succeeded]}}
            /items/0/metadata/name: {matches: '^shop'}
            /items/*/status/conditions/type=Ready/status: {any: 'True'}
            /items/*/x: {none: {equals: 3}}
            /items: {count: '>= 1', of: {must: '< 2'}}
            /at: {younger-than: 5m}
            /v: {version-at-least: 1.0.0}
      - id: ready
        probe: {kubernetes: {ready: deployment/shop-green, namespace: prod}}
        on: cluster
        until: 5m
        expect: {ready: '>= 3'}
        makes-ready: green
        outputs: {pod: {json: /pods/0, extract: 'shop-(.+)', pattern: '[a-z0-9-]+', type: string}}
  - id: second
    window: true
    when-window-ends: ask
    steps:
      - {id: save, kubernetes: {save: ingress/shop, namespace: prod}, on: cluster}
      - {id: patch, kubernetes: {patch: deployment/x, namespace: prod, body: [{op: replace, path: /a, value: '${pod}'}]}, on: cluster}
      - {id: image, kubernetes: {set-image: deployment/x, namespace: prod, body: {app: 'x:${version}'}}, on: cluster}
      - {id: ask, decide: {text: 'How?', default: fast, choices: [{id: fast, steps: [{id: f, wait: 1s}]}, {id: slow, title: Slow}]}}
      - {id: to-25, shift: {edge: {green: 25}}, undo: {shift: {edge: {green: 0}}}, when: {all: [{is: '${ramp}'}, {not: {var: region, in: [south]}}]}}
      - {id: bake, hold: {for: 1h, on-breach: pause, then: ask}, gates: [{metric: errors, must: '< 0.1%'}, {id: g, metric: latency, must: '< 200ms', for: 1m}, {metric: lag, must: '< 5k'}]}
      - {id: look, probe: {metric: errors, arm: green, must: '< 1%'}, every: 5s, until: 1m}
      - {id: wait, wait: {until: {metric: lag, must: '< 100'}, every: 10s, deadline: 1h}}
      - {id: all-green, shift: {edge: {green: 100}}, final: true, gates: [{metric: up, must: '== 1'}]}
      - {id: hard-green, shift: {hard: {blue: 0, green: 100}}}
      - {id: tell, http: {path: /notify, method: POST, json: {text: '${plan} ${session} ${start} ${T0} $${x}', n: 3}, idempotent: true}, on: shop}
      - {id: off, scale: {workload: prod/shop-blue, replicas: 0}, on: cluster, not-before: all-green + 2h, point-of-no-return: true, required: false}
rollback:
  within: 2h after all-green
  triggers:
    - {metric: errors, arm: green, must: '> 5%', for: 5m, mode: propose, do: back, from: ready, until: off}
    - {id: both, any: [{metric: up, must: '< 1'}, {metric: lag, must: '> 10k'}]}
  options:
    back:
      title: Back
      default: true
      planned: 2m
      available-if: {is: '${ramp}'}
      steps:
        - {id: see, probe: {kubernetes: {ready: deployment/shop-blue, namespace: prod}}, on: cluster, makes-ready: blue}
        - {id: shift, shift: {edge: {blue: 100}}}
        - {id: note, confirm: 'Was ${pod} bad?', needs: [shift]}
    undo: {title: Take back the shifts}
)";
