/// What would be read and then never done: the plan promises it, and nobody would notice that it does not come.
#include "plan/reading.h"

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

bool belongs_to(const StepId& step, const Option& option) {
    return step.starts_with(option.id + "/");
}

/// While the release goes on, only the way back that the button takes is proven.
void check_proofs(Reading& reading) {
    const Plan& plan = reading.plan;
    const Option* option = plan.default_option();
    if (option == nullptr) {
        return;
    }
    for (const Step& step : plan.rollback_steps) {
        if (!step.ready) {
            continue;
        }
        if (!belongs_to(step.id, *option)) {
            reading.error(step.ready->at,
                          fmt::format("only the default way back, '{}', is proven (not supported yet)", option->id),
                          "remove it, or make this option the default");
        } else if (!step.choice.empty()) {
            reading.error(step.ready->at, "what stands in a choice may never run; it is not proven (not supported yet)",
                          "write it at a step that always runs");
        }
    }
    const auto& rolled_up = reading.options_without_steps;
    const bool default_rolls_up =
        std::any_of(rolled_up.begin(), rolled_up.end(), [&](const auto& one) { return one.first == option->id; });
    for (const Step& step : plan.steps) {
        if (step.undo && step.undo->ready && !default_rolls_up) {
            reading.error(step.undo->ready->at,
                          fmt::format("the default way back, '{}', has steps of its own: this one is not proven (not "
                                      "supported yet)",
                                      option->id),
                          "write ready: at that option's step, or remove it");
        }
    }
}

} // namespace

void check_promises(Reading& reading) {
    check_valid_for(reading);
    check_proofs(reading);
}

} // namespace sluice::plan
