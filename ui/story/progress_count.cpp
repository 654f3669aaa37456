#include "story/progress_count.h"

#include "story/step_titles.h"

#include <algorithm>
#include <set>

namespace sluice::story {
namespace {

void count_one(ProgressCount& sum, const release::Release& release, const plan::Step& step) {
    using release::StepStatus;
    if (std::holds_alternative<plan::Group>(step.body)) {
        return;
    }
    const StepStatus status = release.at(step.id).status;
    ++sum.steps;
    sum.over += release::over(status) ? 1 : 0;
    sum.passed += status == StepStatus::passed ? 1 : 0;
    sum.by_hand += status == StepStatus::passed && by_hand(step.body) ? 1 : 0;
    sum.skipped += status == StepStatus::skipped ? 1 : 0;
    sum.overridden += status == StepStatus::overridden ? 1 : 0;
    sum.not_applicable += status == StepStatus::not_applicable ? 1 : 0;
    sum.stopped += status == StepStatus::stopped ? 1 : 0;
}

} // namespace

ProgressCount count_steps(const release::Release& release, std::span<const plan::Step> list,
                          std::span<const plan::StepId> top) {
    ProgressCount sum;
    std::set<std::string_view> within(top.begin(), top.end());
    for (const auto& step : list) { // parents stand before their children
        if (within.contains(step.id) || (!step.parent.empty() && within.contains(step.parent))) {
            within.insert(step.id);
            count_one(sum, release, step);
        }
    }
    return sum;
}

ProgressCount count_forward(const release::Release& release) {
    ProgressCount sum;
    if (release.plan) {
        for (const auto& step : release.plan->steps) {
            count_one(sum, release, step);
        }
    }
    return sum;
}

} // namespace sluice::story
