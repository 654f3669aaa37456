#include "release/state.h"

#include "base/quantity.h"
#include "plan/amendment.h"
#include "release/demand.h"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <utility>

namespace sluice::release {

const char* name(StepStatus status) {
    switch (status) {
    case StepStatus::to_come:
        return "to come";
    case StepStatus::waiting:
        return "waiting";
    case StepStatus::running:
        return "running";
    case StepStatus::person:
        return "awaiting a person";
    case StepStatus::triage:
        return "failed";
    case StepStatus::retrying:
        return "about to be retried";
    case StepStatus::in_doubt:
        return "in doubt";
    case StepStatus::passed:
        return "passed";
    case StepStatus::skipped:
        return "skipped";
    case StepStatus::overridden:
        return "overridden";
    case StepStatus::not_applicable:
        return "not applicable";
    case StepStatus::stopped:
        return "stopped";
    }
    return "?";
}

bool satisfies(StepStatus status) {
    return status == StepStatus::passed || status == StepStatus::skipped || status == StepStatus::overridden ||
           status == StepStatus::not_applicable;
}

bool over(StepStatus status) {
    return satisfies(status) || status == StepStatus::stopped;
}

const StepState& Release::at(const StepId& step) const {
    static const StepState none;
    const auto found = steps.find(step);
    if (found != steps.end()) {
        return found->second;
    }
    const HandShift* shift = hand_shift(step);
    return shift ? shift->state : none;
}

const plan::Step* Release::step(const StepId& id) const {
    if (const HandShift* shift = hand_shift(id)) {
        return &shift->planned;
    }
    return plan ? plan->step(id) : nullptr;
}

const HandShift* Release::hand_shift(const StepId& id) const {
    const auto found =
        std::find_if(shifts.begin(), shifts.end(), [&](const auto& one) { return one.planned.id == id; });
    return found == shifts.end() ? nullptr : &*found;
}

HandShift* Release::hand_shift(const StepId& id) {
    return const_cast<HandShift*>(std::as_const(*this).hand_shift(id));
}

std::string instant(Nanos time) {
    if (time.count == 0) {
        return {};
    }
    const std::time_t whole = time.count / 1'000'000'000;
    std::tm parts{};
    gmtime_r(&whole, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string samples_text(int seen, int wanted) {
    return wanted > 0 ? std::to_string(seen) + " of " + std::to_string(wanted) + " samples" : std::string();
}

plan::Scope scope(const Release& release) {
    plan::Scope names(release.values.begin(), release.values.end());
    names["session"] = release.opened.session;
    names["plan"] = release.opened.plan_id;
    names["operator"] = release.opened.by.name;
    names["start"] = instant(release.started);
    if (release.t0.count != 0) {
        names["T0"] = instant(release.t0);
    }
    return names;
}

std::set<std::string> arms_with_traffic(const Release& release) {
    std::set<std::string> arms;
    for (const auto& [traffic, weights] : release.split) {
        for (const auto& [arm, weight] : weights) {
            if (weight > 0) {
                arms.insert(arm);
            }
        }
    }
    return arms;
}

std::vector<OperationId> closing_awaits(const Release& release) {
    const bool back = release.rollback.active && !release.rollback.outcome.empty();
    return !release.closed() && (back || release.aborted) ? in_flight(release) : std::vector<OperationId>();
}

std::string key_of(const std::string& name, const std::string& arm) {
    return arm.empty() ? name : name + "/" + arm;
}

bool key_names(const std::string& key, const std::string& name) {
    return key == name || key.starts_with(name + "/");
}

std::string before_key(const std::string& metric, Nanos before) {
    return metric + " " + nanos_text(before);
}

Nanos asked_since(const Release& release, const std::string& metric) {
    using plan::PartChange;
    const std::string added = plan::to_text(PartChange{PartChange::What::added, "metric", metric});
    const std::string changed = plan::to_text(PartChange{PartChange::What::changed, "metric", metric});
    Nanos since;
    for (const auto& amendment : release.amendments) {
        const auto& changes = amendment.changes;
        if (std::any_of(changes.begin(), changes.end(),
                        [&](const auto& change) { return change == added || change == changed; })) {
            since = amendment.time;
        }
    }
    return since;
}

std::optional<double> baseline(const Release& release, const plan::Against& against, const std::string& metric,
                               const std::string& arm) {
    const auto before = release.before.find(before_key(metric, against.before));
    const auto taken = release.baselines.find(against.baseline);
    const std::map<std::string, double>* values = nullptr;
    if (against.before.count != 0) {
        values = before == release.before.end() ? nullptr : &before->second.values;
    } else {
        values = taken == release.baselines.end() ? nullptr : &taken->second;
    }
    if (values == nullptr) {
        return std::nullopt;
    }
    const auto* known = release.plan ? release.plan->metric(metric) : nullptr;
    const bool whole = arm.empty() || (known && known->by_arm.empty());
    const auto found = values->find(whole ? metric : key_of(metric, arm));
    return found == values->end() ? std::nullopt : std::optional(found->second);
}

std::string no_baseline(const Release& release, const plan::Against& against, const std::string& metric) {
    if (against.before.count == 0) {
        const auto lost = release.baselines_lost.find(against.baseline);
        const bool another = lost != release.baselines_lost.end() && lost->second.contains(metric);
        return "there is no baseline of " + against.baseline + (another ? ": it asked something else then" : "");
    }
    const auto asked = release.before.find(before_key(metric, against.before));
    const std::string why = asked == release.before.end() ? "its source has not answered yet"
                            : asked->second.why.empty()   ? "its source had no value of it then"
                                                          : asked->second.why;
    return fmt::format("there is no baseline of the {} before the start: {}", duration_text(against.before), why);
}

bool split_told(const OperationState& operation) {
    const Settled& settled = operation.settled;
    return operation.phase == OperationState::Phase::settled &&
           (settled.succeeded || (operation.intent.desired.is_object() && settled.result.is_object() &&
                                  settled.result.contains("split") && settled.result["split"].is_object()));
}

bool overtaken(const Release& release, const OperationState& operation) {
    const auto traffic_of = [](const OperationState& one) {
        return one.intent.desired.is_object() ? one.intent.desired.value("traffic", Json()) : Json();
    };
    const Json traffic = traffic_of(operation);
    return traffic.is_string() &&
           std::any_of(release.operations.begin(), release.operations.end(), [&](const auto& entry) {
               const OperationState& other = entry.second;
               return split_told(other) && other.began > operation.began && traffic_of(other) == traffic;
           });
}

std::vector<OperationId> in_flight(const Release& release) {
    std::vector<OperationId> ids;
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase == OperationState::Phase::in_flight) {
            ids.push_back(id);
        }
    }
    return ids;
}

namespace {

bool is_past(const Release& release, const plan::Step& step) {
    const StepState& state = release.at(step.id);
    if (std::holds_alternative<plan::Approve>(step.body)) {
        return state.status == StepStatus::passed || state.status == StepStatus::overridden;
    }
    return plan::is_persons(step.body) ? state.answered : state.attempt > 0;
}

} // namespace

const plan::Step* no_return_since(const Release& release) {
    if (!release.plan) {
        return nullptr;
    }
    const auto& steps = release.plan->steps;
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const plan::Step& step) {
        return step.point_of_no_return && is_past(release, step);
    });
    return found == steps.end() ? nullptr : &*found;
}

const plan::SeverityLevel* declared_severity(const Release& release) {
    if (!release.plan || release.severity.empty()) {
        return nullptr;
    }
    const auto& levels = release.plan->severity;
    const auto found =
        std::find_if(levels.begin(), levels.end(), [&](const auto& one) { return one.id == release.severity; });
    return found == levels.end() ? nullptr : &*found;
}

std::vector<OperationId> programs_to_end(const Release& release) {
    std::vector<OperationId> programs;
    if (!release.plan) {
        return programs;
    }
    const bool over = release.rollback.active || release.aborted;
    const auto* way = release.rollback.active ? release.plan->option(release.rollback.option) : nullptr;
    for (const auto& id : in_flight(release)) {
        const plan::Step* step = release.plan->step(release.operations.at(id).intent.step);
        if (!step || !plan::is_program(step->body)) {
            continue;
        }
        const StepState& state = release.at(step->id);
        const bool asked = state.operation == id && !state.stop_asked.empty();
        if (asked || (over && !step->always && !(way && release.plan->option_of(step->id) == way))) {
            programs.push_back(id);
        }
    }
    return programs;
}

namespace {

/// All is done but an approval that was gone on without.
bool only_owes(const Release& release) {
    return release.plan && !release.closed() && !owed_approvals(release).empty() &&
           std::all_of(release.plan->steps.begin(), release.plan->steps.end(),
                       [&](const plan::Step& step) { return over(release.at(step.id).status); });
}

bool shift_in_doubt(const Release& release) {
    return std::any_of(release.shifts.begin(), release.shifts.end(),
                       [](const auto& shift) { return shift.state.status == StepStatus::in_doubt; });
}

} // namespace

bool needs_decision(const Release& release) {
    return shift_in_doubt(release) || std::any_of(release.steps.begin(), release.steps.end(), [](const auto& entry) {
               return entry.second.status == StepStatus::triage || entry.second.status == StepStatus::in_doubt;
           });
}

bool needs_person(const Release& release) {
    return shift_in_doubt(release) || only_owes(release) ||
           std::any_of(release.steps.begin(), release.steps.end(), [](const auto& entry) {
               const StepStatus status = entry.second.status;
               return status == StepStatus::person || status == StepStatus::triage || status == StepStatus::in_doubt;
           });
}

} // namespace sluice::release
