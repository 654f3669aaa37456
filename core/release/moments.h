#pragma once
/// The moments that the attributes of steps name: when one may start, when it is overdue, when a tick has grown too
/// old, when a decision has waited for too long. Pure.
#include "release/state.h"

#include <optional>

namespace sluice::release {

/// Whether that step's place in the plan counts where it does not apply: a way back is promised from there (`within`),
/// and what takes it away waits as long as if the step had been done.
bool counts_from_its_place(const plan::Plan& plan, const StepId& step);

class Moments {
public:
    Moments(const Release& release, Nanos now) : release_(release), now_(now) {}

    /// 'STEP + 2h', 'T0 - 24h'; nothing = not known yet. 0 when the step that it counts from does not apply, unless the
    /// way back is promised from that step (`counts_from_its_place`). Before the
    /// first phase with a window has started, T0 is taken to be the next opening of the calendar, or the one that the
    /// session is for: lists for the day before hang on it. Where no phase is bound by it (a variant may see to that),
    /// T0 is the start of the session until the phase begins that sets it.
    std::optional<Nanos> of(const plan::NotBefore& moment) const;

    /// When a forward step that is not over is to be told as overdue; nothing = it is not, or was told.
    std::optional<Nanos> overdue(const plan::Step& step) const;

    /// When a tick lapses; nothing = it has no such time, is not given, or all that needs it has started.
    std::optional<Nanos> stale(const plan::Step& step) const;

    /// When a decision that waits is escalated; nothing = it does not wait, or was.
    std::optional<Nanos> escalated(const plan::Step& step) const;

private:
    const Release& release_;
    Nanos now_;
    mutable std::optional<Nanos> opening_; ///< asked once: the calendar is slow
    mutable bool asked_ = false;
};

} // namespace sluice::release
