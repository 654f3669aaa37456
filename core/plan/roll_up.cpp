#include "plan/reading.h"

namespace sluice::plan {

void roll_up_undos(Plan& plan) {
    for (Option& option : plan.rollback.options) {
        if (!option.steps.empty()) {
            continue;
        }
        for (auto done = plan.steps.rbegin(); done != plan.steps.rend(); ++done) {
            if (!done->undo) {
                continue;
            }
            Step step = *done->undo;
            step.id = option.id + "/" + done->id;
            if (step.title.empty()) {
                step.title = "Undo: " + done->title;
            }
            step.undoes = done->id;
            if (!option.steps.empty()) {
                step.needs = {option.steps.back()};
            }
            step.retry = done->retry;
            step.owner = done->owner;
            step.source = done->source;
            option.steps.push_back(step.id);
            plan.rollback_steps.push_back(std::move(step));
        }
    }
}

} // namespace sluice::plan
