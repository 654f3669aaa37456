#include "analysis/lag_track.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::analysis;
using sluice::testing::new_year;

namespace {

/// "0:10/4 5:20/-": at 0 s the end was 10 and the commit 4, at 5 s the end 20 and there was no commit.
LagTrack track_of(const QString& text) {
    LagTrack track;
    for (const QString& one : text.split(' ', Qt::SkipEmptyParts)) {
        const QString commit = one.section('/', 1);
        track.take({new_year + milliseconds(std::llround(one.section(':', 0, 0).toDouble() * 1000)),
                    commit == "-" ? std::nullopt : std::optional<std::int64_t>(commit.toLongLong()),
                    one.section(':', 1).section('/', 0, 0).toLongLong()});
    }
    return track;
}

QString shown(const std::optional<double>& value) {
    return !value ? "-" : std::isinf(*value) ? "never" : QString::number(*value);
}

/// in, out, age, drain, state
QString shown(const LagFigures& figures) {
    return QStringList{shown(figures.produced), shown(figures.consumed),
                       shown(figures.age ? std::optional(figures.age->seconds()) : std::nullopt), shown(figures.drain),
                       figures.state ? name(*figures.state) : "-"}
        .join(' ');
}

/// Readings every second: the end grows by `in`, the commit by `out` every `every` seconds.
QString steady(int readings, int end, int in, int commit, int out, int every = 1) {
    QStringList parts;
    for (int i = 0; i < readings; ++i) {
        parts << QString("%1:%2/%3").arg(i).arg(end + i * in).arg(commit + (i / every) * out);
    }
    return parts.join(' ');
}

} // namespace

class LagTrackTest : public QObject {
    Q_OBJECT
private slots:
    void figures_come_from_readings_data() {
        QTest::addColumn<QString>("readings");
        QTest::addColumn<QString>("wanted"); // in out age drain state
        QTest::newRow("none") << ""
                              << "- - - - -";
        QTest::newRow("one with lag") << "0:10/4"
                                      << "- - - - -";
        QTest::newRow("one without lag") << "0:10/10"
                                         << "- - 0 0 ok";
        QTest::newRow("no commit") << "0:10/- 10:30/-"
                                   << "2 - - - -";
        QTest::newRow("at the end") << "0:10/10 10:30/30"
                                    << "2 2 0 0 ok";
        QTest::newRow("past the end") << "0:10/12 10:10/12"
                                      << "0 0 0 0 ok";
        // The end passed 20 halfway between the readings at 0 and 10 s.
        QTest::newRow("age, between readings") << "0:10/5 10:30/20"
                                               << "2 1.5 5 never -";
        QTest::newRow("age, at a reading") << "0:10/5 10:20/10 20:30/20"
                                           << "1 0.75 10 never -";
        QTest::newRow("age, after it stood") << "0:10/10 10:10/10 20:30/10"
                                             << "1 0 10 never -";
        QTest::newRow("not watched for so long") << "0:10/5 10:20/8"
                                                 << "1 0.3 - never -";
        QTest::newRow("it drains") << "0:100/0 10:110/50"
                                   << "1 5 - 15 -";
        QTest::newRow("as fast as it comes") << "0:100/0 10:150/50"
                                             << "5 5 - never -";
        QTest::newRow("the last minute counts") << "0:0/0 100:1000/1000 130:1030/1000 160:1060/1030"
                                                << "1 0.5 30 never -";
        QTest::newRow("far apart: the last two") << "0:0/0 100:100/100 200:300/200"
                                                 << "2 1 50 never -";
        QTest::newRow("after a rewind") << "0:100/80 10:110/20 20:120/40"
                                        << "1 2 - 80 rewind";
        QTest::newRow("just rewound") << "0:100/80 10:110/20"
                                      << "1 - - - rewind";
        QTest::newRow("after a commit was forgotten") << "0:100/80 10:110/- 20:120/90 30:130/100"
                                                      << "1 1 30 never -";
        QTest::newRow("a topic made anew") << "0:100/80 10:110/100 20:5/2 30:15/12"
                                           << "1 1 3 never -";
        QTest::newRow("a clock that stands") << "0:10/5 0:20/10"
                                             << "- - - - -";
        QTest::newRow("a clock that goes back") << "10:10/10 5:20/10 20:30/20"
                                                << "1 1 10 never -";
        QTest::newRow("it falls behind") << steady(12, 100, 10, 50, 5) << "10 5 10.5 never warning";
        QTest::newRow("no trend yet") << steady(9, 100, 10, 50, 5) << "10 5 - never -";
        QTest::newRow("it gains") << steady(12, 100, 10, 0, 15) << "10 15 4.5 9 ok";
        QTest::newRow("it never moved") << steady(11, 100, 10, 50, 0) << "10 0 - never stall";
        QTest::newRow("not yet a stall") << steady(10, 100, 10, 50, 0) << "10 0 - never -";
        QTest::newRow("it commits rarely") << steady(12, 100, 1, 50, 4, 4) << "1 0.727273 - never -";
        QTest::newRow("it ceased") << steady(4, 100, 1, 50, 1) + " 4:104/53 5:105/53 6:106/53 7:107/53"
                                   << "1 0.428571 - never stop";
        QTest::newRow("it ceased with all read") << steady(4, 50, 1, 50, 1) + " 4:53/53 5:53/53 6:53/53 7:54/53"
                                                 << "0.571429 0.428571 1 never -";
    }
    void figures_come_from_readings() {
        QFETCH(QString, readings);
        QTEST(shown(track_of(readings).figures()), "wanted");
    }

    void the_slowest_partition_counts() {
        constexpr double never = std::numeric_limits<double>::infinity();
        QCOMPARE(slowest(3, 5), std::optional(5.0));
        QCOMPARE(slowest(never, 5), std::optional(never));
        QCOMPARE(slowest(std::nullopt, never), std::optional(never));
        QCOMPARE(slowest(std::nullopt, 5), std::optional<double>());
    }

    void an_age_is_right_whatever_was_left_out() {
        QVERIFY(rc::check("age", [] {
            // A steady producer: what lies k messages back came k/rate seconds ago, however many readings there were.
            const auto rate = *rc::gen::inRange(1, 1000);
            const auto readings = *rc::gen::inRange(2, 2000);
            const auto back = *rc::gen::inRange(0, readings - 1);
            LagTrack track;
            for (int i = 0; i < readings; ++i) {
                const std::int64_t end = std::int64_t{i} * rate;
                track.take({new_year + seconds(i), std::max<std::int64_t>(0, end - std::int64_t{back} * rate), end});
            }
            const auto figures = track.figures();
            RC_ASSERT(figures.age.has_value());
            RC_ASSERT(std::abs(figures.age->seconds() - back) < 1e-3);
            RC_ASSERT(std::abs(*figures.produced - rate) < 1e-6 * rate);
        }));
    }

    void no_reading_makes_a_figure_that_can_not_be() {
        QVERIFY(rc::check("sane", [] {
            LagTrack track;
            Nanos at = new_year;
            const auto readings = *rc::gen::inRange(1, 400);
            for (int i = 0; i < readings; ++i) {
                at += milliseconds(*rc::gen::inRange(-500, 5000));
                const auto end = *rc::gen::inRange<std::int64_t>(0, 100);
                const bool has_commit = *rc::gen::inRange(0, 10) > 0;
                track.take(
                    {at, has_commit ? std::optional(*rc::gen::inRange<std::int64_t>(0, 110)) : std::nullopt, end});
                const auto figures = track.figures();
                RC_ASSERT(figures.produced.value_or(0) >= 0);
                RC_ASSERT(figures.consumed.value_or(0) >= 0);
                RC_ASSERT(figures.age.value_or(Nanos{}) >= Nanos{});
                RC_ASSERT(!figures.drain || *figures.drain >= 0);
                RC_ASSERT(has_commit || (!figures.consumed && !figures.age && !figures.drain && !figures.state));
            }
        }));
    }
};

SLUICE_TEST(LagTrackTest)
#include "lag_track_test.moc"
