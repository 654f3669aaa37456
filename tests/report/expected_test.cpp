#include "report/expected.h"

#include "plan/loader.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;

class ExpectedTest : public QObject {
    Q_OBJECT
private slots:
    void a_person_is_told_what_to_find_data() {
        QTest::addColumn<QString>("expect");
        QTest::addColumn<QString>("told");
        const auto row = [](const char* expect, const char* told) { QTest::newRow(expect) << expect << told; };
        row("{exit: [0, 1]}", "its exit code must be 0 or 1");
        row("{text: '^ok$'}", "this must be found in it: ^ok$");
        row("{no-text: 'ERROR|FATAL'}", "this must not be found in it: ERROR|FATAL");
        row("{number: '< 100'}", "its number must be < 100");
        row("{version-at-least: 2.0.0}", "its version must be 2.0.0 or later");
        row("{json: {/status: healthy}}", "in its JSON /status must be healthy");
        row("{json: {'/items/*/status/phase': {none: {in: [Failed, Pending]}}}}",
            "in its JSON /items/*/status/phase must never be one of Failed, Pending");
        row("{json: {'/items/*/cpu': {all: {must: '< 12'}}}}", "in its JSON /items/*/cpu must all be < 12");
    }
    void a_person_is_told_what_to_find() {
        QFETCH(QString, expect);
        QFETCH(QString, told);
        const auto loaded = plan::load("sluice: 1\nid: small\ntitle: Small\nphases: [{id: a, steps: [{id: b, probe: "
                                       "{run: [look]}, rehearse: {}, expect: " +
                                           expect.toStdString() + "}]}]\n",
                                       "small.yaml");
        QVERIFY2(loaded.plan.has_value(),
                 loaded.diagnostics.empty() ? "" : plan::to_text(loaded.diagnostics.front(), "small.yaml").c_str());
        const auto all =
            report::expected(loaded.plan->steps.front().expect, [](const std::string& text) { return text; });
        QCOMPARE(all, std::vector<std::string>{told.toStdString()});
    }
};

SLUICE_TEST(ExpectedTest)
#include "expected_test.moc"
