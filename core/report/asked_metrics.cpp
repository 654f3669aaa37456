#include "report/asked_metrics.h"

#include "plan/formula.h"

#include <algorithm>

namespace sluice::report {

std::vector<const plan::Metric*> asked_metrics(const plan::Plan& plan, const plan::Metric& metric,
                                               const std::string& arm) {
    if (metric.derived.empty()) {
        return {&metric};
    }
    std::vector<const plan::Metric*> all;
    for (const auto& [of, text] : metric.derived) {
        const auto formula = plan::Formula::read(text);
        if (!formula || (!arm.empty() && !of.empty() && of != arm)) {
            continue;
        }
        for (const auto& part : formula->parts()) {
            const auto* source = plan.metric(part.metric);
            for (const auto* one : source ? asked_metrics(plan, *source, arm) : std::vector<const plan::Metric*>{}) {
                if (std::find(all.begin(), all.end(), one) == all.end()) {
                    all.push_back(one);
                }
            }
        }
    }
    return all;
}

} // namespace sluice::report
