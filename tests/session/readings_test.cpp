#include "session/readings.h"
#include "session/tick_codec.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::session;

namespace {

constexpr Nanos start = seconds(1'767'225'600);
const SeriesKey lag{"lag", "", "{}", "messages"};

Sample sample(int at, double value, bool past) {
    Sample made;
    made.series = lag;
    made.value = value;
    made.measured_at = made.received_at = start + seconds(at);
    made.past = past;
    return made;
}

QString text(const Line* line) {
    QStringList parts;
    for (const auto& reading : line ? line->readings() : std::vector<Reading>()) {
        parts << QString("%1=%2").arg((reading.at - start).seconds()).arg(reading.value);
    }
    return parts.join(" ");
}

} // namespace

class ReadingsTest : public QObject {
    Q_OBJECT
private slots:
    void what_was_asked_for_afterwards_is_kept_in_order_and_apart() {
        Readings readings;
        readings.take({1, start, {sample(0, 10, false)}});
        readings.take({2, start, {sample(-20, 3, true), sample(-10, 4, true)}});
        readings.take({3, start + seconds(60), {sample(60, 11, false)}});
        readings.take({4, start + seconds(60), {sample(30, 6, true), sample(-10, 7, true)}});
        readings.take({5, start + seconds(60), {sample(-40, 1, true), sample(-30, 2, true)}});
        QCOMPARE(text(readings.line("lag", "")), QString("0=10 60=11"));
        QCOMPARE(text(readings.past(lag)), QString("-40=1 -30=2 -20=3 -10=4 30=6")); // the first of an instant stays
        QVERIFY(readings.first() == start - seconds(40));
        QVERIFY(readings.last() == start + seconds(60));
        QVERIFY(readings.past({"lag", "green", "{}", "messages"}) == nullptr);
    }

    void a_metric_that_has_only_a_past_was_not_watched() {
        Readings readings;
        readings.take({1, start, {sample(-10, 4, true)}});
        QVERIFY(readings.of("lag").empty());
        QVERIFY(readings.answering("lag", start).empty());
    }

    void only_a_tick_of_the_past_has_the_layout_that_older_programs_refuse() {
        const std::vector<SeriesId> ids = {1, 1};
        std::vector<Sample> samples = {sample(0, 1, false)};
        QCOMPARE(int(encode_tick(start, samples, ids)[0]), 1);
        samples.push_back(sample(-10, 2, true));
        samples.back().detail = "counted as 0";
        const std::string bytes = encode_tick(start, samples, ids);
        QCOMPARE(int(bytes[0]), 2);
        std::vector<Sample> read;
        QVERIFY(decode_tick(start, bytes, [&](SeriesId, const Sample& one) { read.push_back(one); }));
        QCOMPARE(read.size(), std::size_t{2});
        for (std::size_t i = 0; i < read.size(); ++i) {
            QCOMPARE(read[i].past, samples[i].past);
            QCOMPARE(read[i].value, samples[i].value);
            QCOMPARE(read[i].detail, samples[i].detail);
            QVERIFY(read[i].received_at == samples[i].received_at);
        }
        std::string of_layout_1 = bytes;
        of_layout_1[0] = 1;
        QVERIFY(!decode_tick(start, of_layout_1, [](SeriesId, const Sample&) {}));
    }
};

SLUICE_TEST(ReadingsTest)
#include "readings_test.moc"
