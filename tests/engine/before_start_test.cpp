#include "base/virtual_scheduler.h"
#include "engine/before_start.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <optional>

using namespace sluice;
using namespace sluice::engine;

namespace {

constexpr Nanos start = seconds(1'767'600'000); // 2026-01-05T08:00Z

const char* const plan_text = R"(sluice: 1
id: small
connections: {prom: {prometheus: {url: 'http://prom'}}}
metrics:
  errors: {from: prom, query: errors, unit: ratio}
  lag: {from: prom, query: lag, unit: messages}
phases:
  - id: main
    steps:
      - {id: begin, confirm: Begin}
      - {id: a, confirm: Go, gates: [{metric: lag, must: '<= 10%', against: {before: 10m, as: share}}]}
      - id: bake
        hold: {for: 1m}
        gates: [{metric: lag, must: '<= 10%', against: {before: 10m, as: share}}, {metric: errors, must: '< 1%'}]
)";

series::SampleBatch batch(const std::string& metric, Nanos at, std::optional<double> value, Nanos age = {},
                          const std::string& arm = "") {
    if (!value) {
        return series::without_value(metric, series::Status::no_data, at, "nothing there");
    }
    series::SampleBatch made;
    made.metric = metric;
    made.received_at = at;
    auto& reading = made.readings.emplace_back();
    reading.arm = arm;
    reading.value = *value;
    reading.measured_at = at - age;
    reading.received_at = at;
    return made;
}

/// Answers when the test says so.
class AskedSource : public sources::Source {
public:
    bool keeps = true;
    std::vector<std::pair<series::promql::Instants, Past>> asked;

    void poll(Nanos, std::string, Done) override {}
    bool has_past() const override { return keeps; }
    void past(const series::promql::Instants& instants, Nanos, std::string, Past done) override {
        asked.emplace_back(instants, std::move(done));
    }
    /// The last question: `value` at the first `count` of its instants, nothing at the others.
    void answer(double value, std::int64_t count) {
        const auto [instants, done] = asked.back();
        std::vector<series::SampleBatch> past;
        for (std::int64_t i = 0; i < instants.count(); ++i) {
            past.push_back(
                batch("lag", instants.from + instants.step * i, i < count ? std::optional(value) : std::nullopt));
        }
        done(past);
    }
    void fail_now() { asked.back().second(fail(ErrorCode::timed_out, "no answer in 15 s")); }
};

class Desk {
public:
    Desk()
        : log_(*session::SessionLog::create(folder_.filePath("a.sluice").toStdString(), {"s1", start, "test", ""})),
          journal(scheduler, log_, *session::SigningKey::from_seed("test", {})), before(journal) {
        release::SessionOpened opened;
        opened.session = "s1";
        opened.plan_source = plan_text;
        (void)journal.submit(release::Open{opened});
        journal.listen([this](std::span<const release::Event> events) {
            for (const auto& event : events) {
                if (std::holds_alternative<release::BaselineCaptured>(event.body)) {
                    told << QString::fromStdString(release::describe(event.body));
                }
            }
        });
        watch_lag();
    }
    void watch_lag() { before.add(*journal.release().plan, "lag", source); }
    void polled(Nanos later, std::optional<double> value = 5, const std::string& metric = "lag") {
        scheduler.run_until(scheduler.now() + later);
        before.take(batch(metric, scheduler.now(), value));
    }
    std::optional<double> taken() const { return release::baseline(journal.release(), against(), "lag", ""); }
    std::string why() const { return release::no_baseline(journal.release(), against(), "lag"); }

private:
    static plan::Against against() {
        plan::Against one;
        one.before = minutes(10);
        return one;
    }
    QTemporaryDir folder_;

public:
    VirtualScheduler scheduler{start};

private:
    session::SessionLog log_;

public:
    Journal journal;
    AskedSource source;
    BeforeStart before;
    QStringList told;
};

} // namespace

class BeforeStartTest : public QObject {
    Q_OBJECT
private slots:
    void the_time_before_the_start_is_asked_for_in_one_request_data() {
        QTest::addColumn<int>("before");   // s
        QTest::addColumn<int>("interval"); // s
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("apart"); // s
        QTest::newRow("ten minutes") << 600 << 5 << 120 << 5;
        QTest::newRow("an hour") << 3600 << 5 << 720 << 5;
        QTest::newRow("a day") << 86400 << 5 << 720 << 120;
        QTest::newRow("read seldom") << 3600 << 300 << 12 << 300;
        QTest::newRow("not a multiple") << 100 << 30 << 3 << 30;
    }
    void the_time_before_the_start_is_asked_for_in_one_request() {
        QFETCH(int, before);
        QFETCH(int, interval);
        QFETCH(int, count);
        QFETCH(int, apart);
        const auto instants = instants_before(start, seconds(before), seconds(interval));
        QCOMPARE(instants.count(), std::int64_t{count});
        QCOMPARE(instants.step, seconds(apart));
        QCOMPARE(instants.to, start - seconds(apart)); // nothing of the session itself
        QCOMPARE(instants.from, start - seconds(apart * count));
    }

    void each_instant_counts_alike_if_its_value_was_fresh_and_half_of_them_must() {
        std::vector<series::SampleBatch> past;
        for (int i = 0; i < 10; ++i) {
            auto one = batch("lag", start + seconds(i * 5), i < 5 ? 100 : 200, {}, "blue");
            auto more = batch("lag", start + seconds(i * 5), i < 4 ? 1.0 : std::nan(""), {}, "green").readings[0];
            one.readings.push_back(more);
            one.readings.push_back(batch("lag", start, 7, seconds(31), "old").readings[0]);
            past.push_back(one);
        }
        const auto found = averages("lag", past, 10, seconds(30));
        QCOMPARE(found.readings.size(), 1u);
        QCOMPARE(found.readings[0]["arm"], "blue");
        QCOMPARE(found.readings[0]["value"], "150");
        QCOMPARE(found.readings[0]["count"], 10);
        QCOMPARE(found.readings[0]["from"], nanos_text(start));
        QCOMPARE(found.readings[0]["to"], nanos_text(start + seconds(45)));
        QCOMPARE(found.why,
                 "green: 4 of 10 readings had a value, half must; old: 0 of 10 readings had a value, half must");
        QCOMPARE(averages("lag", {}, 10, seconds(30)).why, "its source had no value of it then");
    }

    void it_is_asked_for_once_and_stands_in_the_log() {
        Desk desk;
        QCOMPARE(desk.why(), "there is no baseline of the 10m before the start: its source has not answered yet");
        desk.polled(seconds(5), 5, "errors"); // nothing is counted from its past
        QVERIFY(desk.source.asked.empty());
        desk.polled(seconds(5), std::nullopt); // it has no value now, and may have had
        QCOMPARE(desk.source.asked.size(), 1u);
        QCOMPARE(desk.source.asked[0].first.to, start - seconds(5)); // not before the poll: before the start
        QVERIFY(!desk.taken());
        desk.source.answer(100, 60);
        QCOMPARE(desk.taken().value_or(0), 100.0);
        QCOMPARE(desk.told.join('\n'),
                 "The baseline of lag over the 10m before the start was taken: lag 100 (of 60 readings)");
        desk.polled(minutes(2));
        desk.watch_lag(); // as after a resume
        desk.polled(minutes(2));
        QCOMPARE(desk.source.asked.size(), 1u);
        (void)desk.journal.submit(release::Baseline{
            {}, Json::array({{{"metric", "lag"}, {"arm", ""}, {"value", "900"}}}), "lag", minutes(10), ""});
        QCOMPARE(desk.taken().value_or(0), 100.0); // the first stands
    }

    void a_source_that_could_not_say_is_asked_again_and_told_once() {
        Desk desk;
        desk.polled(seconds(5));
        desk.source.fail_now();
        QVERIFY(!desk.taken());
        QVERIFY2(desk.why().ends_with(": it could not be asked for: no answer in 15 s"), desk.why().c_str());
        desk.polled(seconds(59));
        QCOMPARE(desk.source.asked.size(), 1u);
        desk.polled(seconds(1));
        desk.source.fail_now();
        QCOMPARE(desk.told.size(), 1);
        desk.polled(minutes(1));
        desk.source.answer(50, 120);
        QCOMPARE(desk.taken().value_or(0), 50.0);
        QCOMPARE(desk.told.size(), 2);
    }

    void there_is_none_where_too_little_or_nothing_is_known() {
        Desk little;
        little.polled(seconds(5));
        little.source.answer(100, 59);
        QVERIFY(!little.taken());
        QCOMPARE(little.told.join('\n'), "The baseline of lag over the 10m before the start is missing: 59 of 120 "
                                         "readings had a value, half must");
        little.polled(minutes(5));
        QCOMPARE(little.source.asked.size(), 1u); // what was then does not become another
        Desk none;
        none.source.keeps = false;
        none.polled(seconds(5));
        none.polled(seconds(5));
        QVERIFY(none.source.asked.empty());
        QCOMPARE(none.told.size(), 1);
        QCOMPARE(none.why(), "there is no baseline of the 10m before the start: its source keeps no history");
    }

    void what_comes_after_it_was_stopped_is_dropped() {
        Desk desk;
        desk.polled(seconds(5));
        desk.before.stop();
        desk.source.answer(100, 120);
        QVERIFY(!desk.taken());
    }

    void an_amendment_has_it_asked_for_again() {
        Desk desk;
        desk.polled(seconds(5));
        desk.source.answer(100, 120);
        std::string changed = plan_text;
        changed.replace(changed.find("query: lag"), 10, "query: all");
        const auto amended = desk.journal.submit(release::Amend{changed, "it was another's"}, {"lena", "lead"});
        QVERIFY2(amended.has_value(), amended ? "" : to_text(amended.error()).c_str());
        QVERIFY(!desk.taken());
    }
};

SLUICE_TEST(BeforeStartTest)
#include "before_start_test.moc"
