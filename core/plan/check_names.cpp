#include "plan/reading.h"

#include "plan/fill.h"
#include "plan/step_graph.h"
#include "plan/utf8.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

/// Where in the file a use stands: inside of a scalar on one line the very place, else the scalar's beginning.
Position place_of(const Reading& reading, const TemplateUse& use, const std::string& name) {
    const std::string_view source = reading.source;
    const std::size_t line_end = std::min(source.find('\n', use.offset), source.size());
    const std::string_view rest = source.substr(use.offset, line_end - use.offset);
    const std::size_t found = rest.substr(0, use.text.size() + 2).find("${" + name);
    if (found == std::string_view::npos) {
        return use.at;
    }
    return {use.at.line, use.at.column + static_cast<int>(characters(rest.substr(0, found)))};
}

class NameCheck {
public:
    explicit NameCheck(Reading& reading) : reading_(reading), graph_(reading.plan) {
        const Plan& plan = reading.plan;
        for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
            for (const Step& step : *steps) {
                for (const Output& output : step.outputs) {
                    declare(step, output);
                }
            }
        }
    }

    void check(const TemplateUse& use) {
        const auto names = names_in(use.text);
        if (!names) {
            reading_.error(use.at, names.error().what, names.error().remedy);
            return;
        }
        for (const NameUse& one : *names) {
            check_name(use, one.name, place_of(reading_, use, one.name));
        }
    }

private:
    void declare(const Step& step, const Output& output) {
        const auto& variables = reading_.names.variables;
        const auto& built_in = built_in_names();
        if (std::find(variables.begin(), variables.end(), output.name) != variables.end()) {
            reading_.error(output.at, fmt::format("the output '{}' has the name of a variable", output.name),
                           "rename it");
        } else if (std::find(built_in.begin(), built_in.end(), output.name) != built_in.end()) {
            reading_.error(output.at, fmt::format("the output '{}' has the name of a built-in value", output.name),
                           "rename it");
        } else if (const auto other = outputs_.find(output.name);
                   other != outputs_.end() && same_branch(other->second, step)) {
            reading_.error(output.at,
                           fmt::format("the step '{}' has an output '{}' too", other->second->id, output.name),
                           "rename one of them");
        }
        outputs_.emplace(output.name, &step);
    }

    /// Of an undo the step that it takes back, which it follows; else the step itself.
    static StepId owner_of(const StepId& user) {
        constexpr std::string_view undo = "~undo/";
        return user.starts_with(undo) ? user.substr(undo.size()) : user;
    }

    /// Options are taken one at a time, so two of them may use one name.
    static bool same_branch(const Step* a, const Step& b) {
        const auto option = [](const StepId& id) {
            return id.substr(0, id.find('/') == std::string::npos ? 0 : id.find('/'));
        };
        return option(a->id) == option(b.id) || option(a->id).empty() || option(b.id).empty();
    }

    void check_name(const TemplateUse& use, const std::string& name, Position at) {
        const auto& variables = reading_.names.variables;
        const auto variable = std::find(variables.begin(), variables.end(), name);
        if (variable != variables.end()) {
            if (static_cast<std::size_t>(variable - variables.begin()) >= use.variables) {
                reading_.error(at, fmt::format("the default uses '{}', which does not stand above it", name),
                               "move that variable up");
            } else if (reading_.names.secrets.contains(name) && !use.secret_allowed) {
                reading_.error(at, fmt::format("'{}' is a secret and can't be filled in here", name),
                               "secrets go into headers and environment only");
            }
            return;
        }
        const auto& built_in = built_in_names();
        if (std::find(built_in.begin(), built_in.end(), name) != built_in.end()) {
            if (name == "T0" && use.needed && !use.step.empty() && !reading_.of_log) {
                check_t0(use.step, at);
            }
            return;
        }
        const auto [first, last] = outputs_.equal_range(name);
        if (first == last) {
            std::vector<std::string> known = variables;
            known.insert(known.end(), built_in.begin(), built_in.end());
            for (const auto& [output, step] : outputs_) {
                known.push_back(output);
            }
            reading_.error(at, fmt::format("'${{{}}}' is not known", name), did_you_mean(name, known));
            return;
        }
        if (use.step.empty()) {
            reading_.error(at,
                           fmt::format("'{}' is an output of the step '{}'; here only variables are known", name,
                                       first->second->id),
                           "use it in a later step");
            return;
        }
        const bool known = std::any_of(first, last, [&](const auto& one) { return knows(use.step, *one.second); });
        if (!known) {
            reading_.error(at,
                           fmt::format("the output '{}' is not there yet: this step does not come after '{}'", name,
                                       first->second->id),
                           fmt::format("move it, or add needs: {}", first->second->id));
        } else if (use.needed) {
            note_want(use.step, name, *first->second);
        }
        for (auto one = first; one != last; ++one) {
            reading_.plan.takes.emplace(owner_of(use.step), TakenOutput{name, one->second->id});
        }
    }

    /// T0 comes with the phase that sets it; a way back can be taken before that.
    void check_t0(const StepId& user, Position at) {
        const auto& phases = reading_.plan.phases;
        const auto sets = std::find_if(phases.begin(), phases.end(), [](const Phase& one) { return one.sets_t0; });
        if (sets == phases.end()) {
            reading_.error(at, "'${T0}' never has a value: no phase is bound by the calendar",
                           "write window: true at the phase that it is the start of, or take '${start}'");
            return;
        }
        // What takes a step back follows that step.
        const Phase* phase = reading_.plan.phase_of(owner_of(user));
        if (sets != phases.begin() && (phase == nullptr || phase < &*sets)) {
            reading_.error(at,
                           fmt::format("'${{T0}}' is not there yet: it is the start of the phase '{}'{}", sets->id,
                                       phase == nullptr ? ", and this may run before that" : ""),
                           "take '${start}', the start of the session");
        }
    }

    /// The rules of a rollback ask for it: what was never read may need no putting back.
    void note_want(const StepId& user, const std::string& name, const Step& giver) {
        if (giver.id.find('/') != std::string::npos) {
            return;
        }
        auto& forward = reading_.plan.steps;
        const StepId own = owner_of(user);
        const auto mine = std::find_if(forward.begin(), forward.end(), [&](const Step& one) { return one.id == own; });
        if (mine != forward.end() && mine->always && own == user) {
            mine->wants.emplace(name, giver.id); // clean-up, too, may find that there is nothing to clean
            return;
        }
        if (mine != forward.end() && mine->undo && own != user) {
            auto wanting = std::make_shared<Step>(*mine->undo);
            wanting->wants.emplace(name, giver.id);
            mine->undo = std::move(wanting);
            return;
        }
        auto& steps = reading_.plan.rollback_steps;
        const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& one) { return one.id == user; });
        if (step != steps.end() && (is_effect(step->body) || std::holds_alternative<Probe>(step->body))) {
            step->wants.emplace(name, giver.id);
        }
    }

    bool knows(const StepId& user, const Step& giver) const {
        const bool user_rolls_back = user.find('/') != std::string::npos;
        const bool giver_rolls_back = giver.id.find('/') != std::string::npos;
        return user_rolls_back != giver_rolls_back ? user_rolls_back : graph_.comes_before(giver.id, user);
    }

    Reading& reading_;
    StepGraph graph_;
    std::multimap<std::string, const Step*> outputs_;
};

} // namespace

void check_names(Reading& reading) {
    NameCheck check(reading);
    for (const TemplateUse& use : reading.uses) {
        check.check(use);
    }
}

} // namespace sluice::plan
