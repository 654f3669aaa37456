/// What would be read and then never done: the plan promises it, and nobody would notice that it does not come.
#include "base/quantity.h"
#include "plan/loader.h"
#include "plan/reading.h"
#include "plan/step_graph.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

/// A tick is asked for again while what needs it waits: without such a step it never grows old.
void check_valid_for(Reading& reading) {
    const auto& steps = reading.plan.steps;
    for (const auto& [id, at] : reading.valid_at) {
        const bool needed = std::any_of(steps.begin(), steps.end(), [&, wanted = id](const Step& step) {
            return std::find(step.needs.begin(), step.needs.end(), wanted) != step.needs.end();
        });
        if (!needed && id.find('/') == std::string::npos) {
            reading.error(at, fmt::format("no step needs '{}', so nobody would ever look at its age", id),
                          "let the step that rests on it say needs:, or remove it");
        }
        const Step* tick = reading.plan.step(id);
        for (const Step& step : steps) {
            const auto& from = step.not_before;
            if (tick && tick->valid_for && from && from->step == id && from->delay >= *tick->valid_for) {
                reading.warn(
                    at, fmt::format("'{}' waits for longer than this stands: it is asked for again and again", step.id),
                    "let it stand for longer than the wait");
            }
        }
    }
}

/// Whether the button may come to take it (see release::ranked_options).
bool may_be_default(const Plan& plan, const Option& option) {
    const Option* first = plan.default_option();
    return &option == first || !option.default_while.empty() || first->available_if;
}

/// While the release goes on, only the way back that the button takes is proven.
void check_proofs(Reading& reading) {
    const Plan& plan = reading.plan;
    const Option* first = plan.default_option();
    if (first == nullptr) {
        return;
    }
    for (const Step& step : plan.rollback_steps) {
        const Option* option = step.ready ? plan.option_of(step.id) : nullptr;
        if (option == nullptr) {
            continue;
        }
        if (!may_be_default(plan, *option)) {
            reading.error(step.ready->at,
                          fmt::format("only the default way back, '{}', is proven (not supported yet)", first->id),
                          "remove it, or make this option the default, always or while a phase");
        } else if (!step.choice.empty()) {
            reading.error(step.ready->at, "what stands in a choice may never run; it is not proven (not supported yet)",
                          "write it at a step that always runs");
        }
    }
    const auto& rolled_up = reading.options_without_steps;
    const bool one_rolls_up = std::any_of(rolled_up.begin(), rolled_up.end(), [&](const auto& one) {
        return may_be_default(plan, *plan.option(one.first));
    });
    for (const Step& step : plan.steps) {
        if (step.undo && step.undo->ready && !one_rolls_up) {
            reading.error(step.undo->ready->at,
                          fmt::format("the default way back, '{}', has steps of its own: this one is not proven (not "
                                      "supported yet)",
                                      first->id),
                          "write ready: at that option's step, or remove it");
        }
    }
}

/// Whether so much time passes between two steps as a step there waits for.
bool waits_as_long(const Step& step, const StepId& since, Nanos wanted) {
    const auto* wait = std::get_if<Wait>(&step.body);
    const auto* hold = std::get_if<Hold>(&step.body);
    return (step.not_before && step.not_before->step == since && step.not_before->delay >= wanted) ||
           (wait != nullptr && wait->for_ && *wait->for_ >= wanted) || (hold != nullptr && hold->for_ >= wanted);
}

/// Where an error is told: at the step itself, or at the variant in which it is one.
class Teller {
public:
    Teller(Reading& reading, const Variant* variant) : reading_(reading), variant_(variant) {}

    void operator()(const Position& at, const std::string& what, std::string remedy,
                    Severity severity = Severity::error) const {
        const auto say = [&](const Position& place, const std::string& text) {
            severity == Severity::error ? reading_.error(place, text, remedy) : reading_.warn(place, text, remedy);
        };
        if (variant_ == nullptr) {
            say(at, what);
            return;
        }
        // What is wrong in the plan as it stands is told once.
        const bool told = std::any_of(reading_.diagnostics.begin(), reading_.diagnostics.end(),
                                      [&](const Diagnostic& one) { return one.what.ends_with(what); });
        if (!told) {
            say(variant_->at, fmt::format("in the variant '{}', line {}: {}", variant_->id, at.line, what));
        }
    }

private:
    Reading& reading_;
    const Variant* variant_;
};

/// `within` promises a way back: what takes it away waits until that is over.
void check_within(const Plan& plan, const StepGraph& graph, const Teller& tell) {
    const auto& rollback = plan.rollback;
    const Step* after = plan.step(rollback.within_after);
    if (!rollback.within || rollback.options.empty() || after == nullptr) {
        return;
    }
    if (!after->left_out.empty()) {
        tell(after->at,
             fmt::format("a way back is promised for {} after '{}', which is left out: it counts from when its turn "
                         "would come",
                         duration_text(*rollback.within), after->id),
             "count from a step that stays, if that is too early", Severity::warning);
    }
    if (after->point_of_no_return) {
        tell(after->at,
             fmt::format("a way back is promised for {} after this, and after it there is none: it is the point "
                         "of no return",
                         duration_text(*rollback.within)),
             "let within count from a step before it, or remove one of them");
    }
    for (const Step& step : plan.steps) {
        const bool retires = !retired_by(plan, step).empty();
        const bool ends_it = retires || step.point_of_no_return;
        if (!ends_it || !step.left_out.empty() || !graph.comes_before(after->id, step.id)) {
            continue;
        }
        const bool waited = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& other) {
            const bool between = other.id == step.id ||
                                 (graph.comes_before(after->id, other.id) && graph.comes_before(other.id, step.id));
            return between && other.left_out.empty() && waits_as_long(other, after->id, *rollback.within);
        });
        if (!waited) {
            tell(step.at,
                 fmt::format("this {} while a way back is promised for {} after {}",
                             retires ? "takes away an arm" : "is the point of no return",
                             duration_text(*rollback.within), after->id),
                 fmt::format("add not-before: {} + {}", after->id, duration_text(*rollback.within)),
                 retires ? Severity::error : Severity::warning); // that may be a person's to decide
        }
    }
}

/// Steps that by what their `not-before` counts from wait for each other, each cycle once. `timed`: those whose own is
/// not told as an error already.
void check_rounds(Reading& reading, std::set<StepId> timed) {
    for (;;) {
        const auto cycle = StepGraph(reading.plan, timed).cycle();
        std::vector<StepId> waits; // never none of a cycle: that needs alone make none was looked at before
        for (const StepId& id : cycle) {
            if (timed.erase(id) > 0) {
                waits.push_back("'" + id + "'");
            }
        }
        if (waits.empty()) {
            return;
        }
        const StepId first = waits.front().substr(1, waits.front().size() - 2);
        reading.error(
            reading.plan.step(first)->at, fmt::format("these steps wait for each other: {}", fmt::join(cycle, " → ")),
            fmt::format("let not-before of {} count from a step that comes earlier", fmt::join(waits, " or ")));
    }
}

/// Which of the phases that step stands in; -1 = none.
std::ptrdiff_t place(const Plan& plan, const StepId& step) {
    const auto* phase = plan.phase_of(step);
    return phase == nullptr ? std::ptrdiff_t{-1} : phase - plan.phases.data();
}

/// Whether what `later` counts from is never before what `earlier` counts from, however long all takes.
bool never_before(const Plan& plan, const StepGraph& graph, const NotBefore& later, const NotBefore& earlier) {
    if (later.step == earlier.step) {
        return true;
    }
    const auto sets = std::find_if(plan.phases.begin(), plan.phases.end(), [](const auto& one) { return one.sets_t0; });
    const auto t0 = sets - plan.phases.begin();
    const auto known = [&](const NotBefore& moment) {
        return moment.step.empty() ? sets != plan.phases.end() : place(plan, moment.step) >= 0;
    };
    if (!known(later) || !known(earlier)) {
        return false; // which is told elsewhere
    }
    if (earlier.step.empty()) {
        return place(plan, later.step) >= t0;
    }
    if (later.step.empty()) {
        return place(plan, earlier.step) < t0;
    }
    return graph.comes_before(earlier.step, later.step) || place(plan, earlier.step) < place(plan, later.step);
}

/// What waits for a step that comes only after it would wait for ever; what is due before it may begin is late at once.
void check_waits(Reading& reading) {
    const Plan& plan = reading.plan;
    std::set<StepId> timed;
    const StepGraph graph(plan);
    for (const Step& step : plan.steps) {
        if (!step.not_before) {
            continue;
        }
        const Step* anchor = plan.step(step.not_before->step);
        bool within = false; // a group is over only when this is
        for (const Step* at = &step; at != nullptr && !at->parent.empty();) {
            at = plan.step(at->parent);
            within = within || at == anchor;
        }
        if (anchor != nullptr && (anchor == &step || within || graph.comes_before(step.id, anchor->id) ||
                                  place(plan, step.id) < place(plan, anchor->id))) {
            reading.error(
                step.at, fmt::format("'{}' waits until '{}' is over, which is over only after it", step.id, anchor->id),
                "let not-before count from a step that comes earlier");
        } else {
            timed.insert(step.id);
        }
        if (step.due && step.due->delay < step.not_before->delay &&
            never_before(plan, graph, *step.not_before, *step.due)) {
            reading.warn(step.at, fmt::format("'{}' is due before it may begin", step.id),
                         "let due come after not-before");
        }
    }
    check_rounds(reading, std::move(timed));
}

/// What takes back the time that somebody wanted to pass before it can't be undone.
void check_anchors(const Plan& plan, const Teller& tell) {
    for (const Step& step : plan.steps) {
        const bool grave = step.point_of_no_return || !retired_by(plan, step).empty();
        const Step* anchor = step.not_before ? plan.step(step.not_before->step) : nullptr;
        const bool its_place = anchor != nullptr && plan.rollback.within && plan.rollback.within_after == anchor->id;
        if (grave && step.left_out.empty() && anchor != nullptr && !its_place && !anchor->left_out.empty()) {
            tell(step.at,
                 fmt::format("'{}' counts from '{}', which is left out: it would begin at once", step.id, anchor->id),
                 "let not-before count from a step that stays");
        }
    }
}

/// The traffic that an arm has, as the steps before one command it: where some of them may not apply, the least of it.
struct Served {
    int percent = 0;
    std::string since; ///< the shift; empty = from the start
};
Served served_before(const Plan& plan, const StepGraph& graph, const Traffic& traffic, const std::string& arm,
                     const Step& step) {
    Served served{traffic.initial == arm ? 100 : 0, {}};
    for (const Step& other : plan.steps) {
        const auto* shift = std::get_if<Shift>(&other.body);
        if (shift == nullptr || shift->traffic != traffic.name || !other.left_out.empty() ||
            !graph.comes_before(other.id, step.id)) {
            continue;
        }
        const auto weight = shift->weights.find(arm);
        const int percent = weight == shift->weights.end() ? 0 : weight->second;
        const bool may_not_run = other.when || !other.choice.empty();
        if (!may_not_run || percent < served.percent) {
            served = {percent, other.id};
        }
    }
    return served;
}

/// The order is shift, then scale: an arm that serves is not taken away.
void check_retired(const Plan& plan, const StepGraph& graph, const Teller& tell) {
    for (const Step& step : plan.steps) {
        for (const std::string& arm : step.left_out.empty() ? retired_by(plan, step) : std::vector<std::string>{}) {
            for (const Traffic& traffic : plan.traffic) {
                const bool has_it = std::any_of(traffic.arms.begin(), traffic.arms.end(),
                                                [&](const auto& side) { return side.second == arm; });
                const Served served = has_it ? served_before(plan, graph, traffic, arm, step) : Served{};
                if (served.percent > 0) {
                    tell(step.at,
                         fmt::format("this takes '{}' away while it has {} % of '{}', {}", arm, served.percent,
                                     traffic.name,
                                     served.since.empty() ? "as at the start" : "since '" + served.since + "'"),
                         "shift its traffic to another arm before");
                }
            }
        }
    }
}

void check_as_it_runs(Reading& reading, const Plan& plan, const Variant* variant) {
    const Teller tell(reading, variant);
    const StepGraph graph(plan);
    check_within(plan, graph, tell);
    check_anchors(plan, tell);
    check_retired(plan, graph, tell);
}

} // namespace

void check_promises(Reading& reading) {
    check_valid_for(reading);
    check_proofs(reading);
    if (reading.of_log) {
        return; // it has begun: the release itself sees to what is left of it
    }
    check_waits(reading);
    check_as_it_runs(reading, reading.plan, nullptr);
    for (const Variant& variant : reading.plan.variants) {
        Plan plan = reading.plan;
        if (take_variant(plan, variant.id)) {
            check_as_it_runs(reading, plan, &variant);
        }
    }
}

} // namespace sluice::plan
