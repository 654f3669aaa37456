/// What steps give to later ones: out of their own answers, or by a person's word where those were lost.
#include "release/decide.h"
#include "release/draft.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {

void take_outputs(Draft& draft, const StepId& step, const std::map<std::string, std::string>& outputs,
                  const Actor& by) {
    for (const auto& [name, value] : outputs) {
        draft.add(OutputTaken{step, name, value, by});
    }
}

Result<std::map<std::string, std::string>> outputs_given(const plan::Step& step,
                                                         const std::map<std::string, std::string>& given, bool whole) {
    std::map<std::string, std::string> outputs;
    std::vector<std::string> names, missing;
    for (const auto& output : step.outputs) {
        names.push_back(output.name);
        const auto said = given.find(output.name);
        if (said == given.end()) {
            missing.push_back(output.name);
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
    if (whole && !missing.empty()) {
        return refuse(fmt::format("{} {}", needs_outputs, fmt::join(missing, ", ")), step.id,
                      "find out what it gave; where nobody can, skip it");
    }
    return outputs;
}

} // namespace sluice::release
