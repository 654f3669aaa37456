#include "plan/gates.h"

namespace sluice::plan {

const std::vector<Gate>& gates_of(const Step& step) {
    const auto* hold = std::get_if<Hold>(&step.body);
    return hold ? hold->gates : step.gates;
}

std::vector<const Gate*> gates_of(const Plan& plan) {
    std::vector<const Gate*> gates;
    for (const auto* list : {&plan.steps, &plan.rollback_steps}) {
        for (const auto& step : *list) {
            for (const auto& gate : gates_of(step)) {
                gates.push_back(&gate);
            }
        }
    }
    return gates;
}

std::map<std::string, std::set<Nanos>> looks_back(const Plan& plan, Nanos Against::*span) {
    std::map<std::string, std::set<Nanos>> found;
    for (const Gate* gate : gates_of(plan)) {
        if (gate->against && ((*gate->against).*span).count != 0) {
            found[gate->metric].insert((*gate->against).*span);
        }
    }
    return found;
}

} // namespace sluice::plan
