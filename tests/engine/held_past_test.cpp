#include "engine/held_past.h"
#include "plan/loader.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::engine;

namespace {

const char* const watched = R"(sluice: 1
id: small
title: A small plan
connections:
  prom: {prometheus: {url: 'http://prometheus:9090'}}
  other: {prometheus: {url: 'http://other:9090'}}
metrics:
  errors: {from: prom, query: errors, unit: ratio}
phases:
  - id: main
    steps:
      - {id: begin, confirm: Begin}
)";

plan::Plan plan_with(const char* was = "", const char* is = "") {
    std::string text = watched;
    const std::string from = was;
    if (!from.empty()) {
        text.replace(text.find(from), from.size(), is);
    }
    return *plan::load(text, "p.yaml").plan;
}

series::SampleBatch at(int second) {
    series::SampleBatch batch;
    batch.metric = "errors";
    batch.received_at = seconds(second);
    return batch;
}

/// A past that was asked for each ten seconds, and what of it is missing.
QString missing(HeldPast& held, int from, int till) {
    std::vector<series::SampleBatch> past;
    for (int second = from; second <= till; second += 10) {
        past.push_back(at(second));
    }
    QStringList text;
    for (const auto& batch : held.missing(past)) {
        text << QString::number(batch.received_at.seconds());
    }
    return text.join(" ");
}

void watch(HeldPast& held, int from, int till) {
    for (int second = from; second <= till; second += 5) {
        held.answered(at(second), seconds(15));
    }
}

} // namespace

class HeldPastTest : public QObject {
    Q_OBJECT
private slots:
    void after_an_amendment_the_file_takes_what_it_has_not_data() {
        QTest::addColumn<QString>("was");
        QTest::addColumn<QString>("is");
        QTest::addColumn<QString>("kept");
        const QString all = "60 70 80 90 100 110 120";
        QTest::newRow("the metric is the same, and a gate looks further back") << "Begin}"
                                                                               << "Now}"
                                                                               << "60 70";
        QTest::newRow("the metric asks another question") << "query: errors"
                                                          << "query: faults" << all;
        QTest::newRow("it asks somebody else") << "from: prom"
                                               << "from: other" << all;
        QTest::newRow("who is asked is somewhere else") << "//prometheus:"
                                                        << "//thanos:" << all;
        QTest::newRow("it has another name") << "errors: {"
                                             << "faults: {" << all;
    }
    void after_an_amendment_the_file_takes_what_it_has_not() {
        QFETCH(QString, was);
        QFETCH(QString, is);
        QFETCH(QString, kept);
        HeldPast held;
        watch(held, 100, 120);
        QCOMPARE(missing(held, 80, 90), QString("80 90")); // what was before the first answer
        held.amended(plan_with(), plan_with(was.toUtf8().constData(), is.toUtf8().constData()));
        watch(held, 125, 140);
        QCOMPARE(missing(held, 60, 120), kept);
        QCOMPARE(missing(held, 60, 120), QString()); // once
    }

    void a_gap_is_missing_also_where_the_plan_was_amended_within_it() {
        HeldPast held;
        watch(held, 100, 120);
        held.amended(plan_with(), plan_with("Begin}", "Now}"));
        watch(held, 200, 220);
        QCOMPARE(missing(held, 90, 190), QString("90 130 140 150 160 170 180 190"));
    }

    void who_could_not_be_asked_has_answered_nothing() {
        HeldPast held;
        auto wrong = at(100);
        wrong.status = series::Status::source_error;
        held.answered(wrong, seconds(15));
        QCOMPARE(missing(held, 90, 110), QString("90 100 110"));
    }

    /// It ended before the hour before its start had come, and could not reach the source for a while.
    void of_an_earlier_life_of_the_program_is_there_what_the_file_has() {
        HeldPast held;
        held.was_held("errors", {seconds(50), seconds(55), seconds(60), seconds(100), seconds(110), seconds(120)},
                      seconds(15));
        watch(held, 300, 310);
        QCOMPARE(missing(held, 30, 290), QString("30 40 70 80 90 130 140 150 160 170 180 190 200 210 220 230 240 250 "
                                                 "260 270 280 290"));
    }
};

SLUICE_TEST(HeldPastTest)
#include "held_past_test.moc"
