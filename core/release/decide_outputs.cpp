/// What steps give to later ones: out of their own answers, or by a person's word where those were lost.
#include "release/decide.h"
#include "release/draft.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {

void take_outputs(Draft& draft, const StepId& step, const std::map<std::string, std::string>& outputs,
                  const Actor& by) {
    for (const auto& [name, value] : outputs) {
        draft.add(OutputTaken{step, name, value, by});
    }
}

std::vector<std::string> outputs_to_say(const Release& release, const plan::Step& step) {
    std::vector<std::string> names;
    if (given_up(release, step)) {
        return names;
    }
    const auto& takes = release.plan->takes;
    for (const auto& output : step.outputs) {
        if (std::any_of(takes.begin(), takes.end(), [&](const auto& one) {
                return one.second.name == output.name && one.second.from == step.id;
            })) {
            names.push_back(output.name);
        }
    }
    return names;
}

bool lost_only_outputs(const Release& release, const StepId& step) {
    const StepState& state = release.at(step);
    const auto operation = release.operations.find(state.operation);
    return state.status == StepStatus::triage && operation != release.operations.end() &&
           operation->second.phase == OperationState::Phase::settled && operation->second.settled.succeeded;
}

Result<std::map<std::string, std::string>> outputs_given(const Release& release, const plan::Step& step,
                                                         const std::map<std::string, std::string>& given, bool whole) {
    std::map<std::string, std::string> outputs;
    const auto needed = whole ? outputs_to_say(release, step) : std::vector<std::string>{};
    std::vector<std::string> names, missing;
    for (const auto& output : step.outputs) {
        names.push_back(output.name);
        const auto said = given.find(output.name);
        if (said == given.end()) {
            if (std::find(needed.begin(), needed.end(), output.name) != needed.end()) {
                missing.push_back(output.name);
            }
            continue;
        }
        auto value = plan::as_output(output, said->second);
        if (!value) {
            return refuse(value.error().what, step.id, "give it as the step itself would have");
        }
        outputs[output.name] = std::move(*value);
    }
    for (const auto& [name, value] : given) {
        if (!outputs.contains(name)) {
            return refuse(fmt::format("the step gives no '{}'", name), step.id,
                          names.empty() ? "it has no outputs" : fmt::format("it gives {}", fmt::join(names, ", ")));
        }
    }
    if (!missing.empty()) {
        return refuse(fmt::format("{} {}", given.empty() ? needs_outputs : "other steps take more of it:",
                                  fmt::join(missing, ", ")),
                      step.id, "say all that it gave; where nobody can tell, skip it without");
    }
    return outputs;
}

} // namespace sluice::release
