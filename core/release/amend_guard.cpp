#include "release/amend_guard.h"

#include "release/covered.h"
#include "release/demand.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace sluice::release {
namespace {

using plan::PartChange;

constexpr const char* behind_an_approval = "leave it as it was; what is wanted besides can be a step behind an approve "
                                           "step";

/// What runs with no approval before it: effects before any, and clean-up, which runs after an abort with none at all.
std::vector<StepId> unguarded(const Release& release) {
    auto ids = before_any_approval(release);
    for (const auto& step : release.plan->steps) {
        if (step.always && plan::changes_production(step.body) && step.left_out.empty() &&
            std::find(ids.begin(), ids.end(), step.id) == ids.end()) {
            ids.push_back(step.id);
        }
    }
    return ids;
}

/// A step of a way back that does more than ask people and look: by itself, by its read-back or to prove it ready.
bool does_something(const plan::Step& step) {
    const auto* probe = std::get_if<plan::Probe>(&step.body);
    return plan::changes_production(step.body) || (probe && plan::program_of(*probe)) ||
           (step.verify && plan::program_of(*step.verify)) || (step.ready && plan::program_of(step.ready->probe));
}

/// The program that proves the undo of the step ready: it is asked before anybody has approved the step.
std::string ready_program(const plan::Step* step) {
    const auto* ready = step && step->undo && step->undo->ready ? &*step->undo->ready : nullptr;
    const auto* command = ready ? plan::program_of(ready->probe) : nullptr;
    return command ? Json{command->argv, command->environment, command->folder}.dump() : std::string();
}

class Guard {
public:
    Guard(const Release& before, const Release& after, const std::vector<PartChange>& changes)
        : before_(before), after_(after), changes_(changes) {}

    std::vector<Error> look() {
        look_at_steps();
        look_at_ways_back();
        look_at_probes();
        look_at_metrics();
        return std::move(found_);
    }

private:
    void find(std::string what, const std::string& where, const char* remedy) {
        found_.push_back({ErrorCode::refused, std::move(what), where, remedy});
    }

    bool part_changed(const StepId& id) const {
        return std::any_of(changes_.begin(), changes_.end(), [&](const PartChange& change) {
            return change.kind == "step" && change.name == id && change.what != PartChange::What::removed;
        });
    }
    /// It, or what it stands in: whether and when that applies is so of it too.
    bool changed(const StepId& id) const {
        for (const plan::Step* at = after_.plan->step(id); at; at = after_.plan->step(at->parent)) {
            if (part_changed(at->id)) {
                return true;
            }
            if (at->parent.empty()) {
                break;
            }
        }
        return false;
    }
    /// Of what it takes from other steps: what comes from elsewhere now, or from a step that is another; "" = nothing.
    std::string takes_another(const StepId& id) const {
        const auto taken = [&](const plan::Plan& plan) {
            std::map<std::string, StepId> from;
            const auto [first, last] = plan.takes.equal_range(id);
            for (auto one = first; one != last; ++one) {
                from[one->second.name] = one->second.from;
            }
            return from;
        };
        const auto now = taken(*after_.plan);
        for (const auto& [name, from] : now) {
            if (part_changed(from)) {
                return fmt::format("takes {} from {}, which was changed", name, from);
            }
        }
        for (const auto& [name, from] : taken(*before_.plan)) {
            if (const auto found = now.find(name); found == now.end() || found->second != from) {
                return fmt::format("does not take {} from {} any more", name, from);
            }
        }
        return {};
    }

    void look_at_steps() {
        const auto known = unguarded(before_);
        for (const auto& id : unguarded(after_)) {
            if (!any_to_come(after_, {id})) {
                continue;
            }
            const bool clean_up = after_.plan->step(id)->always;
            const std::string what =
                clean_up ? "the clean-up " + id + " runs after an abort" : id + " begins before any approval";
            const char* const remedy = clean_up
                                           ? "leave clean-up as it was; what is wanted besides can be a step without "
                                             "'always', behind an approve step"
                                           : "put an approve step before it, or leave it as it is";
            if (std::find(known.begin(), known.end(), id) == known.end()) {
                find(clean_up ? what + ", and nobody would have approved it" : id + " would begin before any approval",
                     id, remedy);
            } else if (changed(id)) {
                find(what + ", and was changed", id, remedy);
            } else if (const std::string other = takes_another(id); !other.empty()) {
                find(fmt::format("{}, and {}", what, other), id, remedy);
            }
        }
    }

    /// Rolling back is nobody's to forbid; so what it does is what was approved.
    void look_at_ways_back() {
        for (const auto& step : after_.plan->rollback_steps) {
            if (!step.undoes.empty() || !does_something(step)) {
                continue;
            }
            const std::string what = step.id + " is of a way back, which may run at any time, and ";
            const std::string other = takes_another(step.id);
            if (!before_.plan->step(step.id)) {
                find(what + "was added", step.id, behind_an_approval);
            } else if (changed(step.id)) {
                find(what + "was changed", step.id, behind_an_approval);
            } else if (!other.empty()) {
                find(what + other, step.id, behind_an_approval);
            }
        }
        for (const auto& step : after_.plan->steps) {
            if (!step.undo) {
                continue;
            }
            // What has begun stays as it is; what its undo takes may come from what has not.
            const std::string other = after_.at(step.id).attempt > 0 ? takes_another(step.id) : std::string();
            if (!other.empty()) {
                find("what takes " + step.id + " back may run at any time, and " + other, step.id, behind_an_approval);
            }
            if (const auto program = ready_program(&step);
                !program.empty() && program != ready_program(before_.plan->step(step.id))) {
                find("the program that proves what takes " + step.id + " back ready runs at once, and was changed",
                     step.id, "leave it as it was");
            }
        }
    }

    void look_at_probes() {
        for (const auto& id : probes_of_programs(after_)) {
            const std::string other = takes_another(id);
            if (any_to_come(after_, {id}) && (changed(id) || !other.empty())) {
                find(fmt::format("the probe {} asks a program, which nobody approves, and {}", id,
                                 !before_.plan->step(id) ? "was added"
                                 : changed(id)           ? "was changed"
                                                         : other),
                     id, "leave it as it was; a step that runs a program can stand behind an approve step");
            }
        }
    }

    void look_at_metrics() {
        for (const auto& metric : after_.plan->metrics) {
            const auto change = std::find_if(changes_.begin(), changes_.end(), [&](const PartChange& one) {
                return one.kind == "metric" && one.name == metric.name;
            });
            if (metric.run && change != changes_.end()) {
                find(fmt::format("the program of the metric {} runs at once, and was {}", metric.name,
                                 change->what == PartChange::What::added ? "added" : "changed"),
                     metric.name, "leave it as it was; a metric of a source can be changed");
            }
        }
    }

    const Release& before_;
    const Release& after_;
    const std::vector<PartChange>& changes_;
    std::vector<Error> found_;
};

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
    return rule_of(after) ? Guard(before, after, changes).look() : std::vector<Error>();
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
    const Demand wanted = demand(release, *owed);
    auto barred = wanted.barred;
    barred.insert(person);
    if (const auto lacks = plan::lacking(*release.policy, wanted.roles, wanted.quorum, barred); !lacks.empty()) {
        return refuse("the approval that would be owed can never be given: " + lacks, owed->id,
                      "the policy says who holds which role and who may not approve");
    }
    std::string all = command.reason;
    for (const auto& error : unapproved) {
        all += (&error == &unapproved.front() ? ": " : "; ") + error.what;
    }
    draft.add(GlassBroken{owed->id, draft.by(), std::move(all), draft.now() + rule->approve_within});
    return {};
}

} // namespace sluice::release
