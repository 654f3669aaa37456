#include "sluicectl/standing.h"

#include "base/printable.h"
#include "base/quantity.h"
#include "release/foresight.h"
#include "release/ways_back.h"
#include "sluicectl/progress.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluicectl {

using namespace sluice::release;
using sluice::Nanos;

namespace {

std::string filled(const Release& release, const std::string& text) {
    return sluice::printable(sluice::plan::fill(text, scope(release)).value_or(text));
}

/// "armed", or why it is not.
std::string readiness(const Release& release, const sluice::plan::Option& option) {
    if (const std::string why = not_available(release, option); !why.empty()) {
        return "not available: " + why;
    }
    if (no_return_since(release) != nullptr) { // at once: what was proven, was proven before it
        return "past the point of no return";
    }
    const auto& told = release.rollback;
    if (default_ready(release)) {
        return "armed" + (told.ready_why.empty() ? "" : ": " + told.ready_why) +
               (option.planned ? ", planned " + sluice::duration_text(*option.planned) : "");
    }
    return told.ready_option == option.id && !told.ready_why.empty() ? "not armed: " + told.ready_why
                                                                     : "not armed: not proven yet";
}

/// ", held 00:03:10 of its 00:10:00" of a hold's important gate.
std::string own_time(const sluice::plan::Step& step, const std::string& key, const GateState& gate, Nanos now) {
    const auto* hold = std::get_if<sluice::plan::Hold>(&step.body);
    for (const auto& planned : hold ? hold->gates : std::vector<sluice::plan::Gate>{}) {
        if (key_names(key, planned.id) && planned.for_.count > 0) {
            return fmt::format(", held {} of its {}", clock(std::min(planned.for_, gate.own.held_at(now))),
                               clock(planned.for_));
        }
    }
    return {};
}

} // namespace

std::string does_not_apply(const Release& release, const sluice::plan::Step& step) {
    if (release.at(step.id).status != StepStatus::to_come) {
        return {};
    }
    if (!step.left_out.empty()) {
        return step.left_out;
    }
    if (step.when) {
        if (const auto answer = sluice::plan::evaluate(*step.when, scope(release));
            answer.truth == sluice::plan::Truth::no) {
            return answer.why;
        }
    }
    const auto* around = step.parent.empty() ? nullptr : release.plan->step(step.parent);
    return around ? does_not_apply(release, *around) : std::string();
}

void print_severity(const Release& release) {
    if (release.severity.empty()) {
        return;
    }
    const auto* level = declared_severity(release);
    const std::string title = level && level->title != level->id ? ", " + filled(release, level->title) : "";
    fmt::print("severity {} since {}{}\n", release.severity, instant(release.severity_since), title);
    if (!level || release.closed()) {
        return;
    }
    if (!level->response.empty()) {
        fmt::print("  what to do: {}\n", filled(release, level->response));
    }
    const auto* option = release.plan->option(level->option);
    if (option && !release.rollback.active) {
        fmt::print("  proposed: roll back by {}, {}\n", option->id, filled(release, option->title));
    }
}

void print_lateness(const Release& release, const sluice::plan::Step& step) {
    const auto& state = release.at(step.id);
    if (over(state.status)) {
        return;
    }
    if (state.overdue.count != 0) {
        fmt::print("      OVERDUE since {}\n", instant(state.overdue));
    }
    if (state.escalated && step.escalate) {
        fmt::print("      escalated to {}: it has waited since {}\n", step.escalate->to, instant(state.asked));
    }
}

void print_gates(const Release& release, const sluice::plan::Step& step, Nanos now) {
    const auto& state = release.at(step.id);
    if (state.status != StepStatus::running && state.status != StepStatus::person) {
        return;
    }
    for (const auto& [key, gate] : state.gates) {
        const std::string tier = gate.shadow ? " (shadow)" : gate.important ? " (important)" : "";
        const std::string own = gate.important ? own_time(step, key, gate, now) : "";
        const std::string counted = samples_text(gate.seen, gate.wanted);
        const bool goes = gate.verdict == "pass" && gate.breach_at.count != 0;
        const Nanos left = goes ? std::max(gate.breach_at - now, sluice::seconds(1)) : Nanos{};
        const std::string_view way = gate.close             ? ", close to its limit,"
                                     : !goes                ? ""
                                     : falls_to(gate.limit) ? ", falling,"
                                                            : ", rising,";
        const bool at_ease = gate.verdict == "pass" && way.empty();
        fmt::print("    gate {}{}: {}{} since {}{}{}{}{}{}\n", key, tier, gate.verdict, way, instant(gate.since), own,
                   gate.overridden ? ", set aside by " + sluice::printable(gate.overridden_by) : "",
                   counted.empty() ? "" : ", " + counted,
                   at_ease || gate.why.empty() || gate.lacks_samples() ? "" : ": " + sluice::printable(gate.why),
                   foreseen_text(gate.close, left));
    }
}

void print_alerts(const Release& release) {
    for (const auto& [key, alert] : release.alerts) {
        if (alert.state == "inactive") {
            continue;
        }
        fmt::print("alert {}: {}{}{}\n", key, alert.firing() ? "FIRING" : alert.state,
                   alert.why.empty() ? "" : ": " + sluice::printable(alert.why),
                   alert.acknowledged_by.empty() ? ""
                                                 : fmt::format("; acknowledged by {}: {}", alert.acknowledged_by,
                                                               sluice::printable(alert.acknowledged_why)));
        for (const auto& [channel, route] : alert.routes) {
            fmt::print("  {} {}{}\n", channel,
                       route.in_flight   ? "is being told"
                       : route.delivered ? "was told"
                       : route.perhaps   ? "was perhaps told"
                                         : "was NOT told",
                       route.why.empty() ? "" : ": " + sluice::printable(route.why));
        }
    }
}

void print_readiness(const Release& release) {
    const auto* option = release.plan ? default_option(release) : nullptr;
    if (option && !release.rollback.active && !release.aborted && !release.closed()) {
        fmt::print("way back {}, {}: {}\n", option->id, filled(release, option->title),
                   sluice::printable(readiness(release, *option)));
        for (const auto* other : ranked_options(release)) {
            if (other != option) {
                const std::string why = not_available(release, *other);
                fmt::print("  or {}, {}: {}\n", other->id, filled(release, other->title),
                           why.empty() ? "can be taken" : "not offered now: " + sluice::printable(why));
            }
        }
    }
}

void print_unwatched(const Release& release) {
    fmt::print(
        "NOBODY LOOKS ON HERE: no program has this file open; unless one has another copy of it, no trigger looks "
        "on and nothing is begun; {}\n",
        release.opened.mode == "run"
            ? "'sluicectl resume' goes on"
            : "'sluicectl resume --range ADDRESS' goes on if its range is a process of its own");
}

} // namespace sluicectl
