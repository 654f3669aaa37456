#pragma once
#include "base/nanos.h"
#include "base/result.h"

#include <QString>

namespace sluice::story {

/// What a typed time is read against.
struct TimeFrame {
    Nanos t0; ///< of the release; 0 = not known yet: times count from the begin
    Nanos begin, end;
    Nanos cursor; ///< of several days that have such a time, the nearest is meant
};

/// A moment of the session, as a person types it:
///   T+00:42:13, T-00:05:00   since T0, before T0 (also with U+2212)
///   42:13                    minutes and seconds since T0
///   14:51:07                 UTC, on the day on which the session has it
///   2026-01-06T02:42:13Z     UTC
/// `bad_input` for what is none of these, and for what lies outside the session; says what would be right.
Result<Nanos> typed_time(const QString& text, const TimeFrame& frame);

} // namespace sluice::story
