#pragma once
/// How times and numbers are written, in one place: every panel, the war room and the replay say them alike.
#include "base/nanos.h"

#include <QString>
#include <optional>

namespace sluice::story {

/// A length of time as on a stop-watch: "0:38", "12:02", "75:00"; from 100 minutes on "2:05:00". Cut to whole seconds;
/// a negative one has a minus sign (U+2212).
QString clock(Nanos length);

/// A length of time in words: "0.4 s", "38 s", "1 m 40 s", "12 m", "2 h", "1 h 30 m", "2 d 3 h": two units at most.
/// Tenths below ten seconds only where `tenths`; else below a second it is "0 s".
QString spell(Nanos length, bool tenths = false);

/// How old something measured at `then` is, in words: "0.4 s ago"; "now" below a tenth of a second and for what lies
/// ahead, which clocks that differ by a little make happen.
QString ago(Nanos now, Nanos then);
/// The same where the session is a record: "0.4 s old".
QString old(Nanos now, Nanos then);

/// The clock of the release: "T+00:42:13", "T−00:05:00"; days are hours: "T+26:10:00". Cut to whole seconds, away from
/// T0 before it, so that T−00:00:00 is never shown.
QString t_clock(Nanos now, Nanos t0);
/// Where nothing says yet when T0 will be: the window stands open and nobody has begun.
QString t_clock_unknown();

QString wall_time(Nanos time);         ///< "14:51:07", UTC
QString wall_time_exactly(Nanos time); ///< "14:51:02.114", UTC
QString utc_time(Nanos time);          ///< "14:51:07 UTC"
QString date(Nanos time);              ///< "2026-11-18", UTC
/// "14:51:07 UTC", with the date before it when that is not the day of `now`.
QString utc_moment(Nanos time, Nanos now);
QString utc_day(Nanos time); ///< a minute with its day of the week: "Tue 2026-01-06 02:00 UTC"
/// From minute to minute: "Tue 2026-01-06 02:00–06:00 UTC", over a midnight "Tue 2026-01-06 22:00 – Wed 04:00 UTC", a
/// week long or more "… 22:00 – 2026-01-20 04:00 UTC"; without an end "Tue 2026-01-06 02:00 UTC on".
QString utc_span(Nanos from, std::optional<Nanos> to);

/// "1,612"
QString count(std::int64_t number);
/// A share as per cent: 0.246 → "24.6 %", 0.25 → "25 %"; `decimals` at most, none that are nought.
QString percent(double share, int decimals = 1);

/// The same with spaces at which no line is broken between a number and its unit, and between a sign and its limit.
QString unbroken(QString text);

} // namespace sluice::story
