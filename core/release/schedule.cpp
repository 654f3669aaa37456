#include "release/schedule.h"

#include "release/forecast.h"
#include "release/ways_back.h"
#include "release/window.h"

#include <algorithm>

namespace sluice::release {
namespace {

/// How long they are together; what lies in two of them counts once.
Nanos covered(std::vector<Forecast::Span> spans) {
    std::sort(spans.begin(), spans.end());
    Nanos sum, until;
    for (const auto& [from, to] : spans) {
        sum += std::max(Nanos{}, to - std::max(from, until));
        until = std::max(until, to);
    }
    return sum;
}

struct Length {
    Nanos time;
    bool whole = true; ///< every step in it says how long it takes
    Nanos waited;      ///< of the time: until a `not-before`
};

Length length_of(const Release& release, const std::vector<plan::Step>& list, const std::vector<StepId>& top) {
    Forecast forecast(release, {}, Forecast::From::nothing);
    forecast.t0({}); // its own start: of what waits for T0 in a window, T0 is where the window begins
    const Nanos end = forecast.walk(list, top, {});
    return {end, forecast.unplanned == 0, covered(forecast.waits(forecast.chain()))};
}

std::optional<Nanos> planned_of(const Release& release, const plan::Phase& phase) {
    if (phase.planned) {
        return phase.planned;
    }
    const Length length = length_of(release, release.plan->steps, phase.steps);
    return length.whole ? std::optional(length.time) : std::nullopt;
}

/// Of that what is work: where the plan gives the phase a length of its own, that does not count waiting.
std::optional<Nanos> planned_work(const Release& release, const plan::Phase& phase) {
    if (phase.planned) {
        return phase.planned;
    }
    const Length length = length_of(release, release.plan->steps, phase.steps);
    return length.whole ? std::optional(length.time - length.waited) : std::nullopt;
}

std::optional<Nanos> planned_of(const Release& release, const plan::Option& option) {
    if (option.planned) {
        return option.planned;
    }
    const Length length = length_of(release, release.plan->rollback_steps, option.steps);
    return length.whole ? std::optional(length.time) : std::nullopt;
}

std::optional<WayBack> way_back_from(const Release& release, Nanos from, bool settled) {
    WayBack way;
    way.ends = from + *release.plan->rollback.within;
    way.settled = settled;
    if (const plan::Option* option = default_option(release)) {
        way.planned = planned_of(release, *option);
    }
    way.latest = way.ends - way.planned.value_or(Nanos{});
    return way;
}

/// What is to be done forward, phase by phase.
class Forward {
public:
    Forward(const Release& release, Nanos now, Forecast::From from, Schedule& schedule)
        : release_(release), now_(now), from_(from), schedule_(schedule), forecast_(release, now, from) {}

    void walk() {
        Nanos end = release_.started;
        for (const auto& phase : release_.plan->phases) {
            TimeLine& line = schedule_.phases[phase.id];
            line.planned = planned_of(release_, phase);
            const auto start = start_of(phase, state(phase), end);
            if (!start) {
                break;
            }
            if (*start > end) {
                schedule_.critical.clear(); // what was done before has time to spare
            }
            before_[phase.id] = schedule_.critical;
            end = through(phase, *start, line);
            if (!schedule_.unknown.empty()) {
                line.end.reset();
                break;
            }
        }
        for (const auto& phase : release_.plan->phases) {
            schedule_.phases[phase.id]; // those that nobody can tell of
        }
        schedule_.steps = std::move(forecast_.lines);
        if (schedule_.unknown.empty()) {
            schedule_.whole.end = end;
        } else {
            schedule_.critical.clear();
        }
    }

private:
    PhaseState state(const plan::Phase& phase) const {
        return from_ == Forecast::From::nothing ? PhaseState{} : release_.phases.at(phase.id);
    }

    std::optional<Nanos> start_of(const plan::Phase& phase, const PhaseState& state, Nanos before) {
        if (state.status == PhaseState::Status::running || state.status == PhaseState::Status::finished) {
            return state.started;
        }
        const Nanos at = std::max(before, now_);
        if (!phase.window || state.overridden) {
            return at;
        }
        if (state.status == PhaseState::Status::waiting && state.until > now_) {
            return std::max(state.until, at);
        }
        const WindowAnswer answer = may_start(release_, phase, at);
        if (!answer.open && answer.until.count == 0) {
            schedule_.unknown = answer.why;
            return std::nullopt;
        }
        return answer.open ? at : answer.until;
    }

    /// What is left of a phase that its window has paused begins when the window opens again.
    void stand_still(const PhaseState& state) {
        const bool paused =
            state.status == PhaseState::Status::running && state.held_by_window() && state.at_window_end == "pause";
        forecast_.stands_still_until(paused ? state.window_opens : Nanos{});
        if (paused && state.window_opens.count == 0) {
            schedule_.unknown = "the calendar does not open within 400 days";
        }
    }

    /// When the ends of its windows have kept it from going on, or will have by `end`.
    std::vector<Forecast::Span> stood(const PhaseState& state, Nanos end) const {
        std::vector<Forecast::Span> spans;
        for (const auto& [from, to] : state.stood) {
            spans.emplace_back(from, to);
        }
        if (state.window_paused && release_.paused) {
            const Nanos goes_on = state.at_window_end == "pause" ? std::max(state.window_opens, now_) : now_;
            spans.emplace_back(release_.paused_since, std::min(goes_on, end));
        }
        return spans;
    }

    Nanos through(const plan::Phase& phase, Nanos start, TimeLine& line) {
        const PhaseState state = this->state(phase);
        line.start = start;
        line.begun = state.started.count != 0;
        line.over = state.status == PhaseState::Status::finished;
        if (phase.window && !t0_told_ && (from_ == Forecast::From::nothing || release_.t0.count == 0)) {
            forecast_.t0(start);
        }
        t0_told_ = t0_told_ || phase.window;
        schedule_.unknown.clear();
        stand_still(state);
        Nanos end = forecast_.walk(release_.plan->steps, phase.steps, start);
        if (!forecast_.unknown.empty()) {
            schedule_.unknown = forecast_.unknown;
        }
        if (line.over) {
            end = state.ended;
        } else {
            end = line.begun ? std::max(end, now_) : end;
            if (phase.planned && forecast_.unplanned > 0) {
                end = std::max(end, start + *phase.planned);
            }
            schedule_.unplanned += forecast_.unplanned;
        }
        line.end = end;
        const auto chain = forecast_.chain();
        const auto planned = line.begun ? planned_work(release_, phase) : std::nullopt;
        if (planned) { // what only waits for a time or its window is no work
            auto idle = stood(state, end);
            const auto waits = forecast_.waits(chain);
            idle.insert(idle.end(), waits.begin(), waits.end());
            const Nanos work = end - start - covered(std::move(idle));
            schedule_.ahead = schedule_.ahead.value_or(Nanos{}) + *planned - std::max(Nanos{}, work);
        }
        if (!chain.empty()) { // by way of a `not-before` it may begin in an earlier phase
            const plan::Phase* first = release_.plan->phase_of(chain.front());
            schedule_.critical = before_.at(first->id);
            schedule_.critical.insert(schedule_.critical.end(), chain.begin(), chain.end());
        }
        return end;
    }

    const Release& release_;
    Nanos now_;
    Forecast::From from_;
    Schedule& schedule_;
    Forecast forecast_;
    std::map<std::string, std::vector<StepId>> before_; ///< phase → the critical steps before it
    bool t0_told_ = false;
};

/// Of what does not go forward any more: only what was.
void tell_what_was(const Release& release, Schedule& schedule) {
    for (const auto& phase : release.plan->phases) {
        const PhaseState& state = release.phases.at(phase.id);
        TimeLine& line = schedule.phases[phase.id];
        line.planned = planned_of(release, phase);
        line.begun = state.started.count != 0;
        line.over = state.status == PhaseState::Status::finished;
        line.start = line.begun ? std::optional(state.started) : std::nullopt;
        line.end = line.over ? std::optional(state.ended) : std::nullopt;
    }
    for (const auto& step : release.plan->steps) {
        const StepState& state = release.at(step.id);
        TimeLine& line = schedule.steps[step.id];
        line.planned = release::planned_of(step);
        line.begun = state.attempt > 0;
        line.over = over(state.status);
        line.applies = state.status != StepStatus::not_applicable;
        line.start = line.begun ? std::optional(state.started) : std::nullopt;
        line.end = line.over ? std::optional(state.ended) : std::nullopt;
    }
}

void walk_back(const Release& release, Nanos now, Schedule& schedule) {
    const RollbackState& rollback = release.rollback;
    const plan::Option* option = release.plan->option(rollback.option);
    schedule.whole = {};
    schedule.whole.start = rollback.started;
    schedule.whole.begun = true;
    if (!option) {
        return;
    }
    Forecast forecast(release, now, Forecast::From::now);
    Nanos end = std::max(now, forecast.walk(release.plan->rollback_steps, option->steps, rollback.started));
    if (option->planned && forecast.unplanned > 0) {
        end = std::max(end, rollback.started + *option->planned);
    }
    schedule.whole.planned = planned_of(release, *option);
    schedule.whole.over = !rollback.outcome.empty();
    schedule.whole.end = schedule.whole.over ? rollback.ended : end;
    schedule.unplanned = schedule.whole.over ? 0 : forecast.unplanned;
    schedule.critical = forecast.chain();
    schedule.steps.merge(forecast.lines);
    if (schedule.whole.planned) {
        schedule.ahead = *schedule.whole.planned - (*schedule.whole.end - rollback.started);
    }
}

void add_planned_of_whole(const Release& release, Schedule& schedule) {
    Nanos sum;
    for (const auto& phase : release.plan->phases) {
        const auto& planned = schedule.phases[phase.id].planned;
        if (!planned) {
            return;
        }
        sum += *planned;
    }
    schedule.whole.planned = sum;
}

void add_way_back(const Release& release, Schedule& schedule) {
    schedule.way_back = way_back(release);
    if (schedule.way_back || !release.plan->rollback.within) {
        return;
    }
    const auto anchor = schedule.steps.find(release.plan->rollback.within_after);
    if (anchor != schedule.steps.end() && anchor->second.end) { // of one that does not apply: where its place is
        schedule.way_back = way_back_from(release, *anchor->second.end, false);
    }
}

/// What doesn't apply decides nothing, though the way to the end leads past its place.
void mark_critical(Schedule& schedule) {
    std::erase_if(schedule.critical, [&](const StepId& id) { return !schedule.steps[id].applies; });
    for (const StepId& id : schedule.critical) {
        schedule.steps[id].critical = true;
    }
}

} // namespace

Nanos planned_length(const Release& release, const plan::Phase& phase) {
    return std::max(length_of(release, release.plan->steps, phase.steps).time, phase.planned.value_or(Nanos{}));
}

std::optional<WayBack> way_back(const Release& release) {
    if (!release.plan || !release.plan->rollback.within) {
        return std::nullopt;
    }
    const StepState& anchor = release.at(release.plan->rollback.within_after);
    return satisfies(anchor.status) ? way_back_from(release, anchor.ended, true) : std::nullopt;
}

std::string counts_from(const Release& release) {
    const StepId& step = release.plan->rollback.within_after;
    switch (release.at(step).status) {
    case StepStatus::not_applicable:
        return "the place of " + step + ", which does not apply";
    case StepStatus::skipped:
        return "the skipping of " + step;
    default:
        return step;
    }
}

Schedule schedule(const Release& release, Nanos now) {
    Schedule schedule;
    if (!release.plan) {
        return schedule;
    }
    schedule.whole.start = release.started;
    schedule.whole.begun = true;
    if (release.rollback.active) {
        tell_what_was(release, schedule);
        walk_back(release, now, schedule);
    } else if (release.aborted) {
        tell_what_was(release, schedule);
        schedule.unknown = "aborted";
    } else {
        Forward(release, now, Forecast::From::now, schedule).walk();
        add_planned_of_whole(release, schedule);
        schedule.whole.over = release.closed() || kept_open_until(release, now).count != 0; // its work is done
    }
    add_way_back(release, schedule);
    mark_critical(schedule);
    return schedule;
}

Release at_start(std::shared_ptr<const plan::Plan> plan, const plan::Scope& values, Nanos start, Nanos opening) {
    Release release;
    release.started = start;
    release.time = start;
    release.opened.plan_id = plan->id;
    release.opened.opening = opening;
    release.values.insert(values.begin(), values.end());
    for (const auto& phase : plan->phases) {
        release.phases[phase.id];
    }
    for (const auto* list : {&plan->steps, &plan->rollback_steps}) {
        for (const auto& step : *list) {
            release.steps[step.id].title = step.title;
        }
    }
    release.plan = std::move(plan);
    return release;
}

Schedule planned_timeline(std::shared_ptr<const plan::Plan> plan, const plan::Scope& values, Nanos start,
                          Nanos opening) {
    const Release release = at_start(std::move(plan), values, start, opening);
    Schedule schedule;
    schedule.whole.start = start;
    Forward(release, start, Forecast::From::nothing, schedule).walk();
    add_planned_of_whole(release, schedule);
    add_way_back(release, schedule);
    mark_critical(schedule);
    return schedule;
}

namespace {

Json text_or_null(const std::optional<Nanos>& time) {
    return time ? Json(nanos_text(*time)) : Json(nullptr);
}

Json to_json(const TimeLine& line) {
    return {{"planned", text_or_null(line.planned)},
            {"start", text_or_null(line.start)},
            {"end", text_or_null(line.end)},
            {"standing", line.over    ? "over"
                         : line.begun ? "begun"
                                      : "to come"},
            {"applies", line.applies},
            {"critical", line.critical}};
}

Json to_json(const std::map<std::string, TimeLine>& lines) {
    Json json = Json::object();
    for (const auto& [id, line] : lines) {
        json[id] = to_json(line);
    }
    return json;
}

} // namespace

Json to_json(const Schedule& schedule) {
    Json json = {{"whole", to_json(schedule.whole)}, {"phases", to_json(schedule.phases)},
                 {"steps", to_json(schedule.steps)}, {"critical", schedule.critical},
                 {"unplanned", schedule.unplanned},  {"ahead", text_or_null(schedule.ahead)},
                 {"unknown", schedule.unknown},      {"way_back", nullptr}};
    if (const auto& way = schedule.way_back) {
        json["way_back"] = {{"ends", nanos_text(way->ends)},
                            {"latest", nanos_text(way->latest)},
                            {"planned", text_or_null(way->planned)},
                            {"settled", way->settled}};
    }
    return json;
}

} // namespace sluice::release
