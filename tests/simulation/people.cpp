#include "people.h"

#include <vector>

namespace sluice::simulation {
namespace {

using namespace release;

std::string reason(Chance& chance) {
    return chance.one_in(6) ? "" : "because";
}

Actor somebody(Chance& chance) {
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

Said anything(const Release& release, Chance& chance) {
    const StepId step = some_step(release, chance);
    switch (chance.below(15)) {
    case 0:
        return {Confirm{step, "seen", false, ""}, somebody(chance), "confirm", step};
    case 1:
        return {Approve{step, chance.one_in(4), reason(chance)}, somebody(chance), "approve", step};
    case 2:
        return {Decide{step, chance.pick<std::string>({"keep", "drop", "none"}), ""}, somebody(chance), "decide", step};
    case 3:
        return {Advance{step}, somebody(chance), "advance", step};
    case 4:
        return {Retry{step, reason(chance)}, somebody(chance), "retry", step};
    case 5:
        return {Skip{step, reason(chance)}, somebody(chance), "skip", step};
    case 6:
        return {Override{step, chance.pick<std::string>({"", "errors", "lag"}), reason(chance)}, somebody(chance),
                "override", step};
    case 7:
        return {Pause{reason(chance)}, somebody(chance), "pause", ""};
    case 8:
    case 9:
        return {Continue{}, somebody(chance), "continue", ""};
    case 10:
        return chance.one_in(6) ? Said{Abort{reason(chance)}, somebody(chance), "abort", ""}
                                : Said{Note{"a note", ""}, somebody(chance), "note", ""};
    case 11:
        return chance.one_in(4) ? Said{RollBack{chance.pick<std::string>({"", "undo"}), "", reason(chance)},
                                       somebody(chance), "roll-back", ""}
                                : Said{Note{"another", step}, somebody(chance), "note", step};
    case 12:
    case 13:
        return {Shift{"edge", {{"green", chance.pick<int>({0, 10, 25, 50, 100})}}, reason(chance)}, somebody(chance),
                "shift", ""};
    default:
        return {ResolveDoubt{doubtful(release, chance),
                             chance.pick<std::string>({"happened", "run-again", "skip", "abort"}), reason(chance)},
                somebody(chance), "resolve-doubt", step};
    }
}

} // namespace

Said say_something(const Release& release, Chance& chance) {
    if (chance.one_in(7)) {
        return anything(release, chance);
    }
    if (release.paused && chance.one_in(2)) {
        return {Continue{}, somebody(chance), "continue", ""};
    }
    const StepId id = some_step(release, chance);
    const StepStatus status = release.at(id).status;
    const plan::Step* step = release.plan->step(id);
    if (status == StepStatus::triage) {
        return chance.one_in(3) ? Said{Skip{id, "because"}, somebody(chance), "skip", id}
                                : Said{Retry{id, "because"}, somebody(chance), "retry", id};
    }
    if (status == StepStatus::in_doubt) {
        return {ResolveDoubt{doubtful(release, chance),
                             chance.pick<std::string>({"happened", "happened", "run-again", "skip"}), "because"},
                somebody(chance), "resolve-doubt", id};
    }
    if (status == StepStatus::person && step != nullptr) {
        if (std::holds_alternative<plan::Approve>(step->body)) {
            return {Approve{id, chance.one_in(12), "because"}, somebody(chance), "approve", id};
        }
        if (std::holds_alternative<plan::Decide>(step->body)) {
            return {Decide{id, chance.pick<std::string>({"keep", "drop"}), ""}, somebody(chance), "decide", id};
        }
        if (std::holds_alternative<plan::Hold>(step->body)) {
            return {Advance{id}, somebody(chance), "advance", id};
        }
        return {Confirm{id, chance.one_in(5) ? "" : "seen", chance.one_in(12), "because"}, somebody(chance), "confirm",
                id};
    }
    return {Note{"all is quiet", ""}, somebody(chance), "note", ""};
}

} // namespace sluice::simulation
