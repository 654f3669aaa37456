#include "release/demand.h"

#include "release/covered.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {
namespace {

bool has(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool rehearsed(const Release& release) {
    return release.opened.mode == "rehearse";
}

/// More than messages comes after it.
bool covers_deeds(const Release& release, const StepId& approve) {
    const auto covered = covered_by(release, approve);
    return std::any_of(covered.begin(), covered.end(),
                       [&](const StepId& id) { return plan::changes_production(release.plan->step(id)->body); });
}

/// "a, b, c, d, e and 2 more"
std::string some_of(const std::vector<std::string>& all) {
    const auto shown = static_cast<std::ptrdiff_t>(std::min<std::size_t>(all.size(), 5));
    const auto left = static_cast<std::ptrdiff_t>(all.size()) - shown;
    return fmt::format("{}{}", fmt::join(all.begin(), all.begin() + shown, ", "),
                       left > 0 ? fmt::format(" and {} more", left) : "");
}

std::string persons(int number) {
    return number == 1 ? "1 person" : fmt::format("{} persons", number);
}

} // namespace

const plan::PolicyRule* rule_of(const Release& release) {
    return release.policy ? release.policy->rule_for(release.bound.type, release.bound.environment) : nullptr;
}

Demand demand(const Release& release, const plan::Step& step) {
    using plan::Barred;
    using plan::Ground;
    const auto& approve = std::get<plan::Approve>(step.body);
    Demand demand{approve.roles, approve.quorum, {Ground::signed_, Ground::given, Ground::attested}, {}, {}, false};
    const auto* rule = release.plan->phase_of(step.id) ? rule_of(release) : nullptr; // a way back is as planned
    if (rule) {
        for (const auto& role : rule->roles) {
            if (!has(demand.roles, role)) {
                demand.roles.push_back(role);
            }
        }
        demand.quorum = std::max(demand.quorum, rule->quorum);
        demand.accepts = rule->accepts;
        demand.accepts.insert(Ground::signed_);
        if (rehearsed(release)) {
            demand.accepts.insert(Ground::given); // practice is no evidence
        }
        demand.valid_for = rule->valid_for;
        demand.by_policy = true;
        if (rule->barred.contains(Barred::initiator)) {
            demand.barred.insert(release.opened.by.name);
        }
        if (rule->barred.contains(Barred::proposer)) {
            demand.barred.insert(release.proposers.begin(), release.proposers.end());
        }
        if (rule->barred.contains(Barred::lead)) {
            demand.barred.insert(release.lead);
        }
    }
    if (const auto& glass = release.at(step.id).glass) {
        demand.barred.insert(glass->by.name); // nobody approves what he did without approval
    }
    demand.quorum = std::max(demand.quorum, static_cast<int>(demand.roles.size()));
    return demand;
}

std::vector<Approved> counting(const Release& release, const plan::Step& step, Nanos now) {
    if (!std::holds_alternative<plan::Approve>(step.body)) {
        return {};
    }
    const Demand wanted = demand(release, step);
    std::vector<Approved> counted;
    for (const auto& approval : release.at(step.id).approvals) {
        const bool expired = approval.expires.count != 0 && approval.expires <= now;
        if (!expired && !wanted.barred.contains(approval.by.name)) {
            counted.push_back(approval);
        }
    }
    return counted;
}

std::string missing(const Demand& demand, const std::vector<Approved>& approvals) {
    for (const auto& role : demand.roles) {
        if (std::none_of(approvals.begin(), approvals.end(), [&](const Approved& a) { return a.by.role == role; })) {
            return role;
        }
    }
    if (static_cast<int>(approvals.size()) < demand.quorum) {
        return fmt::format("{} of {} approvals", demand.quorum - static_cast<int>(approvals.size()), demand.quorum);
    }
    return {};
}

bool holds(const Release& release, const std::string& person, const std::string& role) {
    if (release.policy) {
        return release.policy->holds(person, role);
    }
    if (release.bridge.empty()) {
        return true;
    }
    const auto found = release.bridge.find(person);
    return found != release.bridge.end() && has(found->second, role);
}

bool leads(const Release& release, const std::string& person) {
    return rehearsed(release) || person == release.lead;
}

std::string role_for(const Release& release, const std::string& person, const StepId& step_id) {
    std::vector<std::string> held{"release-lead"};
    if (release.policy) {
        const auto* known = release.policy->person(person);
        held = known ? known->roles : std::vector<std::string>{};
    } else if (!release.bridge.empty()) {
        const auto found = release.bridge.find(person);
        held = found != release.bridge.end() ? found->second : std::vector<std::string>{};
    }
    const auto* step = release.step(step_id);
    if (step && std::holds_alternative<plan::Approve>(step->body)) {
        for (const auto& role : demand(release, *step).roles) {
            if (has(held, role)) {
                return role;
            }
        }
    } else if (step && has(held, step->owner)) {
        return step->owner;
    }
    return held.empty() ? "" : held.front();
}

Actor in_role(const Release& release, const Actor& person, const StepId& step) {
    return {person.name, person.role.empty() ? role_for(release, person.name, step) : person.role};
}

Result<std::vector<std::string>> raise(const Release& release) {
    const auto& plan = *release.plan;
    const auto& policy = *release.policy;
    const auto refuse = [&](std::string what, std::string where, std::string remedy) {
        return fail(ErrorCode::refused, std::move(what), std::move(where), std::move(remedy));
    };
    const auto* rule = rule_of(release);
    if (!rule && policy.refuses_others) {
        return refuse(fmt::format("the policy has no rule for the type '{}' in the environment '{}'",
                                  release.bound.type, release.bound.environment),
                      release.opened.plan_file,
                      "name type and environment of the release in the plan as the policy does");
    }
    std::vector<std::string> raised;
    bool passed = false, guards = false;
    for (const auto& step : plan.steps) {
        if (!std::holds_alternative<plan::Approve>(step.body) || !step.left_out.empty()) {
            continue;
        }
        passed = passed || always_passed(step);
        guards = guards || (always_passed(step) && covers_deeds(release, step.id));
        const auto& asked = std::get<plan::Approve>(step.body);
        const Demand wanted = demand(release, step);
        const auto barred = rehearsed(release) ? std::set<std::string>{} : wanted.barred;
        const bool given = satisfies(release.at(step.id).status); // it needs nobody any more
        if (const auto lacks = given ? "" : plan::lacking(policy, wanted.roles, wanted.quorum, barred);
            !lacks.empty()) {
            return refuse("the approval can never be given: " + lacks, step.id,
                          "the policy says who holds which role and who may not approve");
        }
        const int quorum = std::max(asked.quorum, static_cast<int>(asked.roles.size()));
        if (wanted.roles.size() > asked.roles.size() || wanted.quorum > quorum) {
            raised.push_back(fmt::format("{} is raised from {} of {} to {} of {}", step.id, quorum,
                                         fmt::join(asked.roles, ", "), wanted.quorum, fmt::join(wanted.roles, ", ")));
        }
    }
    const bool acts = std::any_of(plan.steps.begin(), plan.steps.end(),
                                  [](const plan::Step& step) { return plan::changes_outside(step.body); });
    if (rule && acts && !guards) {
        return refuse(fmt::format("the policy demands approval by {} of {}, and {}", persons(rule->quorum),
                                  fmt::join(rule->roles, ", "),
                                  passed ? "nothing of the plan comes after its approval"
                                         : "the plan has no approve step that every way through it passes"),
                      release.opened.plan_file,
                      fmt::format("add a step before what it is for: approve: {{roles: [{}], quorum: {}}}",
                                  fmt::join(rule->roles, ", "), rule->quorum));
    }
    if (const auto free = before_any_approval(release); rule && !free.empty()) {
        raised.push_back("before any approval: " + some_of(free));
    }
    auto programs = probes_of_programs(release);
    for (const auto& metric : plan.metrics) {
        if (metric.run) {
            programs.push_back("the metric " + metric.name);
        }
    }
    if (rule && !programs.empty()) {
        raised.push_back("programs that only look, which nobody approves: " + some_of(programs));
    }
    return raised;
}

std::vector<StepId> owed_approvals(const Release& release) {
    std::vector<StepId> ids;
    for (const auto& [id, state] : release.steps) {
        if (state.glass && !state.glass->approved) {
            ids.push_back(id);
        }
    }
    return ids;
}

std::string not_allowed(const Release& release, const std::string& command, const Actor& by) {
    if (rehearsed(release) || (!release.policy && release.bridge.empty())) {
        return {};
    }
    if (!by.role.empty() && !holds(release, by.name, by.role)) {
        return fmt::format("{} does not hold the role '{}'", by.name, by.role);
    }
    const auto known = release.policy ? release.policy->person(by.name) != nullptr : release.bridge.contains(by.name);
    if (!known) {
        return fmt::format("{} is not known to {}", by.name, release.policy ? "the policy" : "the bridge");
    }
    if (!release.policy) {
        return {};
    }
    const auto rule = release.policy->commands.find(command);
    if (rule == release.policy->commands.end()) {
        return {};
    }
    const bool may = std::any_of(rule->second.begin(), rule->second.end(), [&](const std::string& role) {
        return role == plan::the_lead ? by.name == release.lead : release.policy->holds(by.name, role);
    });
    return may ? ""
               : fmt::format("the policy lets {} give '{}', not {}", fmt::join(rule->second, ", "), command, by.name);
}

} // namespace sluice::release
