#include "analysis/trend.h"

#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>
#include <cmath>
#include <numbers>
#include <random>

using namespace sluice;
using namespace sluice::analysis;
using sluice::testing::new_year;

namespace {

/// Of `count` readings, one each `apart` seconds; `left` says what is left after so many seconds.
template <typename Left>
std::vector<Room> rooms_of(int count, int apart, const Left& left) {
    std::vector<Room> rooms;
    for (int i = 0; i < count; ++i) {
        rooms.push_back({new_year + seconds(i * apart), left(i * apart)});
    }
    return rooms;
}

/// Seconds until it runs out, from the last reading on; −1 = it does not.
double ahead(const std::vector<Room>& rooms, Nanos later = {}) {
    const auto found = runs_out_in(rooms, rooms.back().at + later);
    return found ? found->seconds() : -1;
}

/// Normal, by Box and Muller: the standard's own distribution gives other numbers with another library.
class Noise {
public:
    explicit Noise(std::uint32_t seed, int shared = 1) : next_(seed), last_(static_cast<std::size_t>(shared)) {
        for (double& one : last_) {
            one = draw();
        }
    }
    /// Standard normal; of a moving average over `shared` draws, as a rate over a minute is one.
    double operator()() {
        last_[at_++ % last_.size()] = draw();
        double sum = 0;
        for (const double one : last_) {
            sum += one;
        }
        return sum / std::sqrt(static_cast<double>(last_.size()));
    }

private:
    double draw() {
        const auto share = [&] { return (next_() + 1.0) / 4294967297.0; };
        const double radius = std::sqrt(-2 * std::log(share()));
        return radius * std::cos(2 * std::numbers::pi * share());
    }
    std::mt19937 next_;
    std::vector<double> last_;
    std::size_t at_ = 0;
};

/// How often ten minutes of readings that come one after the other say something, of so many series; the series differ
/// by their seed.
template <typename Left>
int told(int series, int apart, const Left& left_of) {
    int told = 0;
    for (int seed = 0; seed < series; ++seed) {
        auto left = left_of(static_cast<std::uint32_t>(seed));
        Trends trends;
        bool any = false;
        for (int second = 0; second < 600; second += apart) {
            const Nanos at = new_year + seconds(second);
            trends.take("gate", {at, left(second)});
            any = any || trends.runs_out_in("gate", at);
        }
        told += any ? 1 : 0;
    }
    return told;
}

GateVerdict verdict(const char* must, double value, Nanos at) {
    GateVerdict made;
    made.value = value;
    made.limit = plan::parse_must(must).value();
    made.verdict = made.limit->holds(value) ? Verdict::pass : Verdict::fail;
    series::Sample sample;
    sample.measured_at = sample.received_at = at;
    sample.value = value;
    made.evidence.push_back(sample);
    return made;
}

} // namespace

class TrendTest : public QObject {
    Q_OBJECT
private slots:
    void what_goes_towards_its_limit_says_when_it_is_there_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("apart");
        QTest::addColumn<double>("from");
        QTest::addColumn<double>("a_second");
        QTest::addColumn<double>("ahead"); // −1 = nothing
        QTest::newRow("shrinks") << 13 << 5 << 100.0 << -0.5 << 140.0;
        QTest::newRow("grows") << 13 << 5 << 100.0 << 0.5 << -1.0;
        QTest::newRow("stands still") << 13 << 5 << 100.0 << 0.0 << -1.0;
        QTest::newRow("four readings") << 4 << 20 << 100.0 << -1.0 << -1.0;
        QTest::newRow("five in order: by chance 1 in 120") << 5 << 20 << 100.0 << -1.0 << -1.0;
        QTest::newRow("six in order") << 6 << 20 << 110.0 << -1.0 << 10.0;
        QTest::newRow("under half a minute") << 30 << 1 << 40.0 << -1.0 << -1.0;
        QTest::newRow("half a minute") << 31 << 1 << 40.0 << -1.0 << 10.0;
        QTest::newRow("three times as far as was looked back") << 13 << 5 << 240.0 << -1.0 << 180.0;
        QTest::newRow("farther") << 13 << 5 << 241.0 << -1.0 << -1.0;
        QTest::newRow("the line is past it, the gate still holds") << 13 << 5 << 59.0 << -1.0 << 1.0;
    }
    void what_goes_towards_its_limit_says_when_it_is_there() {
        QFETCH(double, from);
        QFETCH(double, a_second);
        QFETCH(int, count);
        QFETCH(int, apart);
        const auto rooms = rooms_of(count, apart, [&](int second) { return from + a_second * second; });
        QFETCH(double, ahead);
        QVERIFY2(std::abs(::ahead(rooms) - ahead) < 1e-6, qPrintable(QString::number(::ahead(rooms))));
    }

    void it_counts_from_now_on_and_not_from_the_last_reading() {
        const auto rooms = rooms_of(13, 5, [](int second) { return 100 - 0.5 * second; });
        QCOMPARE(ahead(rooms, seconds(20)), 120.0);
        QCOMPARE(ahead(rooms, seconds(500)), 1.0);
    }

    void a_spike_and_a_jump_are_no_slope_data() {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<bool>("told");
        QTest::newRow("spikes on the level") << "spikes" << false;
        QTest::newRow("a jump, level since") << "jump" << false;
        QTest::newRow("rises on, after it fell") << "turned" << false;
        QTest::newRow("steps of a counter that is read twice") << "stairs" << true;
        QTest::newRow("spikes on a ramp") << "ramp" << true;
    }
    void a_spike_and_a_jump_are_no_slope() {
        QFETCH(QString, shape);
        const std::map<QString, double (*)(int)> shapes{
            {"spikes", [](int s) { return s % 35 == 20 ? 5.0 : 100; }},
            {"jump", [](int s) { return s < 100 ? 100.0 : 20; }},
            {"turned", [](int s) { return s < 150 ? 100.0 - 0.5 * s : 25 + 0.5 * (s - 150); }},
            {"stairs", [](int s) { return 100 - 0.3 * (s / 10 * 10); }},
            {"ramp", [](int s) { return s % 35 == 20 ? 5.0 : 100 - 0.3 * s; }},
        };
        const double found = ahead(rooms_of(50, 5, shapes.at(shape)));
        QFETCH(bool, told);
        QCOMPARE(found >= 0, told);
        if (told) { // 26.5 left at the last reading, 0.3 a second
            QVERIFY2(std::abs(found - 88) < 10, qPrintable(QString::number(found)));
        }
    }

    /// Far: by ten times its spread, of a moving average twenty. Nearer ones drift that far indeed, for minutes.
    void noise_far_from_its_limit_does_not_cry_wolf_data() {
        QTest::addColumn<int>("apart");
        QTest::addColumn<int>("shared");
        QTest::addColumn<double>("far");
        for (const int apart : {1, 5, 15}) {
            QTest::addRow("each %d s", apart) << apart << 1 << 10.0;
            QTest::addRow("each %d s, of a minute", apart) << apart << 60 / apart << 20.0;
        }
    }
    void noise_far_from_its_limit_does_not_cry_wolf() {
        QFETCH(int, apart);
        QFETCH(int, shared);
        QFETCH(double, far);
        const int wolves = told(100, apart, [&](std::uint32_t seed) {
            return [noise = Noise(seed, shared), far](int) mutable { return far + noise(); };
        });
        QVERIFY2(wolves <= 1, qPrintable(QString::number(wolves)));
    }

    /// A ramp that comes to its limit after eight minutes, in noise of a fiftieth of the way: told in time, within a
    /// quarter of the truth, or 20 s near the end.
    void a_ramp_in_noise_is_told_in_time_and_well_data() {
        QTest::addColumn<int>("apart");
        QTest::addColumn<int>("shared");
        for (const int apart : {5, 15}) {
            QTest::addRow("each %d s", apart) << apart << 1;
            QTest::addRow("each %d s, of a minute", apart) << apart << 60 / apart;
        }
    }
    void a_ramp_in_noise_is_told_in_time_and_well() {
        QFETCH(int, apart);
        QFETCH(int, shared);
        int silent = 0, wrong = 0, asked = 0;
        for (std::uint32_t seed = 0; seed < 50; ++seed) {
            Noise noise(seed, shared);
            Trends trends;
            for (int second = 0; second < 480; second += apart) {
                const Nanos at = new_year + seconds(second);
                trends.take("gate", {at, 50.0 * (480 - second) / 480 + noise()});
                if (second < 240) {
                    continue;
                }
                ++asked;
                const auto found = trends.runs_out_in("gate", at);
                const double truth = 480 - second;
                silent += found ? 0 : 1;
                wrong += found && std::abs(found->seconds() - truth) > std::max(20.0, truth / 4) ? 1 : 0;
            }
        }
        QVERIFY2(silent * 20 <= asked, qPrintable(QString("silent %1 of %2").arg(silent).arg(asked)));
        QVERIFY2(wrong * 20 <= asked, qPrintable(QString("wrong %1 of %2").arg(wrong).arg(asked)));
    }

    void memory_is_bounded() {
        Trends trends;
        for (int i = 0; i < 10'000; ++i) {
            trends.take("gate " + std::to_string(i % 100), {new_year + seconds(i), 1.0});
        }
        QCOMPARE(trends.size(), std::size_t(100));
        trends.take("another", {new_year + hours(10), 1.0});
        QCOMPARE(trends.size(), std::size_t(1));
    }

    void only_the_last_minutes_count_and_a_clock_that_was_set_begins_anew() {
        Trends trends;
        const auto ramp = [&](Nanos from, double left, double a_reading) {
            for (int i = 0; i < 60; ++i) {
                trends.take("gate", {from + seconds(5 * i), left + a_reading * i});
            }
        };
        ramp(new_year, 10, 1); // away from it
        ramp(new_year + minutes(5), 70, -1);
        const Nanos end = new_year + minutes(10) - seconds(5);
        QCOMPARE(trends.runs_out_in("gate", end)->seconds(), 11 * 5.0);
        trends.take("gate", {end, -100}); // of the same instant
        QCOMPARE(trends.runs_out_in("gate", end)->seconds(), 11 * 5.0);
        trends.take("gate", {new_year, 5});
        QVERIFY(!trends.runs_out_in("gate", end));
        QVERIFY(!trends.runs_out_in("another", end));
    }

    void a_verdict_is_told_when_it_will_be_breached_data() {
        QTest::addColumn<QByteArray>("must");
        QTest::addColumn<double>("from");
        QTest::addColumn<double>("a_second");
        QTest::addColumn<double>("breach_in"); // −1 = nothing
        QTest::newRow("rises to <") << QByteArray("< 1000") << 400.0 << 5.0 << 60.0;
        QTest::newRow("rises to <=") << QByteArray("<= 1000") << 400.0 << 5.0 << 60.0;
        QTest::newRow("falls to >") << QByteArray("> 100") << 700.0 << -5.0 << 60.0;
        QTest::newRow("falls to >=") << QByteArray(">= 100") << 700.0 << -5.0 << 60.0;
        QTest::newRow("falls from <") << QByteArray("< 1000") << 700.0 << -5.0 << -1.0;
        QTest::newRow("rises from >") << QByteArray("> 100") << 400.0 << 5.0 << -1.0;
        QTest::newRow("to a limit of 0") << QByteArray("< 0") << -600.0 << 5.0 << 60.0;
        QTest::newRow("breached") << QByteArray("< 600") << 400.0 << 5.0 << -1.0;
        QTest::newRow("==") << QByteArray("== 1000") << 400.0 << 5.0 << -1.0;
        QTest::newRow("!=") << QByteArray("!= 1000") << 400.0 << 5.0 << -1.0;
    }
    void a_verdict_is_told_when_it_will_be_breached() {
        QFETCH(QByteArray, must);
        QFETCH(double, from);
        QFETCH(double, a_second);
        Trends trends;
        std::optional<Nanos> last;
        for (int second = 0; second <= 60; second += 5) {
            const Nanos at = new_year + seconds(second);
            auto one = verdict(must.constData(), from + a_second * second, at);
            trends.foresee("bake/lag", one, at);
            last = one.breach_in;
        }
        QTEST(last ? last->seconds() : -1.0, "breach_in");
    }

    /// Both rise alike: what is left between them does not.
    void a_limit_that_moves_along_is_not_reached() {
        for (const bool along : {true, false}) {
            Trends trends;
            std::optional<Nanos> last;
            for (int second = 0; second <= 60; second += 5) {
                const Nanos at = new_year + seconds(second);
                auto one = verdict("< 700", 300.0 + 5 * second, at);
                one.limit->limit += along ? 5 * second : 0;
                trends.foresee("bake/lag/green", one, at);
                last = one.breach_in;
            }
            QCOMPARE(last.has_value(), !along);
        }
    }

    void no_answer_says_nothing() {
        Trends trends;
        GateVerdict none;
        trends.foresee("bake/lag", none, new_year);
        QVERIFY(!none.breach_in);
        QCOMPARE(trends.size(), std::size_t(0));
    }
};

SLUICE_TEST(TrendTest)
#include "trend_test.moc"
