#pragma once
/// Internal to schedule.cpp: walks through the step graph and says when each step begins and ends.
#include "release/schedule.h"

#include <set>

namespace sluice::release {

class Forecast {
public:
    enum class From { now, nothing }; ///< what has happened counts, or the plan alone

    Forecast(const Release& release, Nanos now, From from)
        : release_(release), now_(now), from_(from), names_(scope(release)) {}

    /// Walks on through steps that could begin at `start`; gives their end. Earlier ones count as they were walked.
    Nanos walk(const std::vector<plan::Step>& list, const std::vector<StepId>& top, Nanos start);

    void t0(Nanos time) { t0_ = time; }
    /// Of the next walks: nothing begins, and no hold goes on, before `time`; 0 = at once.
    void stands_still_until(Nanos time) { goes_on_ = time; }

    std::map<StepId, TimeLine> lines;
    std::size_t unplanned = 0;            ///< of what was walked last
    std::string unknown;                  ///< set when something has no time at all
    StepId last;                          ///< the step of the last walk that ends it
    std::vector<StepId> chain() const;    ///< what decided the end of `last`, first to last; of earlier walks too
    using Span = std::pair<Nanos, Nanos>; ///< from, to
    std::vector<Span>
    waits(const std::vector<StepId>& steps) const; ///< when those of the last walk only wait for a time

private:
    const StepState& state(const StepId& id) const;
    bool begun(const StepId& id) const;
    bool over(const StepId& id) const;
    bool applies(const plan::Step& step);
    Nanos start_of(const StepId& id);
    Nanos end_of(const StepId& id);
    Nanos start_of(const plan::Step& step);
    Nanos end_of(const plan::Step& step);
    Nanos alone(const plan::Step& step, Nanos start) const;
    std::optional<Nanos> not_before(const plan::Step& step);
    Nanos known(const StepId& id, Nanos otherwise) const;

    const Release& release_;
    Nanos now_;
    From from_;
    plan::Scope names_;
    std::optional<Nanos> t0_;
    Nanos goes_on_;                              ///< 0 = it goes on
    std::map<StepId, const plan::Step*> walked_; ///< of the present walk
    std::map<StepId, StepId> parents_;           ///< of all walks
    std::map<StepId, Span> waits_;               ///< from when it could have begun to its `not-before`
    std::map<StepId, std::vector<const plan::Step*>> children_;
    std::map<StepId, Nanos> starts_, ends_;
    std::map<StepId, bool> applies_;
    std::map<StepId, StepId> because_; ///< the step whose end decides the start, or of a container the end
    Nanos floor_;                      ///< of the present walk
};

} // namespace sluice::release
