#include "story/typed_time.h"

#include "base/instant.h"
#include "story/format.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <algorithm>
#include <cstdlib>
#include <optional>

namespace sluice::story {
namespace {

constexpr Nanos day = hours(24);

struct TypedTime {
    Q_DECLARE_TR_FUNCTIONS(TypedTime)
};

Nanos origin(const TimeFrame& frame) {
    return frame.t0.count != 0 ? frame.t0 : frame.begin;
}

QString both(Nanos time, const TimeFrame& frame) {
    return QStringLiteral("%1 (%2)").arg(t_clock(time, origin(frame)), utc_time(time));
}

/// Whole seconds are typed; the session may begin or end within that second.
bool within(Nanos time, const TimeFrame& frame) {
    return time > frame.begin - seconds(1) && time < frame.end + seconds(1);
}

/// Of all days of the session, the nearest to the cursor that has this time.
std::optional<Nanos> on_its_day(Nanos of_day, const TimeFrame& frame) {
    std::optional<Nanos> best;
    const auto distance = [&](Nanos time) { return std::abs((time - frame.cursor).count); };
    const std::int64_t first = frame.begin.count / day.count - 1, last = frame.end.count / day.count + 1;
    for (std::int64_t d = first; d <= last; ++d) {
        const Nanos time = day * d + of_day;
        if (within(time, frame) && (!best || distance(time) < distance(*best))) {
            best = time;
        }
    }
    return best;
}

tl::unexpected<Error> outside(const QString& text, const TimeFrame& frame) {
    return fail(
        ErrorCode::bad_input, TypedTime::tr("%1 is not in this session").arg(text).toStdString(), {},
        TypedTime::tr("it goes from %1 to %2").arg(both(frame.begin, frame), both(frame.end, frame)).toStdString());
}

tl::unexpected<Error> not_a_time(const QString& text) {
    return fail(ErrorCode::bad_input, TypedTime::tr("“%1” is not a time").arg(text).toStdString(), {},
                TypedTime::tr("type T+00:42:13, 42:13 since T0, or 14:51:07 UTC").toStdString());
}

} // namespace

Result<Nanos> typed_time(const QString& typed, const TimeFrame& frame) {
    QString text = typed.trimmed();
    text.replace(QChar(0x2212), u'-');
    if (text.endsWith(QStringLiteral("UTC"), Qt::CaseInsensitive)) {
        text = text.chopped(3).trimmed();
    }
    static const QRegularExpression clock(QStringLiteral("^(\\d{1,2}):(\\d{2}):(\\d{2})$"));
    static const QRegularExpression short_clock(QStringLiteral("^(\\d{1,3}):(\\d{2})$"));
    if (const auto found = clock.match(text); found.hasMatch()) {
        const int h = found.captured(1).toInt(), m = found.captured(2).toInt(), s = found.captured(3).toInt();
        if (h > 23 || m > 59 || s > 59) {
            return not_a_time(typed);
        }
        const auto time = on_its_day(seconds(h * 3600LL + m * 60LL + s), frame);
        return time ? Result<Nanos>(std::clamp(*time, frame.begin, frame.end))
                    : Result<Nanos>(outside(text + QStringLiteral(" UTC"), frame));
    }
    Nanos time;
    if (const auto found = short_clock.match(text); found.hasMatch()) {
        const int m = found.captured(1).toInt(), s = found.captured(2).toInt();
        if (s > 59) {
            return not_a_time(typed);
        }
        time = origin(frame) + seconds(m * 60LL + s);
        text = t_clock(time, origin(frame));
    } else {
        const auto parsed = parse_instant(text.toUpper().toStdString(), origin(frame));
        if (!parsed) {
            return not_a_time(typed);
        }
        time = *parsed;
    }
    if (!within(time, frame)) {
        return outside(text, frame);
    }
    return std::clamp(time, frame.begin, frame.end);
}

} // namespace sluice::story
