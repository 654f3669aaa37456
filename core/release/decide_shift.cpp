/// Shifts by hand. Their operations go the way of every other (decide_effects.cpp).
#include "release/draft.h"
#include "release/retire.h"
#include "release/shift.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

std::string text(const plan::Weights& weights) {
    std::string out;
    for (const auto& [arm, weight] : weights) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", arm, weight);
    }
    return out;
}

/// Nothing goes anywhere that had less before, but to the arm that had all at the start.
bool goes_back(const plan::Traffic& traffic, const plan::Weights& now, const plan::Weights& then) {
    return std::all_of(then.begin(), then.end(), [&](const auto& entry) {
        const auto before = now.find(entry.first);
        return entry.first == traffic.initial || (before != now.end() && entry.second <= before->second);
    });
}

/// The splits of this traffic that steps of the plan have reached, their gates holding.
std::vector<plan::Weights> reached(const Release& release, const std::string& traffic) {
    std::vector<plan::Weights> found;
    for (const auto& step : release.plan->steps) {
        const auto* shift = std::get_if<plan::Shift>(&step.body);
        if (shift && shift->traffic == traffic && release.at(step.id).status == StepStatus::passed) {
            found.push_back(shift->weights);
        }
    }
    return found;
}

/// The step of the plan that is moving this traffic now; empty = none.
StepId planned_shift(const Release& release, const std::string& traffic) {
    for (const auto& [id, state] : release.steps) {
        const auto* shift = std::get_if<plan::Shift>(&release.plan->step(id)->body);
        const bool busy = state.status == StepStatus::running || state.status == StepStatus::in_doubt ||
                          state.status == StepStatus::retrying;
        if (shift && shift->traffic == traffic && busy) {
            return id;
        }
    }
    return {};
}

Result<void> nothing_in_the_way(const Release& release, const std::string& traffic, const StepId& again) {
    if (release.closed()) {
        return refuse("the session is closed: " + release.outcome, traffic);
    }
    if (release.rollback.active) {
        return refuse("it is being rolled back", traffic, "the rollback moves the traffic");
    }
    if (release.aborted) {
        return refuse("the release is aborted: traffic stays where it is", traffic, "roll back, if it must go back");
    }
    if (const auto* since = no_return_since(release)) {
        return refuse("the point of no return is past: " + since->id, traffic);
    }
    if (const StepId busy = planned_shift(release, traffic); !busy.empty()) {
        return refuse(busy + " is moving the traffic now", traffic, "wait for its end");
    }
    if (const HandShift* shift = open_shift(release); shift && shift->planned.id != again) {
        const bool doubt = shift->state.status == StepStatus::in_doubt;
        return refuse(shift->planned.id + (doubt ? " is in doubt" : " is moving the traffic now"), traffic,
                      doubt ? "say first what became of it" : "wait for its end");
    }
    return {};
}

} // namespace

Result<plan::Weights> whole_split(const plan::Plan& plan, const std::string& traffic, const plan::Weights& given) {
    const plan::Traffic* planned = plan.traffic_named(traffic);
    if (!planned) {
        std::vector<std::string> names;
        for (const auto& one : plan.traffic) {
            names.push_back(one.name);
        }
        return refuse("the plan has no split '" + traffic + "'", traffic,
                      names.empty() ? "" : fmt::format("one of: {}", fmt::join(names, ", ")));
    }
    plan::Weights whole = given;
    std::vector<std::string> left_out;
    int sum = 0;
    for (const auto& [side, arm] : planned->arms) {
        if (const auto weight = given.find(arm); weight != given.end()) {
            sum += weight->second;
        } else {
            left_out.push_back(arm);
        }
    }
    for (const auto& [arm, weight] : given) {
        if (std::none_of(planned->arms.begin(), planned->arms.end(),
                         [&, &name = arm](const auto& side) { return side.second == name; })) {
            return refuse("'" + arm + "' is not an arm of this split", traffic);
        }
        if (weight < 0 || weight > 100) {
            return refuse(fmt::format("{} % is not a weight", weight), traffic, "0 to 100");
        }
    }
    if (left_out.size() == 1 && sum <= 100) {
        whole[left_out.front()] = 100 - sum;
    } else if (sum != 100) {
        return refuse(fmt::format("the weights sum to {}, not to 100", sum), traffic);
    } else {
        for (const auto& arm : left_out) {
            whole[arm] = 0;
        }
    }
    for (const auto& [arm, weight] : whole) {
        if (planned->driver == "ingress-backend" && weight != 0 && weight != 100) {
            return refuse(fmt::format("the driver ingress-backend can't reach {} %", weight), traffic,
                          "only 0 and 100");
        }
    }
    return whole;
}

Result<void> may_shift(const Release& release, const std::string& traffic, const plan::Weights& weights,
                       const StepId& again) {
    if (auto free = nothing_in_the_way(release, traffic, again); !free) {
        return free;
    }
    const plan::Weights& now = release.split.at(traffic);
    if (weights == now && again.empty()) {
        return refuse("it is so already: " + text(now), traffic);
    }
    for (const auto& [arm, weight] : weights) {
        const auto before = now.find(arm);
        if (weight <= (before == now.end() ? 0 : before->second)) {
            continue;
        }
        if (!release.ready_arms.contains(arm)) {
            return refuse(arm + " was not made ready", traffic, "a step of the plan makes it ready first");
        }
        if (const StepId taker = taken_away_by(release, arm); !taker.empty()) {
            const bool doubt = release.at(taker).status == StepStatus::in_doubt;
            return refuse(fmt::format("'{}' is taking {} away{}", taker, arm, doubt ? ", and is in doubt" : " now"),
                          traffic, doubt ? "say first what became of it" : "wait for its end");
        }
    }
    if (goes_back(*release.plan->traffic_named(traffic), now, weights)) {
        return {};
    }
    const auto passed = reached(release, traffic);
    if (std::find(passed.begin(), passed.end(), weights) == passed.end()) {
        std::vector<std::string> words;
        for (const auto& one : passed) {
            words.push_back(text(one));
        }
        return refuse("forward by hand goes only to what a step of the plan has reached", traffic,
                      words.empty() ? "no step has moved it yet"
                                    : fmt::format("reached so far: {}", fmt::join(words, "; ")));
    }
    return {};
}

Result<void> may_shift_again(const Release& release, const HandShift& shift) {
    const auto& body = std::get<plan::Shift>(shift.planned.body);
    return may_shift(release, body.traffic, body.weights, shift.planned.id);
}

std::vector<plan::Weights> stations(const plan::Plan& plan, const std::string& traffic) {
    std::vector<plan::Weights> all;
    const plan::Traffic* planned = plan.traffic_named(traffic);
    if (!planned) {
        return all;
    }
    const auto add = [&](const plan::Weights& weights) {
        if (std::find(all.begin(), all.end(), weights) == all.end()) {
            all.push_back(weights);
        }
    };
    for (const auto& [side, alone] : planned->arms) {
        plan::Weights weights;
        for (const auto& [other, arm] : planned->arms) {
            weights[arm] = arm == alone ? 100 : 0;
        }
        add(weights);
    }
    for (const auto* list : {&plan.steps, &plan.rollback_steps}) {
        for (const auto& step : *list) {
            const auto* shift = std::get_if<plan::Shift>(&step.body);
            if (shift && shift->traffic == traffic) {
                add(shift->weights);
            }
        }
    }
    std::stable_sort(all.begin(), all.end(), [&](const plan::Weights& a, const plan::Weights& b) {
        return a.at(planned->initial) > b.at(planned->initial);
    });
    return all;
}

const HandShift* open_shift(const Release& release) {
    const auto found = std::find_if(release.shifts.begin(), release.shifts.end(),
                                    [](const auto& shift) { return !over(shift.state.status); });
    return found == release.shifts.end() ? nullptr : &*found;
}

std::string moved_by_hand(const Release& release, const plan::Step& step) {
    const auto* planned = std::get_if<plan::Shift>(&step.body);
    const HandShift* shift = open_shift(release);
    if (!planned || !shift || is_rollback_step(release, step.id) || release.hand_shift(step.id) ||
        std::get<plan::Shift>(shift->planned.body).traffic != planned->traffic) {
        return {};
    }
    const bool doubt = shift->state.status == StepStatus::in_doubt;
    return shift->planned.id + (doubt ? " is in doubt: say first what became of it" : " is moving the traffic now");
}

bool shift_at_work(const Release& release) {
    const HandShift* shift = open_shift(release);
    return shift && shift->state.status == StepStatus::running;
}

Verdict on(Draft& draft, const Shift& command) {
    if (auto reason = reason_given(command.reason, command.traffic); !reason) {
        return reason;
    }
    const auto whole = whole_split(*draft.state().plan, command.traffic, command.weights);
    if (!whole) {
        return failed(whole);
    }
    if (auto allowed = may_shift(draft.state(), command.traffic, *whole); !allowed) {
        return allowed;
    }
    const StepId id = fmt::format("~shift-{}", draft.state().shifts.size() + 1);
    draft.add(ShiftAsked{id, command.traffic, *whole, draft.by(), command.reason});
    pause_holds(draft, being_shifted);
    draft.add(StepStarted{id, 1, fmt::format("Shift {} by hand to {}", command.traffic, text(*whole))});
    return {};
}

} // namespace sluice::release
