#include "people.h"

#include "drawn.h"
#include "plans.h"
#include "release/demand.h"
#include "release/signing.h"
#include "release/ways_back.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace sluice::simulation {
namespace {

using namespace release;

std::string reason(Chance& chance) {
    return chance.one_in(6) ? "" : "because";
}

/// Under a policy mostly one who holds the role; else their word is taken, until somebody says who is there.
Actor somebody(const Release& release, Chance& chance) {
    if (release.policy) {
        const auto& [name, roles] = *std::next(people().begin(), chance.below(static_cast<int>(people().size())));
        return chance.one_in(8) ? Actor{chance.pick<std::string>({"eve", name}), "owner"}
                                : Actor{name, chance.of(roles)};
    }
    return chance.pick<Actor>({{"lena", "lead"}, {"ada", "owner"}, {"bob", "sre"}, {"cy", "sre"}});
}

StepId some_step(const Release& release, Chance& chance) {
    std::vector<StepId> busy, all;
    for (const auto& [id, state] : release.steps) {
        all.push_back(id);
        if (!over(state.status) && state.status != StepStatus::to_come) {
            busy.push_back(id);
        }
    }
    return busy.empty() || chance.one_in(10) ? chance.of(all) : chance.of(busy);
}

OperationId doubtful(const Release& release, Chance& chance) {
    std::vector<OperationId> found;
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase == OperationState::Phase::in_doubt) {
            found.push_back(id);
        }
    }
    return found.empty() ? "s1/none/1" : chance.of(found);
}

/// The step asks for a signature, or somebody answers one of those that it asked for; now and then an old one.
Said by_key(const Release& release, const StepId& step, Chance& chance) {
    std::vector<Json> open;
    for (const auto& [nonce, asked] : release.requests) {
        if (asked.step == step && (asked.used_by.empty() || chance.one_in(4))) {
            open.push_back(asked.request);
        }
    }
    if (open.empty() || chance.one_in(4)) {
        return {AskSignature{step, fmt::format("n{}", release.seq), std::string(64, 'a'), release.seq},
                {"lena", "lead"},
                "ask-signature",
                step};
    }
    const Actor who = somebody(release, chance);
    const std::string answer = chance.one_in(12) ? "no" : "yes";
    SignedAnswer given{statement_bytes({chance.of(open), answer, who.role, "by key"}).value_or(""), "armour",
                       who.name + "@x", "SHA256:" + (chance.one_in(4) ? "shared" : who.name), true};
    const auto* planned = release.plan->step(step);
    if (planned != nullptr && std::holds_alternative<plan::Attest>(planned->body)) {
        return {Attest{step, "seen", false, "", std::move(given)}, {"lena", "lead"}, "attest, signed", step};
    }
    if (planned != nullptr && !std::holds_alternative<plan::Approve>(planned->body)) {
        return {Confirm{step, "seen", false, "", std::move(given)}, {"lena", "lead"}, "confirm, signed", step};
    }
    return {Approve{step, false, "", {}, std::move(given)}, {"lena", "lead"}, "approve, signed", step};
}

Said approval(const Release& release, const StepId& step, Chance& chance) {
    if (release.policy && chance.one_in(16)) {
        return {BreakGlass{step, reason(chance)},
                {chance.pick<std::string>({"lena", "omar"}), "lead"},
                "break-glass",
                step};
    }
    if (release.policy && chance.one_in(3)) {
        return by_key(release, step, chance);
    }
    if (release.policy && chance.one_in(8)) {
        return {Approve{step, false, "by phone", somebody(release, chance), {}},
                {release.lead, "lead"},
                "approve, attested",
                step};
    }
    return {Approve{step, chance.one_in(12), "because"}, somebody(release, chance), "approve", step};
}

/// Another title, or with a part more or less: what has begun stays as it is, and what was approved is another plan.
Said amendment(const Release& release, Chance& chance) {
    Drawn drawn = read_back(release.plan->source);
    drawn.amended = static_cast<int>(release.seq);
    if (chance.one_in(2)) {
        const std::string& part = chance.of(all_parts());
        if (drawn.parts.erase(part) == 0) {
            drawn.parts.insert(part);
        }
    }
    // Whoever amends may not approve any more, as whoever moves traffic.
    const Actor who =
        release.policy ? Actor{chance.pick<std::string>({"lena", "omar"}), "lead"} : somebody(release, chance);
    return {Amend{text_of(drawn), reason(chance)}, who, "amend", ""};
}

/// How bad it is; now and then something that the plan does not know.
Said severity(const Release& release, Chance& chance) {
    const bool worst = chance.one_in(8);
    return {Severity{worst ? "worst" : chance.pick<std::string>({"low", "high", "none"}), reason(chance)},
            somebody(release, chance), "severity", ""};
}

/// A phase that waits for its window, or stands still since that is over.
std::string some_phase(const Release& release, Chance& chance) {
    for (const auto& [id, phase] : release.phases) {
        if (phase.status == PhaseState::Status::waiting || phase.held_by_window()) {
            return id;
        }
    }
    return chance.of(release.phases).first;
}

/// Who is there, who leads, who goes on without asking.
Said of_people(const Release& release, const StepId& step, Chance& chance) {
    const Actor who = somebody(release, chance);
    const auto known = release.bridge.find(release.lead);
    const Actor lead{release.lead,
                     known != release.bridge.end() && !known->second.empty() ? known->second.front() : "lead"};
    switch (chance.below(4)) {
    case 0:
        return {Join{who.name, {who.role}}, lead, "join", ""};
    case 1:
        return {Leave{who.name}, chance.one_in(2) ? lead : who, "leave", ""};
    case 2:
        return {HandOver{who.name, "the night is long"}, chance.one_in(4) ? who : lead, "hand-over", ""};
    default:
        return {BreakGlass{step, reason(chance)}, who, "break-glass", step};
    }
}

/// What is proposed; now and then something that is not.
Said decline(const Release& release, Chance& chance) {
    const auto open = open_proposals(release);
    const std::string key = open.empty() || chance.one_in(8) ? chance.pick<std::string>({"lag", "slow", "none"})
                                                             : key_of(open.front().trigger->id, open.front().arm);
    return {Decline{key, reason(chance)}, somebody(release, chance), "decline", ""};
}

Said anything(const Release& release, Chance& chance) {
    const StepId step = some_step(release, chance);
    switch (chance.below(24)) {
    case 0:
        return {Confirm{step, "seen", false, ""}, somebody(release, chance), "confirm", step};
    case 1:
        return {Approve{step, chance.one_in(4), reason(chance)}, somebody(release, chance), "approve", step};
    case 2:
        return {Decide{step, chance.pick<std::string>({"keep", "drop", "none"}), ""}, somebody(release, chance),
                "decide", step};
    case 3:
        return {Advance{step}, somebody(release, chance), "advance", step};
    case 4:
        return {Retry{step, reason(chance)}, somebody(release, chance), "retry", step};
    case 5:
        return {Skip{step, reason(chance)}, somebody(release, chance), "skip", step};
    case 6:
        return {Override{step, chance.pick<std::string>({"", "errors", "lag"}), reason(chance)},
                somebody(release, chance), "override", step};
    case 7:
        return {Pause{reason(chance)}, somebody(release, chance), "pause", ""};
    case 8:
    case 9:
        return {Continue{}, somebody(release, chance), "continue", ""};
    case 10:
        return chance.one_in(6) ? Said{Abort{reason(chance)}, somebody(release, chance), "abort", ""}
                                : Said{Note{"a note", ""}, somebody(release, chance), "note", ""};
    case 11:
        return chance.one_in(4) ? Said{RollBack{chance.pick<std::string>({"", "undo"}), "", reason(chance)},
                                       somebody(release, chance), "roll-back", ""}
                                : Said{Note{"another", step}, somebody(release, chance), "note", step};
    case 12:
    case 13:
        // Whoever moves traffic may not approve any more: somebody must be left who may.
        return {Shift{"edge", {{"green", chance.pick<int>({0, 10, 25, 50, 100})}}, reason(chance)},
                release.policy ? Actor{chance.pick<std::string>({"lena", "omar"}), "lead"} : somebody(release, chance),
                "shift", ""};
    case 14:
        return of_people(release, step, chance);
    case 15:
        return by_key(release, step, chance);
    case 16:
    case 17:
        return amendment(release, chance);
    case 18:
    case 19:
        return severity(release, chance);
    case 22:
        return decline(release, chance);
    case 23:
        return {Stop{step, reason(chance)}, somebody(release, chance), "stop", step};
    case 20:
        return {Override{some_phase(release, chance), "", reason(chance)}, somebody(release, chance), "override phase",
                ""};
    default:
        return {ResolveDoubt{doubtful(release, chance),
                             chance.pick<std::string>({"happened", "run-again", "skip", "abort"}), reason(chance)},
                somebody(release, chance), "resolve-doubt", step};
    }
}

/// What the step gave, where its own answer is lost; now and then nobody says it.
std::map<std::string, std::string> gave(const Release& release, const OperationId& operation, const std::string& answer,
                                        Chance& chance) {
    std::map<std::string, std::string> outputs;
    const auto found = release.operations.find(operation);
    const plan::Step* step = found == release.operations.end() ? nullptr : release.step(found->second.intent.step);
    if (step != nullptr && !step->outputs.empty() && answer != "run-again" && !chance.one_in(4)) {
        for (const auto& output : step->outputs) {
            outputs[output.name] = "7";
        }
    }
    return outputs;
}

} // namespace

Said say_something(const Release& release, Chance& chance) {
    if (release.closed() && chance.one_in(40)) { // what was done or aborted can still be taken back
        return {RollBack{"", "", "it was wrong"}, somebody(release, chance), "roll-back", ""};
    }
    if (chance.one_in(7)) {
        return anything(release, chance);
    }
    if (!open_proposals(release).empty() && chance.one_in(6)) {
        return decline(release, chance);
    }
    if (chance.one_in(40)) {
        return {CloseWayBack{reason(chance)}, somebody(release, chance), "close", ""};
    }
    if (release.paused && chance.one_in(2)) {
        return {Continue{}, somebody(release, chance), "continue", ""};
    }
    if (const auto owed = owed_approvals(release); !owed.empty() && chance.one_in(2)) {
        return approval(release, chance.of(owed), chance);
    }
    if (!release.policy && !release.bridge.empty() && chance.one_in(3)) {
        const Actor who = somebody(release, chance); // the others come too
        return {Join{who.name, {who.role}}, {release.lead, ""}, "join", ""};
    }
    const StepId id = some_step(release, chance);
    const StepStatus status = release.at(id).status;
    const plan::Step* step = release.plan->step(id);
    if (status == StepStatus::triage) {
        return chance.one_in(3) ? Said{Skip{id, "because"}, somebody(release, chance), "skip", id}
                                : Said{Retry{id, "because"}, somebody(release, chance), "retry", id};
    }
    if (status == StepStatus::in_doubt) {
        const std::string answer = chance.pick<std::string>({"happened", "happened", "run-again", "skip"});
        const OperationId operation = doubtful(release, chance);
        return {ResolveDoubt{operation, answer, "because", gave(release, operation, answer, chance)},
                somebody(release, chance), "resolve-doubt", id};
    }
    if (status == StepStatus::person && step != nullptr) {
        if (std::holds_alternative<plan::Approve>(step->body)) {
            return approval(release, id, chance);
        }
        if (std::holds_alternative<plan::Attest>(step->body)) {
            return release.policy ? by_key(release, id, chance)
                                  : Said{Attest{id, "seen", false, ""}, somebody(release, chance), "attest", id};
        }
        if (std::holds_alternative<plan::Decide>(step->body)) {
            return {Decide{id, chance.pick<std::string>({"keep", "drop"}), ""}, somebody(release, chance), "decide",
                    id};
        }
        if (std::holds_alternative<plan::Hold>(step->body)) {
            return {Advance{id}, somebody(release, chance), "advance", id};
        }
        if (release.policy && chance.one_in(4)) {
            return by_key(release, id, chance);
        }
        return {Confirm{id, chance.one_in(5) ? "" : "seen", chance.one_in(12), "because"}, somebody(release, chance),
                "confirm", id};
    }
    return {Note{"all is quiet", ""}, somebody(release, chance), "note", ""};
}

} // namespace sluice::simulation
