#include "sluicectl/standing.h"

namespace sluicectl {

using namespace sluice::release;

std::string does_not_apply(const Release& release, const sluice::plan::Step& step) {
    if (release.at(step.id).status != StepStatus::to_come) {
        return {};
    }
    if (!step.left_out.empty()) {
        return step.left_out;
    }
    if (step.when) {
        if (const auto answer = sluice::plan::evaluate(*step.when, scope(release));
            answer.truth == sluice::plan::Truth::no) {
            return answer.why;
        }
    }
    const auto* around = step.parent.empty() ? nullptr : release.plan->step(step.parent);
    return around ? does_not_apply(release, *around) : std::string();
}

} // namespace sluicectl
