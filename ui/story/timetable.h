#pragma once
#include "plan/fill.h"
#include "plan/model.h"

#include <QString>
#include <optional>
#include <vector>

namespace sluice::story {

/// When what is to happen, as the plan has it: from the plan's times, nobody's experience. What has no planned time
/// takes none here, so that all of it is "at the earliest".
struct Timetable {
    enum class Kind { person, look, act, shift, wait, hold };
    struct Bar {
        plan::StepId step;
        QString title;
        Kind kind = Kind::look;
        Nanos from, to;
        bool operator==(const Bar&) const = default;
    };
    struct Phase {
        QString title;
        Nanos from, to;
        bool window = false; ///< bound to the calendar
        int steps = 0;
        bool operator==(const Phase&) const = default;
    };
    /// The share of the arm that is released, from here on.
    struct Weight {
        Nanos at;
        int percent = 0;
        QString arm;
        bool operator==(const Weight&) const = default;
    };

    std::vector<Phase> phases;
    std::vector<Bar> bars;       ///< without groups; only those that these variables let run
    std::vector<Weight> weights; ///< of the first split of traffic
    std::optional<Nanos> no_return;
    QString no_return_title;
    Nanos t0;     ///< start of the first phase with a window, else 0; all times count from the first step
    Nanos length; ///< until the last step ends, at the earliest
    std::optional<Nanos>
        t0_at; ///< when T0 is, where the calendar fixes it: host::Window::t0; the plan alone does not say

    bool operator==(const Timetable&) const = default;
};

/// What is planned for a step by itself: said by the plan, or what its hold or wait takes at least.
std::optional<Nanos> planned_time(const plan::Step& step);

/// `values` decide which steps run (`when`) and fill the titles; of a decision, the default choice is followed.
Timetable timetable(const plan::Plan& plan, const plan::Scope& values);

/// "T−3:05", "T0", "T+1:20": hours and minutes from T0.
QString from_t0(const Timetable& table, Nanos at);

/// The instant of it, UTC, where that of T0 is known; none of what comes before T0.
std::optional<Nanos> moment_of(const Timetable& table, Nanos at);

/// The words of it, for whoever hears it: when T0 is, phases with their times, weights, the point of no return.
QString spoken(const Timetable& table);

} // namespace sluice::story
