/// What would be read and then never done: the plan promises it, and nobody would notice that it does not come.
#include "base/quantity.h"
#include "plan/reading.h"
#include "plan/step_graph.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

/// A tick is asked for again while what needs it waits: without such a step it never grows old.
void check_valid_for(Reading& reading) {
    const auto& steps = reading.plan.steps;
    for (const auto& [id, at] : reading.valid_at) {
        const bool needed = std::any_of(steps.begin(), steps.end(), [&, wanted = id](const Step& step) {
            return std::find(step.needs.begin(), step.needs.end(), wanted) != step.needs.end();
        });
        if (!needed && id.find('/') == std::string::npos) {
            reading.error(at, fmt::format("no step needs '{}', so nobody would ever look at its age", id),
                          "let the step that rests on it say needs:, or remove it");
        }
        const Step* tick = reading.plan.step(id);
        for (const Step& step : steps) {
            const auto& from = step.not_before;
            if (tick && tick->valid_for && from && from->step == id && from->delay >= *tick->valid_for) {
                reading.warn(
                    at, fmt::format("'{}' waits for longer than this stands: it is asked for again and again", step.id),
                    "let it stand for longer than the wait");
            }
        }
    }
}

/// Whether the button may come to take it (see release::ranked_options).
bool may_be_default(const Plan& plan, const Option& option) {
    const Option* first = plan.default_option();
    return &option == first || !option.default_while.empty() || first->available_if;
}

/// While the release goes on, only the way back that the button takes is proven.
void check_proofs(Reading& reading) {
    const Plan& plan = reading.plan;
    const Option* first = plan.default_option();
    if (first == nullptr) {
        return;
    }
    for (const Step& step : plan.rollback_steps) {
        const Option* option = step.ready ? plan.option_of(step.id) : nullptr;
        if (option == nullptr) {
            continue;
        }
        if (!may_be_default(plan, *option)) {
            reading.error(step.ready->at,
                          fmt::format("only the default way back, '{}', is proven (not supported yet)", first->id),
                          "remove it, or make this option the default, always or while a phase");
        } else if (!step.choice.empty()) {
            reading.error(step.ready->at, "what stands in a choice may never run; it is not proven (not supported yet)",
                          "write it at a step that always runs");
        }
    }
    const auto& rolled_up = reading.options_without_steps;
    const bool one_rolls_up = std::any_of(rolled_up.begin(), rolled_up.end(), [&](const auto& one) {
        return may_be_default(plan, *plan.option(one.first));
    });
    for (const Step& step : plan.steps) {
        if (step.undo && step.undo->ready && !one_rolls_up) {
            reading.error(step.undo->ready->at,
                          fmt::format("the default way back, '{}', has steps of its own: this one is not proven (not "
                                      "supported yet)",
                                      first->id),
                          "write ready: at that option's step, or remove it");
        }
    }
}

/// A step that takes the pods of an arm away.
bool retires(const Plan& plan, const Step& step) {
    const auto is_arm = [&](const std::string& workload) {
        return std::any_of(plan.arms.begin(), plan.arms.end(),
                           [&](const Arm& arm) { return arm.workload == workload; });
    };
    if (const auto* scale = std::get_if<Scale>(&step.body)) {
        return scale->replicas == "0" && is_arm(scale->workload);
    }
    const auto* write = std::get_if<KubernetesWrite>(&step.body);
    return write != nullptr && write->verb == KubernetesWrite::Verb::remove &&
           is_arm(write->name_space + "/" + write->object.substr(write->object.find('/') + 1));
}

/// Whether so much time passes between two steps as a step there waits for.
bool waits_as_long(const Step& step, const StepId& since, Nanos wanted) {
    const auto* wait = std::get_if<Wait>(&step.body);
    const auto* hold = std::get_if<Hold>(&step.body);
    return (step.not_before && step.not_before->step == since && step.not_before->delay >= wanted) ||
           (wait != nullptr && wait->for_ && *wait->for_ >= wanted) || (hold != nullptr && hold->for_ >= wanted);
}

/// `within` promises a way back: what retires an arm waits until that is over.
void check_within(Reading& reading) {
    const Plan& plan = reading.plan;
    const auto& rollback = plan.rollback;
    if (!rollback.within || rollback.options.empty()) {
        return;
    }
    const Step* after = plan.step(rollback.within_after);
    if (after != nullptr && after->point_of_no_return) {
        reading.error(
            after->at,
            fmt::format("a way back is promised for {} after this, and after it there is none: it is the point "
                        "of no return",
                        duration_text(*rollback.within)),
            "let within count from a step before it, or remove one of them");
    }
    const StepGraph graph(plan);
    for (const Step& step : plan.steps) {
        if (!retires(plan, step) || !graph.comes_before(rollback.within_after, step.id)) {
            continue;
        }
        const bool waited = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& other) {
            const bool between = other.id == step.id || (graph.comes_before(rollback.within_after, other.id) &&
                                                         graph.comes_before(other.id, step.id));
            return between && waits_as_long(other, rollback.within_after, *rollback.within);
        });
        if (!waited) {
            reading.error(
                step.at,
                fmt::format("this takes away an arm while a way back is promised for {} after {}",
                            duration_text(*rollback.within), rollback.within_after),
                fmt::format("add not-before: {} + {}", rollback.within_after, duration_text(*rollback.within)));
        }
    }
}

} // namespace

void check_promises(Reading& reading) {
    check_valid_for(reading);
    check_proofs(reading);
    check_within(reading);
}

} // namespace sluice::plan
