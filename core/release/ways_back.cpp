#include "release/ways_back.h"

#include "release/schedule.h"

#include <algorithm>
#include <functional>

namespace sluice::release {
namespace {

/// The last phase that has begun: between two of them it is still the one before.
std::string phase_at_work(const Release& release) {
    std::string last;
    for (const auto& phase : release.plan->phases) {
        const auto state = release.phases.find(phase.id);
        if (state != release.phases.end() && state->second.started.count != 0) {
            last = phase.id;
        }
    }
    return last;
}

bool any_step_of(const Release& release, const plan::Option& option,
                 const std::function<bool(const StepState&)>& holds) {
    const auto& all = release.plan->rollback_steps;
    return std::any_of(all.begin(), all.end(), [&](const plan::Step& step) {
        return release.plan->option_of(step.id) == &option && holds(release.at(step.id));
    });
}

} // namespace

std::vector<const plan::Option*> ranked_options(const Release& release) {
    std::vector<const plan::Option*> options;
    if (!release.plan) {
        return options;
    }
    const std::string phase = phase_at_work(release);
    const auto rank = [&](const plan::Option& option) {
        const auto& preferred = option.default_while;
        const bool now = std::find(preferred.begin(), preferred.end(), phase) != preferred.end();
        return (not_available(release, option).empty() ? 0 : 3) + (now                                         ? 0
                                                                   : &option == release.plan->default_option() ? 1
                                                                                                               : 2);
    };
    for (const auto& option : release.plan->rollback.options) {
        options.push_back(&option);
    }
    std::stable_sort(options.begin(), options.end(),
                     [&](const auto* one, const auto* other) { return rank(*one) < rank(*other); });
    return options;
}

const plan::Option* default_option(const Release& release) {
    const auto options = ranked_options(release);
    return options.empty() ? nullptr : options.front();
}

bool default_ready(const Release& release) {
    const auto* option = default_option(release);
    return option != nullptr && release.rollback.ready && release.rollback.ready_option == option->id;
}

const plan::Option* option_of(const Release& release, const plan::Trigger& trigger) {
    return trigger.option.empty() ? default_option(release) : release.plan->option(trigger.option);
}

std::string not_available(const Release& release, const plan::Option& option) {
    if (option.available_if) {
        const auto answer = plan::evaluate(*option.available_if, scope(release));
        if (answer.truth == plan::Truth::no) {
            return answer.why;
        }
    }
    return {};
}

bool way_stuck(const Release& release) {
    const auto* present = release.plan->option(release.rollback.option);
    const auto failed = [](const StepState& state) { return state.status == StepStatus::triage; };
    return release.rollback.outcome == "incomplete" || (present && any_step_of(release, *present, failed));
}

std::vector<const plan::Option*> other_ways(const Release& release) {
    std::vector<const plan::Option*> ways;
    if (!release.plan || !release.rollback.active || !way_stuck(release)) {
        return ways;
    }
    const auto tried = [](const StepState& state) { return state.attempt > 0; };
    for (const auto& option : release.plan->rollback.options) {
        if (option.id != release.rollback.option && !any_step_of(release, option, tried)) {
            ways.push_back(&option);
        }
    }
    return ways;
}

std::vector<Proposal> open_proposals(const Release& release) {
    std::vector<Proposal> open;
    if (!release.plan || release.rollback.active || release.aborted || release.closed()) {
        return open;
    }
    for (const auto& trigger : release.plan->rollback.triggers) {
        for (const auto& [key, state] : release.triggers) {
            if (trigger.mode == plan::TriggerMode::propose && key_names(key, trigger.id) && state.state == "fired" &&
                state.answer.empty()) {
                const std::string arm = key == trigger.id ? "" : key.substr(trigger.id.size() + 1);
                open.push_back({&trigger, arm, state.why, state.grace_ends});
            }
        }
    }
    std::stable_sort(open.begin(), open.end(), [](const Proposal& one, const Proposal& other) {
        return one.ends.count != 0 && (other.ends.count == 0 || one.ends < other.ends);
    });
    return open;
}

bool rolls_back_unanswered(const Release& release) {
    const auto open = open_proposals(release);
    return std::any_of(open.begin(), open.end(), [&](const Proposal& one) {
        const auto* option = option_of(release, *one.trigger);
        return one.ends.count != 0 && one.trigger->after_grace == plan::AfterGrace::roll_back && option &&
               not_available(release, *option).empty();
    });
}

Nanos kept_open_until(const Release& release, Nanos now) {
    if (!release.plan || release.way_back_closed || release.rollback.active || release.aborted || release.closed() ||
        no_return_since(release) != nullptr ||
        std::any_of(release.phases.begin(), release.phases.end(),
                    [](const auto& one) { return one.second.status != PhaseState::Status::finished; })) {
        return {};
    }
    const auto way = way_back(release);
    return way && way->ends > now ? way->ends : Nanos{};
}

} // namespace sluice::release
