#include "plan/reading.h"

#include "plan/step_graph.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

void check_step_refs(Reading& reading) {
    const Plan& plan = reading.plan;
    for (const StepRef& ref : reading.step_refs) {
        const auto& steps = ref.rollback ? plan.rollback_steps : plan.steps;
        std::vector<std::string> known;
        for (const Step& step : steps) {
            known.push_back(step.id);
        }
        // Of a rollback option only its own steps can be named, and without the option.
        const std::size_t slash = ref.rollback ? ref.to.find('/') + 1 : 0;
        if (std::find(known.begin(), known.end(), ref.to) == known.end()) {
            std::vector<std::string> own;
            for (const std::string& one : known) {
                if (one.compare(0, slash, ref.to, 0, slash) == 0) {
                    own.push_back(one.substr(slash));
                }
            }
            reading.check_known(ref.to.substr(slash), ref.at, "step", own);
        }
    }
}

void check_ready(Reading& reading, const StepGraph& graph, const std::vector<Step>& steps, bool rollback) {
    const Plan& plan = reading.plan;
    for (const Step& step : steps) {
        const auto* shift = std::get_if<Shift>(&step.body);
        const Traffic* traffic = shift == nullptr ? nullptr : plan.traffic_named(shift->traffic);
        if (traffic == nullptr) {
            continue;
        }
        for (const auto& [arm, weight] : shift->weights) {
            const bool made_ready = std::any_of(steps.begin(), steps.end(), [&, arm = arm](const Step& other) {
                return other.makes_ready == arm && graph.comes_before(other.id, step.id);
            });
            if (weight == 0 || made_ready || (!rollback && arm == traffic->initial)) {
                continue;
            }
            const std::string what = fmt::format("no step before makes the arm '{}' ready for traffic", arm);
            const std::string remedy = fmt::format("probe that it is ready, with makes-ready: {}{}", arm,
                                                   rollback ? ", before the shift" : "");
            // What had all traffic at the start is most likely still there, but nobody has looked.
            if (rollback && arm == traffic->initial) {
                reading.warn(reading.shift_at[step.id], what, remedy);
            } else {
                reading.error(reading.shift_at[step.id], what, remedy);
            }
        }
    }
}

/// The button must do something: nobody should find out at night that it does not.
void check_options(Reading& reading) {
    for (const auto& [id, at] : reading.options_without_steps) {
        if (!reading.undoes) {
            reading.error(at,
                          fmt::format("the rollback option '{}' does nothing: it has no steps, and no step of the plan "
                                      "has an undo",
                                      id),
                          "give it steps, or the steps that it takes back an undo");
        }
    }
}

/// A moment that never comes is never told as overdue.
void check_due(Reading& reading) {
    const Plan& plan = reading.plan;
    const bool bound = std::any_of(plan.phases.begin(), plan.phases.end(), [](const Phase& one) { return one.window; });
    for (const auto& [id, at] : reading.due_at) {
        const Step* step = plan.step(id);
        if (!bound && step != nullptr && step->due && step->due->step.empty()) {
            reading.error(at, "T0 is never known: no phase has window: true", "count from a step: 'STEP + 2h'");
        }
    }
}

/// What was not measured before can't be compared with. In a way back all that the release did lies before.
void check_baselines(Reading& reading, const StepGraph& graph) {
    for (const auto& ref : reading.baseline_refs) {
        const bool rollback = ref.by.find('/') != std::string::npos;
        if (reading.plan.step(ref.of) != nullptr && !rollback && !graph.comes_before(ref.of, ref.by)) {
            reading.error(ref.at, fmt::format("'{}' does not come before '{}'", ref.of, ref.by),
                          "name a step that is always done before");
        }
        for (const Variant& variant : reading.plan.variants) {
            if (variant.omit.contains(ref.of) && !variant.omit.contains(ref.by)) {
                reading.error(ref.at, fmt::format("the variant '{}' leaves '{}' out", variant.id, ref.of),
                              fmt::format("leave '{}' out too, or take another step's baseline", ref.by));
            }
        }
    }
}

} // namespace

void check_graph(Reading& reading) {
    check_due(reading);
    check_options(reading);
    check_step_refs(reading);
    std::set<StepId> ids;
    for (const auto* steps : {&reading.plan.steps, &reading.plan.rollback_steps}) {
        for (const Step& step : *steps) {
            if (!ids.insert(step.id).second) {
                return; // told already; who waits for whom can't be said
            }
        }
    }
    const StepGraph graph(reading.plan);
    if (const auto cycle = graph.cycle(); !cycle.empty()) {
        const auto named =
            std::find_if(cycle.begin(), cycle.end(), [&](const StepId& id) { return reading.needs_at.contains(id); });
        const Position at = named != cycle.end() ? reading.needs_at[*named] : reading.plan.step(cycle.front())->at;
        reading.error(at, fmt::format("these steps wait for each other: {}", fmt::join(cycle, " → ")),
                      "take one of these needs away");
        return;
    }
    check_baselines(reading, graph);
    check_ready(reading, graph, reading.plan.steps, false);
    check_ready(reading, graph, reading.plan.rollback_steps, true);
    std::vector<Step> ordered;
    for (const std::size_t i : graph.order(reading.plan.steps)) {
        ordered.push_back(reading.plan.steps[i]);
    }
    if (ordered.size() == reading.plan.steps.size()) {
        reading.plan.steps = std::move(ordered);
    }
}

} // namespace sluice::plan
