/// Ticks, approvals, decisions, notes.
#include "release/draft.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace sluice::release {
namespace {

template <typename Kind>
Result<Named> awaited(const Draft& draft, const StepId& id, const char* kind) {
    auto found = named(draft, id);
    if (!found) {
        return found;
    }
    if (!std::holds_alternative<Kind>(found->step->body)) {
        return refuse(fmt::format("the step is of the kind {}, not {}", plan::kind_name(found->step->body), kind), id);
    }
    if (found->state->status != StepStatus::person) {
        return refuse(fmt::format("the step is {}; nobody is awaited", name(found->state->status)), id);
    }
    return found;
}

/// Distinct persons, each listed role at least once, `quorum` in all.
std::string missing(const plan::Approve& approve, const std::vector<Approved>& approvals) {
    for (const auto& role : approve.roles) {
        if (std::none_of(approvals.begin(), approvals.end(), [&](const Approved& a) { return a.by.role == role; })) {
            return role;
        }
    }
    if (static_cast<int>(approvals.size()) < approve.quorum) {
        return fmt::format("{} of {} approvals", approve.quorum - static_cast<int>(approvals.size()), approve.quorum);
    }
    return {};
}

} // namespace

Verdict on(Draft& draft, const Confirm& command) {
    const plan::Step* planned = draft.state().step(command.step);
    const bool elsewhere = planned && std::holds_alternative<plan::External>(planned->body);
    const auto found = elsewhere ? awaited<plan::External>(draft, command.step, "external")
                                 : awaited<plan::Confirm>(draft, command.step, "confirm");
    if (!found) {
        return failed(found);
    }
    if (command.refuse) {
        if (auto reason = reason_given(command.reason, command.step); !reason) {
            return reason;
        }
        draft.add(Refused{command.step, draft.by(), command.reason});
        draft.add(TriageOpened{command.step, found->state->attempt, draft.by().name + " refused: " + command.reason});
        return {};
    }
    if (found->step->evidence == "required" && command.evidence.empty()) {
        return refuse(needs_evidence, command.step, "name where it can be seen");
    }
    draft.add(Confirmed{command.step, draft.by(), command.evidence});
    if (elsewhere && found->step->verify) {
        return {}; // it is read back before the plan goes on
    }
    draft.add(StepFinished{command.step, found->state->attempt, "passed", "confirmed by " + draft.by().name});
    return {};
}

Verdict on(Draft& draft, const Approve& command) {
    const auto found = awaited<plan::Approve>(draft, command.step, "approve");
    if (!found) {
        return failed(found);
    }
    const auto& approve = std::get<plan::Approve>(found->step->body);
    if (std::find(approve.roles.begin(), approve.roles.end(), draft.by().role) == approve.roles.end()) {
        return refuse(fmt::format("'{}' does not approve here", draft.by().role), command.step,
                      fmt::format("one of: {}", fmt::join(approve.roles, ", ")));
    }
    if (command.refuse) {
        if (auto reason = reason_given(command.reason, command.step); !reason) {
            return reason;
        }
        draft.add(Refused{command.step, draft.by(), command.reason});
        draft.add(TriageOpened{command.step, found->state->attempt, draft.by().name + " refused: " + command.reason});
        return {};
    }
    for (const auto& earlier : found->state->approvals) {
        if (earlier.by.name == draft.by().name) {
            return refuse(draft.by().name + " has approved already", command.step, "another person must approve");
        }
    }
    draft.add(Approved{command.step, draft.by(), command.reason});
    const StepState& state = draft.state().at(command.step);
    if (missing(approve, state.approvals).empty()) {
        draft.add(StepFinished{command.step, state.attempt, "passed",
                               fmt::format("{} of {} approved", state.approvals.size(), std::max(approve.quorum, 1))});
    }
    return {};
}

Verdict on(Draft& draft, const Decide& command) {
    const auto found = awaited<plan::Decide>(draft, command.step, "decide");
    if (!found) {
        return failed(found);
    }
    const auto& choices = std::get<plan::Decide>(found->step->body).choices;
    if (std::none_of(choices.begin(), choices.end(), [&](const plan::Choice& c) { return c.id == command.choice; })) {
        std::vector<std::string> ids;
        for (const auto& choice : choices) {
            ids.push_back(choice.id);
        }
        return refuse("'" + command.choice + "' is not a choice", command.step,
                      fmt::format("one of: {}", fmt::join(ids, ", ")));
    }
    draft.add(Decided{command.step, command.choice, draft.by(), command.reason});
    return {};
}

Verdict on(Draft& draft, const Note& command) {
    if (command.text.empty()) {
        return refuse("a note needs a text", command.step);
    }
    draft.add(Noted{draft.by(), command.text, command.step});
    return {};
}

} // namespace sluice::release
