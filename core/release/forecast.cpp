#include "release/forecast.h"

#include "release/hold_clocks.h"
#include "release/moments.h"
#include "release/window.h"

#include <algorithm>

namespace sluice::release {

std::optional<Nanos> planned_of(const plan::Step& step) {
    if (step.planned) {
        return step.planned;
    }
    if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
        return hold->for_;
    }
    if (const auto* wait = std::get_if<plan::Wait>(&step.body)) {
        return wait->for_;
    }
    return std::nullopt;
}

namespace {

bool contains_steps(const plan::Step& step) {
    return std::holds_alternative<plan::Group>(step.body) || std::holds_alternative<plan::Decide>(step.body);
}

} // namespace

const StepState& Forecast::state(const StepId& id) const {
    static const StepState none;
    return from_ == From::nothing ? none : release_.at(id);
}

bool Forecast::begun(const StepId& id) const {
    return state(id).attempt > 0;
}

bool Forecast::over(const StepId& id) const {
    return release::over(state(id).status);
}

bool Forecast::applies(const plan::Step& step) {
    const auto known = applies_.find(step.id);
    if (known != applies_.end()) {
        return known->second;
    }
    const StepState& own = state(step.id);
    bool result = own.status != StepStatus::not_applicable && step.left_out.empty();
    if (result && !begun(step.id) && !release::over(own.status)) {
        const auto parent = walked_.find(step.parent);
        if (parent != walked_.end()) {
            const auto* decide = std::get_if<plan::Decide>(&parent->second->body);
            const std::string& made = state(step.parent).choice;
            const std::string choice = !made.empty() || !decide ? made : decide->by_default;
            result = applies(*parent->second) && (!decide || choice.empty() || choice == step.choice);
        }
        result = result && (!step.when || plan::evaluate(*step.when, names_).truth != plan::Truth::no);
    }
    return applies_[step.id] = result;
}

Nanos Forecast::known(const StepId& id, Nanos otherwise) const {
    const auto found = ends_.find(id);
    return found == ends_.end() ? otherwise : found->second;
}

Nanos Forecast::start_of(const StepId& id) {
    const auto step = walked_.find(id);
    return step == walked_.end() ? floor_ : start_of(*step->second);
}

Nanos Forecast::end_of(const StepId& id) {
    const auto step = walked_.find(id);
    if (step != walked_.end()) {
        return end_of(*step->second);
    }
    return known(id, floor_); // of an earlier walk
}

std::optional<Nanos> Forecast::not_before(const plan::Step& step) {
    if (!step.not_before) {
        return std::nullopt;
    }
    const plan::NotBefore& moment = *step.not_before;
    if (!moment.step.empty()) {
        const auto anchor = walked_.find(moment.step);
        const bool its_place = counts_from_its_place(*release_.plan, moment.step);
        if (anchor != walked_.end() && !its_place && !applies(*anchor->second)) {
            return std::nullopt;
        }
        const auto earlier = lines.find(moment.step);
        if (anchor == walked_.end() && (earlier == lines.end() || !(its_place || earlier->second.applies))) {
            return std::nullopt;
        }
        return end_of(moment.step) + moment.delay;
    }
    if (!t0_ && release_.t0.count != 0 && from_ == From::now) {
        t0_ = release_.t0;
    }
    if (!t0_) {
        t0_ = next_t0(release_, now_);
    }
    if (!t0_) {
        unknown = "the calendar does not open within 400 days";
        return std::nullopt;
    }
    return *t0_ + moment.delay;
}

Nanos Forecast::start_of(const plan::Step& step) {
    const auto done = starts_.find(step.id);
    if (done != starts_.end()) {
        return done->second;
    }
    Nanos start = step.parent.empty() ? floor_ : std::max(floor_, start_of(step.parent));
    StepId& because = because_[step.id];
    for (const StepId& need : step.needs) {
        const Nanos end = end_of(need);
        if (end >= start && walked_.contains(need)) {
            because = need;
        }
        start = std::max(start, end);
    }
    if (!applies(step) && !begun(step.id)) {
        return starts_[step.id] = start;
    }
    const Nanos ready = start;
    if (const auto time = not_before(step); time && *time > start) {
        start = *time;
        because = step.not_before->step;
        waits_[step.id] = {ready, start};
    }
    if (begun(step.id)) {
        start = state(step.id).started;
    } else if (over(step.id)) { // skipped or stopped before it began
        start = state(step.id).ended;
    } else {
        start = std::max({start, now_, goes_on_});
    }
    return starts_[step.id] = start;
}

/// When it ends if nothing stands in it.
Nanos Forecast::alone(const plan::Step& step, Nanos start) const {
    const StepState& own = state(step.id);
    const Nanos length = planned_of(step).value_or(Nanos{});
    switch (own.status) {
    case StepStatus::running:
        if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
            const Nanos from = std::max(now_, goes_on_);
            return from + left_of_hold(release_, step, *hold, now_); // if it goes on to hold
        }
        [[fallthrough]];
    case StepStatus::person:
        return std::max(now_, own.begun + length);
    case StepStatus::retrying:
        return std::max({now_, own.until, goes_on_}) + length;
    case StepStatus::triage:
    case StepStatus::in_doubt:
        return now_; // nobody knows what is decided
    default:
        return start + length;
    }
}

Nanos Forecast::end_of(const plan::Step& step) {
    const auto done = ends_.find(step.id);
    if (done != ends_.end()) {
        return done->second;
    }
    const Nanos start = start_of(step);
    Nanos end = start;
    if (over(step.id)) {
        end = state(step.id).ended;
    } else if (applies(step)) {
        end = alone(step, start);
        if (!contains_steps(step) && !planned_of(step)) {
            ++unplanned;
        }
    }
    StepId inside;
    for (const plan::Step* child : children_[step.id]) {
        const Nanos child_end = end_of(*child);
        if (!over(step.id)) {
            inside = child_end >= end && applies(*child) ? child->id : inside;
            end = std::max(end, child_end);
        } else if (child_end == end) {
            inside = child->id;
        }
    }
    if (!inside.empty()) {
        because_[step.id + "/"] = inside;
    }
    return ends_[step.id] = end;
}

Nanos Forecast::walk(const std::vector<plan::Step>& list, const std::vector<StepId>& top, Nanos start) {
    walked_.clear();
    children_.clear();
    unplanned = 0;
    floor_ = start;
    std::set<StepId> inside(top.begin(), top.end());
    std::vector<const plan::Step*> steps;
    for (const plan::Step& step : list) { // children follow their parents
        if (inside.contains(step.id) || (!step.parent.empty() && inside.contains(step.parent))) {
            inside.insert(step.id);
            walked_[step.id] = &step;
            parents_[step.id] = step.parent;
            steps.push_back(&step);
            if (!step.parent.empty()) {
                children_[step.parent].push_back(&step);
            }
        }
    }
    Nanos end = start;
    last.clear();
    for (const plan::Step* step : steps) {
        const Nanos own = end_of(*step);
        lines[step->id] = {planned_of(*step), starts_.at(step->id), own,  begun(step->id),
                           over(step->id),    applies(*step),       false};
        if (step->parent.empty() && own >= end && applies(*step)) {
            last = step->id;
        }
        end = std::max(end, own);
    }
    return end;
}

std::vector<Forecast::Span> Forecast::waits(const std::vector<StepId>& steps) const {
    std::vector<Span> spans;
    for (const StepId& id : steps) {
        if (const auto wait = waits_.find(id); wait != waits_.end() && walked_.contains(id)) {
            spans.push_back(wait->second);
        }
    }
    return spans;
}

std::vector<StepId> Forecast::chain() const {
    std::vector<StepId> steps;
    for (StepId at = last; parents_.contains(at);) {
        steps.push_back(at);
        // Into what ends a container first, then back to what it waited for.
        if (const auto inside = because_.find(at + "/"); inside != because_.end()) {
            at = inside->second;
            continue;
        }
        const auto before = because_.find(at);
        StepId next = before == because_.end() ? StepId() : before->second;
        for (StepId own = parents_.at(at); next.empty() && parents_.contains(own); own = parents_.at(own)) {
            const auto outer = because_.find(own); // a first child waits for what its parent waited for
            next = outer == because_.end() ? StepId() : outer->second;
        }
        at = next;
    }
    std::reverse(steps.begin(), steps.end());
    return steps;
}

} // namespace sluice::release
