#include "release/state.h"

#include <algorithm>
#include <ctime>

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
    return found == steps.end() ? none : found->second;
}

namespace {

/// "2026-01-06T02:00:00Z"
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

} // namespace

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

std::vector<OperationId> in_flight(const Release& release) {
    std::vector<OperationId> ids;
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase == OperationState::Phase::in_flight) {
            ids.push_back(id);
        }
    }
    return ids;
}

bool needs_decision(const Release& release) {
    return std::any_of(release.steps.begin(), release.steps.end(), [](const auto& entry) {
        return entry.second.status == StepStatus::triage || entry.second.status == StepStatus::in_doubt;
    });
}

bool needs_person(const Release& release) {
    return std::any_of(release.steps.begin(), release.steps.end(), [](const auto& entry) {
        const StepStatus status = entry.second.status;
        return status == StepStatus::person || status == StepStatus::triage || status == StepStatus::in_doubt;
    });
}

} // namespace sluice::release
