#pragma once
/// A phase bound by the calendar: when it may start. Pure.
#include "plan/diagnostic.h"
#include "release/state.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::release {

struct WindowAnswer {
    bool open = true;    ///< the phase may start
    std::string why;     ///< not open: a row of the calendar, or that the planned time does not fit
    Nanos until;         ///< not open: the first instant at which it may start; 0 = none within 400 days
    Nanos ends;          ///< open: when the window ends; 0 = not within 400 days
    std::string warning; ///< open, but: outside of the preferred times; what follows will have to wait
};

/// Whether `phase` may start at `at`: the window must be open, and long enough for what is planned in the phase and in
/// those with a window that follow it directly. Phases that no one window can take together are looked at one by one.
/// That which sets T0 waits for the opening that the session is for (SessionOpened::opening).
WindowAnswer may_start(const Release& release, const plan::Phase& phase, Nanos at);

/// The phases with a window that no window within 400 days from `at` is long enough for: each would wait for ever, if
/// nobody overrides it. Errors, each at its phase.
std::vector<plan::Diagnostic> never_fit(const Release& release, Nanos at);

/// How long the phase, and with it those with a window that follow it directly, should take.
Nanos planned_together(const Release& release, const plan::Phase& phase);

/// When the first phase with a window may start at the earliest, `at` included; none = not within 400 days. Without
/// such a phase (a variant may see to that) it is the start of the session.
std::optional<Nanos> next_t0(const Release& release, Nanos at);

/// The phase whose window has ended and that goes on only when it opens again; null if there is none.
const plan::Phase* kept_by_window(const Release& release);

} // namespace sluice::release
