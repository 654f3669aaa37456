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
            Step step;
            step.id = option.id + "/" + done->id;
            step.title = "Undo: " + done->title;
            step.body = *done->undo;
            step.undoes = done->id;
            if (!option.steps.empty()) {
                step.needs = {option.steps.back()};
            }
            step.timeout = done->timeout;
            step.retry = done->retry;
            step.owner = done->owner;
            step.source = done->source;
            step.at = done->at;
            option.steps.push_back(step.id);
            plan.rollback_steps.push_back(std::move(step));
        }
    }
}

} // namespace sluice::plan
