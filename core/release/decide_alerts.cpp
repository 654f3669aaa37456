/// The plan's own alerts: inactive, pending, firing, resolved, as Prometheus has them (rules/alerting.go), but that no
/// data neither resolves nor fires. Each message is an event before it is sent, and its outcome is one after.
#include "release/draft.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

constexpr int most_attempts = 3;
constexpr Nanos between_attempts = seconds(10);

const plan::Alert* planned(const Release& release, const std::string& key) {
    const auto& all = release.plan->alerts;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& alert) { return key_names(key, alert.rule.id); });
    return found == all.end() ? nullptr : &*found;
}

std::string arm_of(const plan::Alert& alert, const std::string& key) {
    return key.size() > alert.rule.id.size() ? key.substr(alert.rule.id.size() + 1) : "";
}

/// How long it must last: of the condition, or of the absence.
Nanos lasts(const plan::Alert& alert, bool absent) {
    return absent ? alert.absent.value_or(Nanos{}) : alert.rule.for_;
}

/// What may have come is sent again only where the other side knows a message that comes twice.
bool to_be_repeated(const Release& release, const AlertRoute& route, const std::string& channel) {
    const plan::Channel* to = release.plan->channel(channel);
    return !route.delivered && to != nullptr && to->idempotent && route.attempt < most_attempts;
}

/// What was known before the program was away is no all-clear: where it is looked at, a reading has to say so first.
bool awaits_reading(const Release& release, const plan::Alert& alert, const AlertState& state, const std::string& arm) {
    return state.unread && watched(release, alert) &&
           (arm.empty() || !alert.rule.arm.empty() || arms_with_traffic(release).contains(arm));
}

/// When a channel that has heard that it fires, or may have, is to be told that it does no more; nothing = not, or not
/// again.
std::optional<Nanos> end_due(const Release& release, const plan::Alert& alert, const AlertState& state,
                             const std::string& channel) {
    const auto found = state.routes.find(channel);
    if (!alert.send_resolved || found == state.routes.end() || release.plan->channel(channel) == nullptr) {
        return std::nullopt;
    }
    const AlertRoute& route = found->second;
    if (route.in_flight || !route.heard) {
        return std::nullopt;
    }
    if (!route.resolved) {
        return state.since;
    }
    return to_be_repeated(release, route, channel) ? std::optional(route.at + between_attempts * route.attempt)
                                                   : std::nullopt;
}

/// When a channel is to be told next; nothing = not again. `key` is the alert's, with its arm; `read`: a reading says
/// now how it stands.
std::optional<Nanos> due(const Release& release, const plan::Alert& alert, const std::string& key,
                         const std::string& channel, bool read) {
    const AlertState& state = release.alerts.at(key);
    const auto found = state.routes.find(channel);
    if (release.closed()) {
        return std::nullopt;
    }
    if (!state.firing()) { // also where it is pending again: those who heard of it know nothing of that
        return read || !awaits_reading(release, alert, state, arm_of(alert, key))
                   ? end_due(release, alert, state, channel)
                   : std::nullopt;
    }
    if (!state.acknowledged_by.empty()) {
        return std::nullopt;
    }
    if (found == state.routes.end()) {
        return state.since;
    }
    const AlertRoute& route = found->second;
    if (route.in_flight || release.plan->channel(channel) == nullptr) {
        return std::nullopt;
    }
    if (to_be_repeated(release, route, channel)) {
        return route.at + between_attempts * route.attempt;
    }
    return alert.repeat ? std::optional(route.at + *alert.repeat) : std::nullopt;
}

void tell(Draft& draft, const plan::Alert& alert, const std::string& key, bool read = false) {
    for (const auto& channel : alert.to) {
        const auto when = due(draft.state(), alert, key, channel, read);
        if (!when || *when > draft.now()) {
            continue;
        }
        const AlertState& state = draft.state().alerts.at(key);
        const auto before = state.routes.find(channel);
        const bool resolved = !state.firing();
        const bool again = before != state.routes.end() && before->second.resolved == resolved &&
                           to_be_repeated(draft.state(), before->second, channel);
        draft.add(AlertSent{alert.rule.id, arm_of(alert, key), channel,
                            again ? before->second.key
                                  : fmt::format("{}/~alert/{}/{}/{}/{}{}", draft.state().opened.session, key,
                                                state.fired, channel, draft.now().count, resolved ? "/resolved" : ""),
                            again ? before->second.attempt + 1 : 1, resolved});
    }
}

/// Nobody looks at it any more. One that is `forgotten` begins anew: whom it told hears no all-clear, since it may be
/// as it was.
void end(Draft& draft, const plan::Alert& alert, const std::string& key, const std::string& why,
         bool forgotten = false) {
    const AlertState& state = draft.state().alerts.at(key);
    const char* next = state.firing()                                        ? (forgotten ? "inactive" : "resolved")
                       : state.state == "pending" || state.state == "frozen" ? "inactive"
                                                                             : nullptr;
    if (next != nullptr) {
        draft.add(AlertChanged{alert.rule.id, arm_of(alert, key), next, state.absent, "", why, nullptr});
    }
}

} // namespace

bool watched(const Release& release, const plan::Alert& alert) {
    return !release.closed() && in_scope(release, alert.rule);
}

std::vector<Nanos> alert_moments(const Release& release) {
    std::vector<Nanos> moments;
    for (const auto& [key, state] : release.alerts) {
        const plan::Alert* alert = planned(release, key);
        if (alert == nullptr) {
            continue;
        }
        if (state.state == "pending") {
            moments.push_back(state.since + lasts(*alert, state.absent));
        }
        for (const auto& channel : alert->to) {
            if (const auto when = due(release, *alert, key, channel, false)) {
                moments.push_back(*when);
            }
        }
    }
    return moments;
}

void watch_alerts(Draft& draft) {
    const auto plan = draft.state().plan;
    const auto known = draft.state().alerts;
    const auto busy = arms_with_traffic(draft.state());
    for (const auto& [key, state] : known) {
        const plan::Alert* alert = planned(draft.state(), key);
        if (alert == nullptr) {
            continue;
        }
        const std::string arm = arm_of(*alert, key);
        if (!watched(draft.state(), *alert)) {
            end(draft, *alert, key, "it is not watched any more");
        } else if (alert->rule.arm.empty() && !arm.empty() && !busy.contains(arm)) {
            end(draft, *alert, key, arm + " has no traffic");
        }
        tell(draft, *alert, key);
    }
}

void end_alert(Draft& draft, const plan::Alert& alert, const std::string& why, bool forgotten) {
    const auto known = draft.state().alerts;
    for (const auto& [key, state] : known) {
        if (key_names(key, alert.rule.id)) {
            end(draft, alert, key, why, forgotten);
        }
    }
}

void end_alerts(Draft& draft) {
    doubt_tellings(draft, "the session ended before the answer: it may have come");
    const auto plan = draft.state().plan;
    for (const auto& alert : plan->alerts) {
        end_alert(draft, alert, "the session ends");
    }
}

void doubt_tellings(Draft& draft, const std::string& why) {
    const auto plan = draft.state().plan;
    const auto known = draft.state().alerts;
    for (const auto& [key, state] : known) {
        for (const auto& [channel, route] : state.routes) {
            const plan::Alert* alert = route.in_flight ? planned(draft.state(), key) : nullptr;
            if (alert != nullptr) {
                draft.add(AlertTold{alert->rule.id, arm_of(*alert, key), channel, false, why, route.resolved, true});
            }
        }
    }
}

Verdict on(Draft& draft, const AlertReading& command) {
    const auto plan = draft.state().plan;
    const std::string key = key_of(command.alert, command.arm);
    const plan::Alert* alert = planned(draft.state(), key);
    if (alert == nullptr) {
        return refuse("the plan has no such alert", command.alert);
    }
    if (!watched(draft.state(), *alert)) {
        return {};
    }
    const auto found = draft.state().alerts.find(key);
    const AlertState before = found == draft.state().alerts.end() ? AlertState{} : found->second;
    const bool waiting = before.state == "pending" || before.state == "frozen";
    const bool absent = command.truth == "no-data" && alert->absent;
    const bool bad = absent || (command.truth == "yes" && !alert->only_absent);
    const auto say = [&](const char* next) {
        draft.add(AlertChanged{command.alert, command.arm, next, absent, command.value, command.why, command.samples});
    };
    const bool over = command.truth == "no" || (command.truth == "yes" && alert->only_absent);
    if (before.firing()) {
        if (over) {
            say("resolved");
            tell(draft, *alert, key);
        }
        return {};
    }
    if (command.truth == "source-error") {
        if (before.state == "pending") {
            draft.add(AlertChanged{command.alert, command.arm, "frozen", before.absent, "", command.why, nullptr});
        }
        return {};
    }
    if (!bad) {
        if (waiting) {
            say("inactive");
        }
        if (over && before.unread) {
            tell(draft, *alert, key, true);
        }
        return {};
    }
    if (before.state != "pending" || before.absent != absent) {
        say("pending");
    }
    if (draft.now() - draft.state().alerts.at(key).since >= lasts(*alert, absent)) {
        say("firing");
        tell(draft, *alert, key);
    }
    return {};
}

Verdict on(Draft& draft, const AlertDelivery& command) {
    const auto& alerts = draft.state().alerts;
    const auto found = alerts.find(key_of(command.alert, command.arm));
    const auto route = found == alerts.end() ? std::map<std::string, AlertRoute>::const_iterator{}
                                             : found->second.routes.find(command.channel);
    // Of a firing before, or given up at a resume: what is known of the present one stands.
    if (found == alerts.end() || route == found->second.routes.end() || route->second.key != command.key ||
        !route->second.in_flight) {
        return {};
    }
    draft.add(AlertTold{command.alert, command.arm, command.channel, command.delivered, command.why,
                        route->second.resolved, command.perhaps});
    return {};
}

Verdict on(Draft& draft, const Acknowledge& command) {
    const auto plan = draft.state().plan;
    std::vector<std::string> meant;
    std::string firing;
    for (const auto& [key, state] : draft.state().alerts) {
        const plan::Alert* alert = planned(draft.state(), key);
        if (alert == nullptr || !state.firing() || !state.acknowledged_by.empty()) {
            continue;
        }
        firing += (firing.empty() ? "" : ", ") + key;
        if (command.alert == key || command.alert == alert->rule.id) {
            meant.push_back(key);
        }
    }
    if (meant.empty()) {
        return refuse("'" + command.alert + "' does not fire, or is acknowledged", command.alert,
                      firing.empty() ? "" : "these wait for it: " + firing);
    }
    if (auto reason = reason_given(command.reason, command.alert); !reason) {
        return reason;
    }
    for (const auto& key : meant) {
        const plan::Alert& alert = *planned(draft.state(), key);
        draft.add(AlertAcknowledged{alert.rule.id, arm_of(alert, key), draft.by(), command.reason});
    }
    return {};
}

} // namespace sluice::release
