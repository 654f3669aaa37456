#pragma once
/// Planned against actual, and when what is left will be done: as of an instant, from the plan and what happened.
///
/// Pure. What has no planned time (`planned`, the length of a hold or a wait) counts as nothing, so an estimate is a
/// lower bound as long as `unplanned` is not 0. Nothing is estimated from how long earlier sessions took.
#include "release/state.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::release {

/// A step, a phase or the whole: as it was, or as it will be.
struct TimeLine {
    std::optional<Nanos> planned; ///< a length; none where neither the plan nor its parts say
    std::optional<Nanos> start;   ///< actual once it has begun; none = nobody can tell
    std::optional<Nanos> end;     ///< actual once it is over
    bool begun = false, over = false;
    bool applies = true;   ///< false: its `when` is false already, or another choice was made
    bool critical = false; ///< on the way that decides the end
    bool operator==(const TimeLine&) const = default;
};

/// Until when a rollback still fits the plan's `within`.
struct WayBack {
    Nanos ends;                   ///< of `within`
    Nanos latest;                 ///< the last moment at which the default option, as planned, is done by then
    std::optional<Nanos> planned; ///< how long that option takes; none = unknown, counted as nothing
    bool settled = false;         ///< it counts already; else by the estimate
    bool operator==(const WayBack&) const = default;
};

struct Schedule {
    TimeLine whole;                         ///< from the session's opening; a rollback's own once one has begun
    std::map<std::string, TimeLine> phases; ///< of the plan
    std::map<StepId, TimeLine> steps;       ///< of the plan; of the rollback option that is at work
    std::vector<StepId> critical;           ///< the steps that decide the end, first to last
    std::size_t unplanned = 0;              ///< steps still to be done that say nothing about their time
    /// Of the planned times of phases begun, without what only waits for a time or for a window; negative = behind;
    /// none = none has one.
    std::optional<Nanos> ahead;
    std::optional<WayBack> way_back;
    std::string unknown; ///< why there is no end: "no window within 400 days …", "aborted"
    bool operator==(const Schedule&) const = default;
};

Schedule schedule(const Release& release, Nanos now);

/// The same before anything is begun, as if the session were opened at `start`: for a plan's preview. `opening` of the
/// calendar is what the session is for (SessionOpened::opening); 0 = the next one.
Schedule planned_timeline(std::shared_ptr<const plan::Plan> plan, const plan::Scope& values, Nanos start,
                          Nanos opening = {});

/// A release of the plan in which nothing has happened, for that opening.
Release at_start(std::shared_ptr<const plan::Plan> plan, const plan::Scope& values, Nanos start, Nanos opening = {});

/// How long the phase should take from its start: the longest way through its steps, at least its own `planned`.
Nanos planned_length(const Release& release, const plan::Phase& phase);

/// What the step takes by itself according to the plan; none where it does not say.
std::optional<Nanos> planned_of(const plan::Step& step);

/// None without `within`, and before its step has been passed: done or skipped, or, where it does not apply, found so
/// when its turn came.
std::optional<WayBack> way_back(const Release& release);

/// What the way back of a plan with `within` counts from, for people: "to-100", "the place of to-100, which does not
/// apply".
std::string counts_from(const Release& release);

/// For programs: {"end", "ahead", "critical", "unplanned", "phases", "steps", "way_back", …}, nanoseconds as text.
Json to_json(const Schedule& schedule);

} // namespace sluice::release
