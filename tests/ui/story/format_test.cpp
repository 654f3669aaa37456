#include "story/format.h"
#include "story/step_mark.h"
#include "support/suite.h"

#include <QSet>
#include <QtTest>

using namespace sluice;
using namespace sluice::story;

class FormatTest : public QObject {
    Q_OBJECT

private slots:
    void no_line_is_broken_where_two_words_belong_together_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("held"); // ~ = a space at which no line is broken
        QTest::newRow("per cent") << "Response time, 95 % of all"
                                  << "Response time, 95~% of all";
        QTest::newRow("a limit") << "6.4 %, must be > 5%"
                                 << "6.4~%, must be >~5%";
        QTest::newRow("a length") << "in 1 m 40 s, or 20 ms"
                                  << "in 1~m 40~s, or 20~ms";
        QTest::newRow("a word that begins as a unit does") << "3 steps, 2 hands"
                                                           << "3 steps, 2 hands";
        QTest::newRow("no number") << "a -> b, x = y"
                                   << "a -> b, x = y";
    }
    void no_line_is_broken_where_two_words_belong_together() {
        QFETCH(QString, text);
        QFETCH(QString, held);
        QCOMPARE(unbroken(text), held.replace(u'~', QChar(QChar::Nbsp)));
    }

    void lengths_are_written_as_on_a_stop_watch_and_in_words_data() {
        QTest::addColumn<double>("seconds_");
        QTest::addColumn<QString>("watch");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("fine");
        QTest::newRow("nothing") << 0.0 << "0:00"
                                 << "0 s"
                                 << "0.0 s";
        QTest::newRow("a moment") << 0.47 << "0:00"
                                  << "0 s"
                                  << "0.4 s";
        QTest::newRow("seconds") << 38.9 << "0:38"
                                 << "38 s"
                                 << "38 s";
        QTest::newRow("a minute and more") << 100.0 << "1:40"
                                           << "1 m 40 s"
                                           << "1 m 40 s";
        QTest::newRow("whole minutes") << 722.0 << "12:02"
                                       << "12 m 2 s"
                                       << "12 m 2 s";
        QTest::newRow("minutes past the hour") << 4500.0 << "75:00"
                                               << "1 h 15 m"
                                               << "1 h 15 m";
        QTest::newRow("hours") << 7500.0 << "2:05:00"
                               << "2 h 5 m"
                               << "2 h 5 m";
        QTest::newRow("two hours") << 7200.0 << "2:00:00"
                                   << "2 h"
                                   << "2 h";
        QTest::newRow("days") << 183600.0 << "51:00:00"
                              << "2 d 3 h"
                              << "2 d 3 h";
        QTest::newRow("ahead of plan") << -125.0 << "−2:05"
                                       << "−2 m 5 s"
                                       << "−2 m 5 s";
    }
    void lengths_are_written_as_on_a_stop_watch_and_in_words() {
        QFETCH(double, seconds_);
        const Nanos length{static_cast<std::int64_t>(seconds_ * 1e9)};
        QTEST(clock(length), "watch");
        QTEST(spell(length), "words");
        QTEST(spell(length, true), "fine");
    }

    void ages_are_never_negative() {
        const Nanos now = seconds(1000);
        QCOMPARE(ago(now, now - Nanos{400'000'000}), "0.4 s ago");
        QCOMPARE(ago(now, now - seconds(95)), "1 m 35 s ago");
        QCOMPARE(ago(now, now + seconds(1)), "now");
        QCOMPARE(old(now, now - Nanos{900'000'000}), "0.9 s old");
    }

    void the_clock_of_the_release_counts_down_to_t0_and_up_from_it() {
        const Nanos t0 = seconds(1'800'000'000);
        QCOMPARE(t_clock(t0, t0), "T+00:00:00");
        QCOMPARE(t_clock(t0 + seconds(2533), t0), "T+00:42:13");
        QCOMPARE(t_clock(t0 + seconds(94200), t0), "T+26:10:00");
        QCOMPARE(t_clock(t0 - Nanos{1}, t0), "T−00:00:01");
        QCOMPARE(t_clock(t0 - seconds(300), t0), "T−00:05:00");
    }

    void times_of_day_are_utc() {
        const Nanos time{1'763'477'462'114'999'999}; // 2025-11-18T14:51:02.115 less a little
        QCOMPARE(wall_time(time), "14:51:02");
        QCOMPARE(wall_time_exactly(time), "14:51:02.114");
        QCOMPARE(utc_time(time), "14:51:02 UTC");
        QCOMPARE(date(time), "2025-11-18");
        QCOMPARE(utc_moment(time, time + seconds(60)), "14:51:02 UTC");
        QCOMPARE(utc_moment(time, time + seconds(86400)), "2025-11-18 14:51:02 UTC");
        QCOMPARE(utc_day(time), "Tue 2025-11-18 14:51 UTC");
        QCOMPARE(utc_span(time, time + hours(2)), "Tue 2025-11-18 14:51–16:51 UTC");
        QCOMPARE(utc_span(time, time + hours(12)), "Tue 2025-11-18 14:51 – Wed 02:51 UTC");
        QCOMPARE(utc_span(time, time + hours(24 * 7)), "Tue 2025-11-18 14:51 – 2025-11-25 14:51 UTC");
        QCOMPARE(utc_span(time, {}), "Tue 2025-11-18 14:51 UTC on");
    }

    void numbers_have_commas_and_shares_are_per_cent() {
        QCOMPARE(count(0), "0");
        QCOMPARE(count(999), "999");
        QCOMPARE(count(1612), "1,612");
        QCOMPARE(count(-1234567), "−1,234,567");
        QCOMPARE(percent(0.246), "24.6 %");
        QCOMPARE(percent(0.25), "25 %");
        QCOMPARE(percent(1.0), "100 %");
        QCOMPARE(percent(0.0026, 2), "0.26 %");
    }

    void every_state_of_a_step_has_a_word_of_its_own() {
        QSet<QString> words;
        for (int i = 0; i <= static_cast<int>(release::StepStatus::stopped); ++i) {
            const auto status = static_cast<release::StepStatus>(i);
            words.insert(word_of(status));
            QCOMPARE(under_way(status), status != release::StepStatus::to_come && !release::over(status));
        }
        QCOMPARE(words.size(), static_cast<int>(release::StepStatus::stopped) + 1);
        QVERIFY(!words.contains(QString()));
        QVERIFY(mark_of(release::StepStatus::passed) == Mark::holds);
        QVERIFY(mark_of(release::StepStatus::in_doubt) == Mark::no_data);
    }
};

SLUICE_TEST(FormatTest)
#include "format_test.moc"
