#include "drawn.h"

#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <sstream>

namespace sluice::simulation {
namespace {

// A line that begins with ?part is there if that part is drawn, one that begins with !part if it is not.
const char* const head = R"(sluice: 1
id: simulated
title: A simulated release TITLE
release: {type: major, environment: production}
variables: {ramp: {type: boolean, default: true}}
roles: [lead, sre, owner]
?window calendar:
?window   deny: [{days: [mon], from: '08:00', to: '08:02'}, {days: [mon], from: '08:09', to: '08:12'}]
?window !ask   when-window-ends: pause
?window ?ask   when-window-ends: ask
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
messages: {news: {title: News, text: 'Of ${session}'}}
channels: {ops: {on: app, path: /hooks/ops}, all: {on: app, path: /hooks/all, idempotent: true}}
?earlier requires-session: {mode: rehearse, within: 30d}
?severity severity:
?severity   low: {response: Watch it}
?severity   high: {when: {metric: errors, arm: green, must: '> 5%'}, response: 'Back, with ${ramp}', propose: undo}
?severity   worst: {response: All hands, propose: back}
rollback:
?kept   within: 2m after KEPT
  triggers:
    - {id: errors, metric: errors, must: '> 5%', for: 40s, mode: act, from: green-ready, until: last}
    - {id: lag, metric: lag, must: '> 100', for: 30s, mode: propose}
?grace     - {id: slow, metric: lag, must: '> 50', for: 15s, mode: propose, grace: 30s, until: last}
?grace     - {id: soft, metric: errors, must: '> 2%', for: 10s, mode: propose, grace: 20s, then: pause, do: undo}
?grace     - {id: low, metric: errors, must: '> 3%', for: 5s, mode: propose, grace: 10s, then: go-on}
?severity     - {id: bad, severity: high, mode: propose, do: undo, from: green-ready, until: last}
?severity     - {id: worst, severity: worst, mode: act, do: back, from: green-ready}
  options:
    back:
      default: true
      steps:
?told         - {id: warn, notify: {to: [ops, all], message: news}}
        - {id: all-blue, shift: {edge: {blue: 100}}}
        - {id: more, scale: {workload: shop/blue, replicas: 3}, on: cluster}
        - {id: tell, run: [tell, back]}
?typed         - {id: asked, external: {command: restart it}, escalate: {after: 15s, to: sre}}
?prefer     undo: {title: Undo, available-if: {is: '${ramp}'}, default-while: PREFER}
!prefer     undo: {title: Undo, available-if: {is: '${ramp}'}}
phases:
)";

/// A go-live: a shift and a hold after the other, people in between, things that can't be done twice.
const char* const go_live = R"(  - id: before
    steps:
?told       - {id: begun, notify: {to: [ops, all], message: news}}
      - {id: list, confirm: The list, evidence: required,
?due ?window          due: T0 + 20s,
         owner: lead}
      - {id: back-up, run: [back, up], retry: {times: 1, every: 5s}}
?shell       - {id: sweep, shell: 'sweep "$WHAT"', environment: {WHAT: '${ramp}'}, undo: {run: [sweep, back]}}
?window       - {id: opening, wait: {window: true}}
      - {id: green-ready, probe: {kubernetes: {ready: deployment/green, namespace: shop}}, on: cluster, every: 2s, until: 2m, makes-ready: green}
  - id: switch
?window     window: true
    steps:
?stale       - {id: fresh, confirm: Still so, needs: [], valid-for: 50s}
      - {id: to-25, shift: {edge: {green: 25}}, needs: [green-ready], when: {is: '${ramp}'}, undo: {shift: {edge: {green: 0}}}}
      - {id: bake, hold: {for: 1m, deadline: 10m, then: ask}, gates: [{metric: lag, must: '< 10'}, {metric: errors, must: '< 1%'}]}
      - {id: go, approve: {roles: [owner, sre]},
?escalate          escalate: {after: 20s, to: lead, channel: ops},
?due          due: to-25 + 90s,
         title: Go}
?flag       - {id: turn-on, flag: {name: NEW, to: 'on', config-map: shop/settings}, on: cluster, undo: {flag: {name: NEW, to: 'off', config-map: shop/settings}}}
      - {id: to-100, shift: {edge: {green: 100}},
?stale ?flag          needs: [turn-on, fresh],
?stale !flag          needs: [go, fresh],
?gate          gates: [{metric: lag, must: '< 50'}],
         undo: {shift: {edge: {green: 25}}}}
?typed       - {id: typed, external: {command: 'ledger ${ramp}', text: It moved}, verify: {http: /health}, on: app, undo: {confirm: It moved back}}
?always       - {id: tidy, run: [tidy], always: true}
  - id: after
    steps:
?again       - {id: go-on, approve: {roles: [sre]}}
      - {id: announce, http: {path: /announce, method: POST, json: {release: v2}}, on: app, expect: {status: 201}}
      - {id: last, scale: {workload: shop/blue, replicas: 1}, on: cluster, required: true, point-of-no-return: true,
?later          not-before: to-100 + 1m,
?due          due: to-100 + 40s,
         title: Last}
?follow   - id: week
?follow     follow-up: true
?follow     steps:
?follow       - {id: seen, confirm: Seen, due: last + 10s, needs: []}
?follow       - {id: swept, run: [swept], not-before: last + 20s, needs: []}
?follow       - {id: ticket, http: {path: /tickets, json: {n: 1}, idempotent: true}, on: app, expect: {status: 201}, needs: [seen, swept]}
?variant variants: {quick: {omit: [bake, to-25], window: false, approve: {go: {roles: [owner]}}, replace: [{id: announce, confirm: Announced}]}}
)";

/// Much at the same time, on the same objects, and a decision.
const char* const side_by_side = R"(  - id: main
    steps:
      - {id: green-ready, confirm: Ready, makes-ready: green, needs: []}
      - {id: level, kubernetes: {patch: configmap/settings, namespace: shop, body: {data: {LEVEL: debug}}}, on: cluster, needs: []}
?flag       - {id: turn-on, flag: {name: NEW, to: 'on', config-map: shop/settings}, on: cluster, needs: []}
      - {id: note, kubernetes: {annotate: deployment/green, namespace: shop, body: {example.com/release: v2}}, on: cluster, needs: []}
      - {id: size, scale: {workload: shop/green, replicas: 3}, on: cluster, needs: []}
      - {id: order, http: {path: /orders, method: POST, idempotent: true, json: {release: v2}}, on: app, expect: {status: 201}, outputs: {made: {json: /made}}, needs: []}
?told       - {id: begun, notify: {to: all, text: 'It goes on, ${ramp}'}, needs: [order]}
      - {id: work, run: [work], needs: [], retry: {times: 2, every: 3s}}
?shell       - {id: sweep, shell: sweep, needs: [work], timeout: 40s}
?always       - {id: tidy, run: [tidy, '${ramp}'], always: true, needs: [work], retry: {times: 1, every: 5s}}
      - {id: to-50, shift: {edge: {green: 50}}, needs: [green-ready], undo: {shift: {edge: {blue: 100}}}}
?stale       - {id: fresh, confirm: Still so, needs: [], valid-for: 45s}
      - {id: watch, hold: {for: 40s, on-breach: pause}, gates: [{metric: errors, must: '< 1%'}], needs: [to-50, size]}
      - id: way
        decide:
          text: Keep blue?
          choices: [{id: keep, steps: [{id: told, confirm: Tell}]}, {id: drop, steps: [{id: drain, wait: {for: 20s}}]}]
?escalate         escalate: {after: 10s, to: owner, channel: all}
?due         due: to-50 + 70s
        needs: [watch, work]
?typed       - {id: typed, external: type it, needs: [way], undo: {external: type it back}}
      - {id: last, run: [retire, '${made}'],
?later          not-before: to-50 + 2m,
?stale          needs: [way, order, note, level, fresh]}
!stale          needs: [way, order, note, level]}
?follow   - id: week
?follow     follow-up: true
?follow     steps:
?follow       - {id: seen, confirm: Seen, due: last + 10s}
?variant variants: {quick: {omit: [note, watch]}}
)";

/// Groups, verified work, holds that restart and that fail, four eyes of one role.
const char* const groups = R"(  - id: begin
    steps:
      - id: both
        group:
          - {id: a, run: [a], verify: {http: /health}, on: app}
          - {id: b, run: [b], timeout: 30s}
          - {id: c, wait: {for: 15s}}
?told           - {id: begun, notify: {to: [all, ops], message: news}}
?typed           - {id: typed, external: {command: type it}, verify: {http: /health}, on: app, owner: sre}
?window   - id: bound
?window     window: true
?window     steps:
      - {id: green-ready, probe: {metric: lag, must: '< 10'}, every: 5s, until: 3m, makes-ready: green}
      - {id: two, approve: {roles: [sre], quorum: 2},
?stale          valid-for: 70s,
?escalate          escalate: {after: 20s, to: owner},
?due          due: green-ready + 30s,
         title: Two}
?later       - {id: quiet, wait: {until: {metric: lag, must: '< 10'}, deadline: 3m}, not-before: two + 30s}
      - {id: to-10, shift: {edge: {green: 10}}, undo: {shift: {edge: {green: 0}}}}
      - {id: bake, hold: {for: 45s, on-breach: restart, deadline: 15m, then: ask}, gates: [{metric: errors, must: '< 1%'}]}
?again       - {id: more-eyes, approve: {roles: [owner]}}
?shell       - {id: sweep, shell: sweep, verify: {http: /health}, on: app, undo: {shell: sweep back}}
      - {id: to-60, shift: {edge: {green: 60}}}
      - {id: short, hold: {for: 20s, on-breach: fail}, gates: [{metric: lag, must: '< 10'}]}
?flag       - {id: turn-on, flag: {name: NEW, to: 'on', config-map: shop/settings}, on: cluster, when: {is: '${ramp}'}}
      - {id: post, http: {path: /posts, method: POST, json: {n: 1}}, on: app, expect: {status: 201}, retry: {times: 1, every: 5s}}
?always       - {id: tidy, confirm: Tidied, always: true}
?always       - {id: tidy-up, scale: {workload: shop/green, replicas: 2}, on: cluster, always: true}
      - {id: said, attest: It holds, owner: sre}
?grace       - {id: last, confirm: All well, point-of-no-return: true}
!grace       - {id: last, confirm: All well}
?follow   - id: week
?follow     follow-up: true
?follow     steps:
?follow       - {id: seen, confirm: Seen, not-before: last + 15s, due: last + 25s}
?variant variants: {quick: {omit: [c, short], window: false, approve: {two: {roles: [sre]}}, replace: [{id: post, run: [post]}, {id: said, confirm: It holds}]}}
)";

} // namespace

const std::vector<std::string>& all_parts() {
    static const std::vector<std::string> parts{"window", "ask",    "earlier",  "severity", "told", "typed",  "due",
                                                "shell",  "stale",  "escalate", "flag",     "gate", "always", "again",
                                                "later",  "follow", "variant",  "grace",    "kept", "prefer"};
    return parts;
}

Drawn draw(Chance& chance) {
    Drawn drawn;
    drawn.plan = chance.below(plan_count);
    drawn.ramp = !chance.one_in(6);
    for (const auto& part : all_parts()) {
        if (chance.one_in(part == "window" || part == "again" ? 8 : 5)) {
            drawn.parts.insert(part);
        }
    }
    if (drawn.parts.contains("variant") && !chance.one_in(4)) {
        drawn.variant = "quick";
    }
    return drawn;
}

std::string text_of(const Drawn& drawn) {
    static const std::array<std::string, plan_count> bodies{go_live, side_by_side, groups};
    // What the head names of each body.
    static const std::map<std::string, std::array<std::string, plan_count>> of_each{
        {"KEPT", {"to-100", "to-50", "to-60"}}, {"PREFER", {"switch", "main", "begin"}}};
    const std::string whole = head + bodies.at(static_cast<std::size_t>(drawn.plan));
    std::string text = fmt::format("# {} {} {}\n", drawn.plan, drawn.amended, fmt::join(drawn.parts, " "));
    std::istringstream lines(whole);
    for (std::string line; std::getline(lines, line);) {
        bool there = true;
        while (line.starts_with('?') || line.starts_with('!')) {
            const auto end = line.find(' ');
            there = there && drawn.parts.contains(line.substr(1, end - 1)) == (line[0] == '?');
            line.erase(0, end + 1);
        }
        if (there) {
            for (const auto& [word, names] : of_each) {
                if (const auto at = line.find(word); at != std::string::npos) {
                    line.replace(at, word.size(), names.at(static_cast<std::size_t>(drawn.plan)));
                }
            }
            const auto title = line.find(" TITLE");
            text += title == std::string::npos
                        ? line
                        : line.replace(title, 6, drawn.amended == 0 ? "" : fmt::format(", {}", drawn.amended));
            text += '\n';
        }
    }
    return text;
}

Drawn read_back(const std::string& text) {
    Drawn drawn;
    std::istringstream line(text.substr(1, text.find('\n')));
    line >> drawn.plan >> drawn.amended;
    for (std::string part; line >> part;) {
        drawn.parts.insert(part);
    }
    return drawn;
}

std::map<std::string, std::string> variables_of(const Drawn& drawn) {
    return {{"ramp", drawn.ramp ? "true" : "false"}};
}

std::set<std::string> left_out(const Drawn& drawn, const std::string& variant) {
    if (variant.empty()) {
        return {};
    }
    static const std::array<std::set<std::string>, plan_count> omitted{
        {{"bake", "to-25", "opening"}, {"note", "watch"}, {"c", "short"}}};
    return omitted.at(static_cast<std::size_t>(drawn.plan));
}

bool window_open(Nanos at) {
    const std::int64_t minute = at.count / minutes(1).count;
    const std::int64_t of_day = minute % (24 * 60), day = (minute / (24 * 60) + 4) % 7; // 1970 began with a Thursday
    const bool denied = (of_day >= 8 * 60 && of_day < 8 * 60 + 2) || (of_day >= 8 * 60 + 9 && of_day < 8 * 60 + 12);
    return day != 1 || !denied;
}

int badness(const std::string& severity) {
    return severity == "low" ? 1 : severity == "high" ? 2 : severity == "worst" ? 3 : 0;
}

} // namespace sluice::simulation
