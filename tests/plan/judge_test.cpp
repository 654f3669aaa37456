#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "plan/condition.h"
#include "plan/expect.h"
#include "plan/loader.h"
#include "plan/step.h"
#include "plan/utf8.h"
#endif

#include <QtTest>

using namespace sluice;
using namespace sluice::plan;

class JudgeTest : public QObject {
    Q_OBJECT

    /// The expectation as a plan spells it.
    static Expect expectation(const std::string& yaml) {
        const auto outcome =
            load("sluice: 1\nid: p\nconnections: {c: {http: {url: 'http://c'}}}\nphases: [{id: one, steps: [{id: a, "
                 "probe: {http: /}, on: c, expect: " +
                     yaml + "}]}]\n",
                 "p");
        for (const Diagnostic& one : outcome.diagnostics) {
            qWarning("%s", to_text(one, "p").c_str());
        }
        return outcome.plan.value().steps.front().expect;
    }

private slots:
    void results_are_judged_as_the_plan_says_data() {
        QTest::addColumn<QString>("expect");
        QTest::addColumn<QString>("json");
        QTest::addColumn<bool>("met");
        const char* pods =
            R"({"items": [{"name": "a", "status": {"phase": "Running", "c": [{"type": "Ready", "status": "True"}, {"type": "X", "status": "False"}]}, "n": "812m", "at": "2026-01-06T02:00:00Z"},
                               {"name": "b", "status": {"phase": "Succeeded", "c": [{"type": "Ready", "status": "True"}]}, "n": "3", "at": "2026-01-06T01:00:00Z"}], "version": "v1.2.4"})";
        const auto row = [&](const char* name, const char* expect, bool met) {
            QTest::newRow(name) << expect << pods << met;
        };
        row("all in", "{json: {'/items/*/status/phase': {all: {in: [Running, Succeeded]}}}}", true);
        row("all equal, one is not", "{json: {'/items/*/status/phase': {all: Running}}}", false);
        row("any", "{json: {'/items/*/status/phase': {any: Running}}}", true);
        row("none", "{json: {'/items/*/status/phase': {none: {in: [Failed, Pending]}}}}", true);
        row("none, but one is", "{json: {'/items/*/status/phase': {none: Running}}}", false);
        row("all of nothing is not met", "{json: {'/nothing/*/x': {all: Running}}}", false);
        row("none of nothing is met", "{json: {'/nothing/*/x': {none: Running}}}", true);
        row("those with a type", "{json: {'/items/*/status/c/type=Ready/status': {all: 'True'}}}", true);
        row("count", "{json: {'/items/*': {count: '== 2'}}}", true);
        row("count of", "{json: {'/items/*/status/phase': {count: '>= 2', of: Running}}}", false);
        row("amounts", "{json: {'/items/*/n': {all: {must: '<= 3'}}}}", true);
        row("amounts past the limit", "{json: {'/items/*/n': {all: {must: '< 3'}}}}", false);
        row("index", "{json: {/items/1/name: b}}", true);
        row("index past the end", "{json: {/items/2/name: b}}", false);
        row("version", "{json: {/version: {version-at-least: 1.2.4}}}", true);
        row("older version", "{json: {/version: {version-at-least: '${operator}'}}}", false);
        row("young", "{json: {/items/0/at: {younger-than: 5m}}}", true);
        row("old", "{json: {/items/1/at: {younger-than: 5m}}}", false);
        row("matches", "{json: {/items/0/name: {matches: '^[ab]$'}}}", true);
        row("text", "{text: Running}", true);
        row("text that must not be there", "{no-text: Running}", false);
        row("status", "{status: [404, 410]}", false);
        row("refusal wanted", "{refused: true}", false);
    }
    void results_are_judged_as_the_plan_says() {
        QFETCH(QString, expect);
        QFETCH(QString, json);
        QFETCH(bool, met);
        StepResult result;
        result.status = 200;
        result.text = json.toStdString();
        result.json = Json::parse(result.text);
        const auto judgement = judge(expectation(expect.toStdString()), result, {{"operator", "1.3.0"}},
                                     Nanos{1767665040'000000000}); // 02:04
        QVERIFY2(judgement.met == met, judgement.why.c_str());
        QVERIFY(!judgement.why.empty());
    }

    void a_refusal_that_is_wanted_passes() {
        StepResult result;
        result.status = 403;
        QVERIFY(judge(expectation("{refused: true}"), result, {}, {}).met);
        QVERIFY(!judge(expectation("{}"), result, {}, {}).met);
    }

    void ready_counts_by_itself_unless_all_are_asked_for() {
        StepResult result;
        result.exit = 1; // 3 of 4
        result.number = 3;
        Expect three = expectation("{ready: '>= 3'}");
        QVERIFY(judge(three, result, {}, {}).met);
        three.exit = {0};
        QVERIFY(!judge(three, result, {}, {}).met);
        QVERIFY(!judge(expectation("{}"), result, {}, {}).met);
    }

    void the_first_number_of_the_output_counts() {
        StepResult result;
        result.exit = 0;
        result.text = " 0.412\n";
        QVERIFY(judge(expectation("{number: '< 0.7'}"), result, {}, {}).met);
        result.text = "none";
        QVERIFY(!judge(expectation("{number: '< 0.7'}"), result, {}, {}).met);
    }

    void outputs_are_taken_and_checked() {
        StepResult result;
        result.text = "kernel 6.1.0\n";
        result.json = Json::parse(R"({"pods": ["green-1"], "n": 3})");
        QCOMPARE(*extract({"pod", "string", "/pods/0", "", "[a-z0-9-]+", {}}, result), std::string("green-1"));
        QCOMPARE(*extract({"n", "integer", "/n", "", "", {}}, result), std::string("3"));
        QCOMPARE(*extract({"k", "string", "", "kernel ([0-9.]+)", "", {}}, result), std::string("6.1.0"));
        QCOMPARE(*extract({"all", "string", "", "", "", {}}, result), std::string("kernel 6.1.0"));
        QVERIFY(!extract({"pod", "string", "/pods/1", "", "", {}}, result));
        // Whatever a program prints, what is told of it can be kept.
        result.text = "a\377b";
        QCOMPARE(extract({"o", "string", "", ".+", "", {}}, result).error().what,
                 "the output 'o' is 'a\\xffb', which is no UTF-8");
        for (const int length : {118, 119, 120}) { // cut within a letter of two bytes
            result.text = std::string(static_cast<std::size_t>(length), 'x') + "äöü";
            const auto error = extract({"n", "integer", "", "", "", {}}, result).error().what;
            QVERIFY(!first_bad_utf8(error));
        }
        QVERIFY(!extract({"pod", "integer", "/pods/0", "", "", {}}, result));
        QVERIFY(!extract({"pod", "string", "/pods/0", "", "[a-z]+", {}}, result));
    }

    void conditions_have_three_values() {
        const auto is = [](const char* text) {
            Condition condition;
            condition.text = text;
            return condition;
        };
        Condition metric;
        metric.kind = Condition::Kind::metric;
        metric.name = "errors";
        const auto join = [](Condition::Kind kind, std::vector<Condition> parts) {
            Condition condition;
            condition.kind = kind;
            condition.parts = std::move(parts);
            return condition;
        };
        const Scope scope{{"yes", "true"}, {"no", "false"}};
        using K = Condition::Kind;
        QCOMPARE(evaluate(is("${yes}"), scope).truth, Truth::yes);
        QCOMPARE(evaluate(is("${missing}"), scope).truth, Truth::unknown);
        QCOMPARE(evaluate(join(K::all, {metric, is("${no}")}), scope).truth, Truth::no);
        QCOMPARE(evaluate(join(K::all, {metric, is("${yes}")}), scope).truth, Truth::unknown);
        QCOMPARE(evaluate(join(K::any, {metric, is("${yes}")}), scope).truth, Truth::yes);
        QCOMPARE(evaluate(join(K::any, {metric, is("${no}")}), scope).truth, Truth::unknown);
        QCOMPARE(evaluate(join(K::negation, {metric}), scope).truth, Truth::unknown);
        QCOMPARE(evaluate(join(K::negation, {metric}), scope, [](const Condition&) { return Truth::no; }).truth,
                 Truth::yes);
    }
};

SLUICE_TEST(JudgeTest)
#include "judge_test.moc"
