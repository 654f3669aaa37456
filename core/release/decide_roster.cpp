/// Who is on the bridge and who leads it; what a policy asks of a session at its start (PLAN.md, "People").
#include "release/demand.h"
#include "release/draft.h"

#include "plan/fill.h"

#include <fmt/format.h>

namespace sluice::release {
namespace {

/// Only who leads says who is there, and who leads next.
Verdict only_lead(const Draft& draft) {
    if (!leads(draft.state(), draft.by().name)) {
        return refuse(fmt::format("{} does not lead this session", draft.by().name), "",
                      fmt::format("{} does", draft.state().lead));
    }
    return {};
}

Verdict may_hold(const Release& release, const std::string& person, const std::vector<std::string>& roles) {
    if (person.empty() || roles.empty()) {
        return refuse("a person joins with at least one role", person, "join NAME ROLE…");
    }
    if (person == own_name) {
        return refuse("this program calls itself so in the log", person, "another name for the person");
    }
    for (const auto& role : roles) {
        if (release.policy && !release.policy->holds(person, role)) {
            return refuse(fmt::format("{} does not hold the role '{}'", person, role), person,
                          "the policy says who holds which role");
        }
    }
    return {};
}

Verdict may_lead(const Release& release, const std::string& person) {
    if (!release.policy) {
        return release.bridge.empty() || release.bridge.contains(person)
                   ? Verdict()
                   : refuse(person + " is not on the bridge", person, "join NAME ROLE… first");
    }
    const auto& roles = release.policy->lead;
    const bool may = roles.empty() ? release.policy->person(person) != nullptr
                                   : std::any_of(roles.begin(), roles.end(),
                                                 [&](const auto& role) { return release.policy->holds(person, role); });
    return may ? Verdict()
               : refuse(person + " may not lead this session", person, "the policy says who may: its 'lead'");
}

} // namespace

Verdict bind_people(Draft& draft, const People& people) {
    if (people.policy) {
        PolicyBound bound = *people.policy;
        const auto names = scope(draft.state());
        const auto type = plan::fill(draft.state().plan->release.type, names);
        const auto environment = plan::fill(draft.state().plan->release.environment, names);
        if (!type || !environment) { // which rule is for it must be known, or none would be
            return failed(type ? environment : type);
        }
        bound.type = *type;
        bound.environment = *environment;
        // What it raises is known once it is folded in; the event tells it too, so it is folded on a copy first.
        Release trial = draft.state();
        apply(trial, Event{trial.seq + 1, draft.now(), bound});
        if (!trial.policy) {
            return fail(ErrorCode::bad_input, "the policy does not load", bound.file, "'sluicectl validate --policy'");
        }
        if (trial.opened.mode != "rehearse") {
            if (auto may = may_lead(trial, draft.by().name); !may) {
                return may;
            }
            if (!draft.by().role.empty() && !holds(trial, draft.by().name, draft.by().role)) {
                return refuse(fmt::format("{} does not hold the role '{}'", draft.by().name, draft.by().role), "",
                              "the policy says who holds which role: --role");
            }
        }
        const auto raised = raise(trial);
        if (!raised) {
            return failed(raised);
        }
        bound.raised = *raised;
        draft.add(std::move(bound));
    }
    for (const auto& member : people.bridge) {
        if (auto held = may_hold(draft.state(), member.person, member.roles); !held) {
            return held;
        }
        draft.add(BridgeJoined{member.person, member.roles, draft.by()});
    }
    return {};
}

Verdict on(Draft& draft, const HandOver& command) {
    if (auto lead = only_lead(draft); !lead) {
        return lead;
    }
    if (command.to.empty() || command.to == draft.state().lead) {
        return refuse("the lead is handed over to another person", command.to, "hand-over NAME");
    }
    if (auto may = may_lead(draft.state(), command.to); !may) {
        return may;
    }
    draft.add(LeadHandedOver{command.to, draft.by(), command.reason});
    return {};
}

Verdict on(Draft& draft, const Join& command) {
    if (auto lead = only_lead(draft); !lead) {
        return lead;
    }
    if (auto held = may_hold(draft.state(), command.person, command.roles); !held) {
        return held;
    }
    const auto& bridge = draft.state().bridge;
    if (const auto found = bridge.find(command.person); found != bridge.end() && found->second == command.roles) {
        return {}; // so it is
    }
    if (bridge.empty() && command.person != draft.by().name) {
        // From now on the bridge says who is there: who leads is.
        draft.add(BridgeJoined{draft.by().name, {draft.by().role}, draft.by()});
    }
    draft.add(BridgeJoined{command.person, command.roles, draft.by()});
    return {};
}

Verdict on(Draft& draft, const Leave& command) {
    if (draft.by().name != command.person) {
        if (auto lead = only_lead(draft); !lead) {
            return lead;
        }
    }
    if (!draft.state().bridge.contains(command.person)) {
        return refuse(command.person + " is not on the bridge", command.person);
    }
    if (command.person == draft.state().lead) {
        return refuse(command.person + " leads this session", command.person, "hand it over first: hand-over NAME");
    }
    draft.add(BridgeLeft{command.person, draft.by()});
    return {};
}

Verdict may_give(const Release& release, const Command& command, const Actor& by) {
    const Json json = to_json(command);
    std::vector<std::string> words{json.is_object() ? json.value("do", "") : ""};
    // The way back is nobody's to forbid; and who asks for a signature says nothing himself.
    if (words.front().empty() || words.front() == "roll-back" || words.front() == "ask-signature") {
        return {};
    }
    // An answer to a doubt may come to the same as a command of its own.
    if (const auto* doubt = std::get_if<ResolveDoubt>(&command); doubt && doubt->answer != "happened") {
        words.push_back(doubt->answer == "run-again" ? "retry" : doubt->answer);
    }
    for (const auto& word : words) {
        if (const std::string why = not_allowed(release, word, by); !why.empty()) {
            return refuse(why, word, release.policy ? "the policy says who may" : "the lead says who is there: join");
        }
    }
    return {};
}

} // namespace sluice::release
