#include "release/amend_guard.h"

#include "release/covered.h"
#include "release/demand.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {
namespace {

using plan::PartChange;

constexpr const char* behind_an_approval = "leave it as it was; what is wanted besides can be a step behind an approve "
                                           "step";

Error one(std::string what, std::string where, const char* remedy) {
    return {ErrorCode::refused, std::move(what), std::move(where), remedy};
}

bool acts(const plan::Step& step) {
    return plan::changes_outside(step.body) && !std::holds_alternative<plan::Notify>(step.body);
}

bool asks_a_program(const plan::Probe& probe) {
    return std::holds_alternative<plan::Command>(probe.what);
}

/// What runs with no approval before it: effects before any, programs that look there, and clean-up, which runs after
/// an abort with none at all.
std::vector<StepId> unguarded(const Release& release) {
    auto ids = before_any_approval(release);
    const auto add = [&](const StepId& id) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) {
            ids.push_back(id);
        }
    };
    for (const auto& id : programs_before_any_approval(release)) {
        add(id);
    }
    for (const auto& step : release.plan->steps) {
        if (step.always && acts(step) && step.left_out.empty()) {
            add(step.id);
        }
    }
    return ids;
}

/// A step of a way back that does more than ask people and look: by itself, by its read-back or to prove it ready.
bool does_something(const plan::Step& step) {
    const auto* probe = std::get_if<plan::Probe>(&step.body);
    return acts(step) || (probe && asks_a_program(*probe)) || (step.verify && asks_a_program(*step.verify)) ||
           (step.ready && asks_a_program(step.ready->probe));
}

/// Rolling back is nobody's to forbid; so what it does is what was approved.
void look_at_ways_back(const Release& after, const std::vector<PartChange>& changes, std::vector<Error>& found) {
    for (const auto& change : changes) {
        const bool there = change.kind == "step" && change.what != PartChange::What::removed;
        const plan::Step* step = there ? after.plan->step(change.name) : nullptr;
        if (step && !after.plan->phase_of(step->id) && is_rollback_step(after, step->id) && does_something(*step)) {
            found.push_back(one(fmt::format("{} is of a way back, which may run at any time, and was {}", change.name,
                                            change.what == PartChange::What::added ? "added" : "changed"),
                                change.name, behind_an_approval));
        }
    }
}

void look_at_metrics(const Release& after, const std::vector<PartChange>& changes, std::vector<Error>& found) {
    for (const auto& metric : after.plan->metrics) {
        const auto change = std::find_if(changes.begin(), changes.end(), [&](const PartChange& one) {
            return one.kind == "metric" && one.name == metric.name;
        });
        if (metric.run && change != changes.end()) {
            found.push_back(one(fmt::format("the program of the metric {} runs at once, and was {}", metric.name,
                                            change->what == PartChange::What::added ? "added" : "changed"),
                                metric.name, "leave it as it was; a metric of a source can be changed"));
        }
    }
}

void look_at_steps(const Release& before, const Release& after, const std::vector<PartChange>& changes,
                   std::vector<Error>& found) {
    const auto changed = [&](const StepId& id) {
        return std::any_of(changes.begin(), changes.end(),
                           [&](const PartChange& change) { return change.kind == "step" && change.name == id; });
    };
    const auto known = unguarded(before);
    for (const auto& id : unguarded(after)) {
        if (!any_to_come(after, {id})) {
            continue;
        }
        const bool clean_up = after.plan->step(id)->always;
        const std::string what =
            clean_up ? "the clean-up " + id + " runs after an abort" : id + " begins before any approval";
        const char* const remedy = clean_up ? "leave clean-up as it was; what is wanted besides can be a step without "
                                              "'always', behind an approve step"
                                            : "put an approve step before it, or leave it as it is";
        const auto [first, last] = after.plan->takes.equal_range(id);
        const auto from = std::find_if(first, last, [&](const auto& taken) { return changed(taken.second.from); });
        if (std::find(known.begin(), known.end(), id) == known.end()) {
            found.push_back(one(clean_up ? what + ", and nobody would have approved it"
                                         : id + " would begin before any approval",
                                id, remedy));
        } else if (changed(id)) {
            found.push_back(one(what + ", and was changed", id, remedy));
        } else if (from != last) {
            found.push_back(one(fmt::format("{}, and takes {} from {}, which was changed", what, from->second.name,
                                            from->second.from),
                                id, remedy));
        }
    }
}

/// The approval that was given last, in the plan's order; null = none yet.
const plan::Step* last_approved(const Release& before, const Release& after) {
    const plan::Step* last = nullptr;
    for (const auto& step : after.plan->steps) {
        if (always_passed(step) && before.plan->step(step.id) && satisfies(before.at(step.id).status)) {
            last = &step;
        }
    }
    return last;
}

} // namespace

std::vector<Error> not_approved(const Release& before, const Release& after, const std::vector<PartChange>& changes) {
    std::vector<Error> found;
    if (rule_of(after)) {
        look_at_steps(before, after, changes, found);
        look_at_ways_back(after, changes, found);
        look_at_metrics(after, changes, found);
    }
    return found;
}

Verdict break_glass_for(Draft& draft, const Release& before, const std::vector<Error>& unapproved,
                        const Amend& command) {
    const Release& release = draft.state();
    Error first = unapproved.front();
    const auto& rule = release.policy->break_glass;
    if (!command.break_glass) {
        first.remedy += rule ? or_break_glass : "";
        return tl::unexpected(std::move(first));
    }
    const std::string& person = draft.by().name;
    if (auto may = may_break_glass(release, person, first.where); !may) {
        return may;
    }
    const plan::Step* owed = last_approved(before, release);
    if (!owed) {
        return refuse("nothing has been approved yet that could be owed anew: " + first.what, first.where,
                      "leave it as it was, or abort and start a session of the new plan: others approve that one");
    }
    if (const auto& glass = release.at(owed->id).glass; glass && !glass->approved && glass->by.name != person) {
        return refuse(fmt::format("{} broke the glass, and the approval is owed still", glass->by.name), owed->id,
                      "it is given first");
    }
    std::vector<std::string> all;
    for (const auto& error : unapproved) {
        all.push_back(error.what);
    }
    draft.add(GlassBroken{owed->id, draft.by(), fmt::format("{}: {}", command.reason, fmt::join(all, "; ")),
                          draft.now() + rule->approve_within});
    return {};
}

} // namespace sluice::release
