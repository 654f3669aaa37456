#include "story/format.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>
#include <cmath>

namespace sluice::story {
namespace {

constexpr std::int64_t nanos_a_second = 1'000'000'000;

QString two_digits(std::int64_t number) {
    return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
}

QDateTime utc_of(Nanos time) {
    return QDateTime::fromMSecsSinceEpoch(time.count / 1'000'000, Qt::UTC);
}

QString day_and_minute(Nanos time) {
    return QLocale::c().toString(utc_of(time), QStringLiteral("ddd yyyy-MM-dd HH:mm"));
}

QString hms(std::int64_t whole) {
    return two_digits(whole / 3600) + u':' + two_digits(whole / 60 % 60) + u':' + two_digits(whole % 60);
}

} // namespace

QString clock(Nanos length) {
    const std::int64_t whole = std::abs(length.count) / nanos_a_second;
    const QString sign = length.count < 0 && whole > 0 ? QStringLiteral("−") : QString();
    if (whole >= 100 * 60) {
        return sign + QString::number(whole / 3600) + u':' + two_digits(whole / 60 % 60) + u':' +
               two_digits(whole % 60);
    }
    return sign + QString::number(whole / 60) + u':' + two_digits(whole % 60);
}

QString spell(Nanos length, bool tenths) {
    if (length.count < 0) {
        return QStringLiteral("−") + spell({-length.count}, tenths);
    }
    if (tenths && length.count < 10 * nanos_a_second) {
        const std::int64_t whole_tenths = length.count / (nanos_a_second / 10); // cut, not rounded: 9.96 is not 10.0
        return QString::number(static_cast<double>(whole_tenths) / 10, 'f', 1) + QStringLiteral(" s");
    }
    const std::int64_t whole = length.count / nanos_a_second;
    struct Unit {
        std::int64_t seconds;
        const char16_t* name;
    };
    static constexpr Unit units[] = {{86400, u" d"}, {3600, u" h"}, {60, u" m"}, {1, u" s"}};
    for (std::size_t i = 0; i < std::size(units); ++i) {
        const std::int64_t large = whole / units[i].seconds;
        if (large == 0) {
            continue;
        }
        QString text = QString::number(large) + QString::fromUtf16(units[i].name);
        if (i + 1 < std::size(units)) {
            if (const std::int64_t small = whole % units[i].seconds / units[i + 1].seconds; small != 0) {
                text += u' ' + QString::number(small) + QString::fromUtf16(units[i + 1].name);
            }
        }
        return text;
    }
    return QStringLiteral("0 s");
}

QString ago(Nanos now, Nanos then) {
    const Nanos age = now - then;
    return age.count < nanos_a_second / 10 ? QStringLiteral("now") : spell(age, true) + QStringLiteral(" ago");
}

QString old(Nanos now, Nanos then) {
    const Nanos age = now - then;
    return age.count < nanos_a_second / 10 ? QStringLiteral("0.0 s old") : spell(age, true) + QStringLiteral(" old");
}

QString t_clock(Nanos now, Nanos t0) {
    const Nanos since = now - t0;
    return since.count >= 0 ? QStringLiteral("T+") + hms(since.count / nanos_a_second)
                            : QStringLiteral("T−") + hms((-since.count + nanos_a_second - 1) / nanos_a_second);
}

QString t_clock_unknown() {
    return QStringLiteral("T0 ahead");
}

QString wall_time(Nanos time) {
    return utc_of(time).toString(QStringLiteral("HH:mm:ss"));
}

QString wall_time_exactly(Nanos time) {
    return utc_of(time).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString utc_time(Nanos time) {
    return wall_time(time) + QStringLiteral(" UTC");
}

QString date(Nanos time) {
    return utc_of(time).toString(QStringLiteral("yyyy-MM-dd"));
}

QString utc_moment(Nanos time, Nanos now) {
    return utc_of(time).date() == utc_of(now).date() ? utc_time(time) : date(time) + u' ' + utc_time(time);
}

QString utc_day(Nanos time) {
    return day_and_minute(time) + QStringLiteral(" UTC");
}

QString utc_span(Nanos from, std::optional<Nanos> to) {
    if (!to) {
        return QStringLiteral("%1 on").arg(utc_day(from));
    }
    const QDateTime begin = utc_of(from), end = utc_of(*to);
    if (begin.date() == end.date()) {
        return day_and_minute(from) + end.toString(QStringLiteral("–HH:mm 'UTC'"));
    }
    const bool day_tells = begin.date().daysTo(end.date()) < 7;
    return day_and_minute(from) + QStringLiteral(" – ") +
           QLocale::c().toString(end, day_tells ? QStringLiteral("ddd HH:mm 'UTC'")
                                                : QStringLiteral("yyyy-MM-dd HH:mm 'UTC'"));
}

QString count(std::int64_t number) {
    QString digits = QString::number(std::abs(number));
    for (auto at = digits.size() - 3; at > 0; at -= 3) {
        digits.insert(at, u',');
    }
    return number < 0 ? QStringLiteral("−") + digits : digits;
}

QString percent(double share, int decimals) {
    QString text = QString::number(share * 100, 'f', decimals);
    if (text.contains(u'.')) {
        while (text.endsWith(u'0')) {
            text.chop(1);
        }
        if (text.endsWith(u'.')) {
            text.chop(1);
        }
    }
    return text + QStringLiteral(" %");
}

QString unbroken(QString text) {
    static const QRegularExpression held(
        QStringLiteral("(?<=\\d) (?=(%|ms|s|m|h|d)(?![\\w]))|(?<=[<>=≤≥]) (?=[\\d−-])"));
    return text.replace(held, QString(QChar::Nbsp));
}

} // namespace sluice::story
