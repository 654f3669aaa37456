#include "support/suite.h"

#ifndef Q_MOC_RUN
#include "base/pattern.h"
#include "base/quantity.h"
#include "plan/expect.h"
#include "plan/fill.h"
#include "plan/loader.h"
#include "plan/secret_reference.h"
#include "plan/variables.h"
#include "plan/version.h"
#endif

#include <QtTest>

using namespace sluice;
using namespace sluice::plan;

class ValuesTest : public QObject {
    Q_OBJECT

private slots:
    void durations_are_read_as_people_write_them_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("nanos"); // −1: refused
        QTest::newRow("hours and minutes") << "1h30m" << qint64(5'400'000'000'000);
        QTest::newRow("seconds") << "90s" << qint64(90'000'000'000);
        QTest::newRow("milliseconds") << "500ms" << qint64(500'000'000);
        QTest::newRow("days") << "2d" << qint64(172'800'000'000'000);
        QTest::newRow("nothing") << "0s" << qint64(0);
        QTest::newRow("no unit") << "90" << qint64(-1);
        QTest::newRow("empty") << "" << qint64(-1);
        QTest::newRow("order") << "30m1h" << qint64(-1);
        QTest::newRow("twice") << "1m1m" << qint64(-1);
        QTest::newRow("negative") << "-5m" << qint64(-1);
        QTest::newRow("fraction") << "1.5h" << qint64(-1);
        QTest::newRow("too long") << "999999999d" << qint64(-1);
        QTest::newRow("space") << "5 m" << qint64(-1);
        QTest::newRow("other unit") << "5min" << qint64(-1);
    }
    void durations_are_read_as_people_write_them() {
        QFETCH(QString, text);
        QFETCH(qint64, nanos);
        const auto length = parse_duration(text.toStdString());
        QCOMPARE(length ? length->count : -1, nanos);
        if (length) {
            QCOMPARE(parse_duration(duration_text(*length))->count, nanos);
        }
    }

    void quantities_come_in_base_units_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        QTest::addColumn<bool>("good");
        QTest::newRow("per cent") << "0.1%" << 0.001 << true;
        QTest::newRow("milliseconds") << "200ms" << 0.2 << true;
        QTest::newRow("thousands") << "10k" << 10000.0 << true;
        QTest::newRow("plain") << "-3.5" << -3.5 << true;
        QTest::newRow("bytes") << "2GiB" << 2147483648.0 << true;
        QTest::newRow("exponent") << "1e3" << 0.0 << false;
        QTest::newRow("word") << "many" << 0.0 << false;
        QTest::newRow("not a number") << "nan" << 0.0 << false;
    }
    void quantities_come_in_base_units() {
        QFETCH(QString, text);
        QFETCH(double, value);
        QFETCH(bool, good);
        const auto quantity = parse_quantity(text.toStdString());
        QCOMPARE(quantity.has_value(), good);
        if (good) {
            QCOMPARE(quantity->value, value);
        }
    }

    void no_data_holds_under_no_comparison() {
        for (const char* text : {"< 1", "<= 1", "> 1", ">= 1", "== 1", "!= 1"}) {
            QVERIFY(!parse_must(text)->holds(std::nan("")));
        }
        QVERIFY(parse_must("<= 0.1%")->holds(0.001));
        QVERIFY(!parse_must("< 0.1%")->holds(0.001));
    }

    void patterns_survive_hostile_text() {
        const auto nested = Pattern::compile("(a+)+$");
        QVERIFY(nested.has_value());
        QVERIFY(!nested->found_in(std::string(3000, 'a') + "!"));
        QVERIFY(Pattern::compile(".*x")->found_in(std::string(500'000, 'y') + "\nx"));
        QVERIFY(Pattern::compile("ERROR")->found_in(std::string(10'000, 'y') + "ERROR" + std::string(10'000, 'y')));
        QVERIFY(!Pattern::compile("a{1000}{1000}").has_value());
        QVERIFY(!Pattern::compile(std::string(600, '(')).has_value());
        QVERIFY(!Pattern::compile("(a)\\1").has_value());
    }

    void a_match_in_a_long_line_is_whole_wherever_it_stands() {
        const auto depth = Pattern::compile("depth=([0-9]+(?:\\.[0-9]+)?)");
        const auto anchored = Pattern::compile("^depth=([0-9]+)$");
        for (std::size_t before = 980; before < 1600; before += before == 1030 ? 470 : 1) { // pieces end within it
            const std::string line = std::string(before, 'y') + "depth=12345.75;" + std::string(1500, 'y');
            const auto found = depth->find(line);
            if (found != "12345.75") {
                QFAIL(qPrintable(QString("%1 behind %2 bytes").arg(found.value_or("nothing").c_str()).arg(before)));
            }
            QVERIFY(!anchored->found_in(line));
        }
        QVERIFY(Pattern::compile("x.*")->found_in("x" + std::string(5000, 'y')));
        QCOMPARE(*depth->find(std::string(2000, 'y') + "depth=7"), std::string("7"));
    }

    void a_hostile_value_stays_one_argument() {
        const std::string evil = "x; rm -rf / $(reboot) `id` ${version} \n'\"";
        const Scope scope{{"v", evil}, {"version", "1"}};
        const auto argv = fill(std::vector<std::string>{"echo", "--set=${v}", "$${v}", "$HOME"}, scope);
        QCOMPARE(*argv, (std::vector<std::string>{"echo", "--set=" + evil, "${v}", "$HOME"}));
    }

    void nul_and_unknown_names_are_refused() {
        QVERIFY(!fill("${v}", {{"v", std::string("a\0b", 3)}}));
        QVERIFY(!fill("${other}", {}));
        QVERIFY(!fill("${v", {{"v", "a"}}));
        QVERIFY(!fill("${a b}", {}));
    }

    void a_value_stays_within_its_segment() {
        const Scope scope{{"id", "../a?b#c d/ü"}, {"dots", ".."}};
        QCOMPARE(*fill_url("/streams/${id}?q=${id}", scope),
                 std::string("/streams/..%2Fa%3Fb%23c%20d%2F%C3%BC?q=..%2Fa%3Fb%23c%20d%2F%C3%BC"));
        QVERIFY(!fill_url("/streams/${dots}/x", scope));
        QVERIFY(fill_url("/streams/x${dots}", scope).has_value());
    }

    void only_strings_of_json_are_filled() {
        const Json filled = *fill_json(Json::parse(R"({"a": ["${v}", 3, true], "${v}": "x${v}"})"), {{"v", "\"},{"}});
        QCOMPARE(filled["a"][0].get<std::string>(), std::string("\"},{"));
        QCOMPARE(filled["${v}"].get<std::string>(), std::string("x\"},{"));
        QCOMPARE(filled["a"][1].get<int>(), 3);
    }

    void versions_follow_semver() {
        const auto order = [](const char* a, const char* b) {
            return compare(*parse_version(a), *parse_version(b)) < 0;
        };
        QVERIFY(order("1.2.3", "v1.2.4") && order("1.9.0", "1.10.0") && order("1.2.0-rc.1", "1.2.0"));
        QVERIFY(order("1.0.0-alpha", "1.0.0-alpha.1") && order("1.0.0-2", "1.0.0-11") && order("1.0.0-11", "1.0.0-a"));
        QVERIFY(!parse_version("1.2") && !parse_version("01.2.3") && !parse_version("1.2.3 "));
        QCOMPARE(find_version("user-service v1.2.4 (linux)")->patch, 4);
    }

    void secrets_are_known_by_their_form() {
        QCOMPARE(secret_value("Bearer env:TOKEN")->before, std::string("Bearer "));
        QCOMPARE(secret_value("file:/run/x")->reference, std::string("file:/run/x"));
        QCOMPARE(secret_value("Token vault:kv/x#y")->reference, std::string("vault:kv/x#y"));
        QVERIFY(!secret_value(" env:A") && !secret_value("vault:kv/x") && !secret_value("keychain:x"));
        QVERIFY(!secret_value("Bearer abc") && !secret_value("env:") && !secret_value("env:A B"));
    }

    void every_reference_of_a_plan_is_known_before_it_starts() {
        const auto outcome = load(R"(sluice: 1
id: p
variables: {token: {type: secret}, other: {type: secret, required-if: {var: x, equals: y}}, x: {default: z}}
connections:
  shop: {http: {url: 'https://shop', headers: {X-Key: 'file:key'}}}
  events: {kafka: {bootstrap: 'b:1', security: {password: 'vault:kv/kafka#password'}}}
  c: {kubernetes: {}}
phases:
  - id: one
    steps:
      - {id: a, run: [x], environment: {A: 'env:A', B: plain, C: 'Bearer ${token}'}, rehearse: {}}
      - {id: b, http: {path: /, headers: {Authorization: 'Bearer keychain:s/a'}}, on: shop, verify: {http: {path: /, headers: {X: 'env:V'}}}}
      - {id: d, kubernetes: {set-env: deployment/x, namespace: n, body: {P: 'env:P', Q: q}}, on: c}
      - {id: e, probe: {run: [x]}, environment: {A: 'env:A'}, rehearse: {}}
)",
                                  "p");
        QVERIFY2(outcome.plan, outcome.diagnostics.empty() ? "" : to_text(outcome.diagnostics.front(), "p").c_str());
        std::vector<std::string> all;
        for (const auto& use : secrets_needed(*outcome.plan, {{"token", "env:T"}, {"other", ""}, {"x", "z"}})) {
            all.push_back(use.reference + " " + use.where);
        }
        QCOMPARE(all, (std::vector<std::string>{
                          "file:key connection shop, X-Key", "vault:kv/kafka#password connection events, password",
                          "env:A step a, A", "env:V step b, X", "keychain:s/a step b, Authorization", "env:P step d, P",
                          "env:T the variable token"}));
    }

    void variables_are_checked_and_then_frozen() {
        const auto outcome = load(R"(sluice: 1
id: p
variables:
  version: {type: semver, ask: true}
  tag: {default: 'app-${version}', pattern: 'app-v?[0-9.]+'}
  count: {type: integer, default: 3}
  region: {type: enum, choices: [north, south], default: north}
  reason: {pattern: 'R-[0-9]+', required-if: {var: region, equals: south}}
phases: [{id: one, steps: [{id: a, confirm: x}]}]
)",
                                  "p");
        QVERIFY(outcome.plan.has_value());
        const Plan& plan = *outcome.plan;
        const auto good = freeze(plan, {{"version", "v1.2.4"}, {"count", "007"}}, {});
        QVERIFY(good.errors.empty());
        QCOMPARE(
            good.values,
            (Scope{{"version", "v1.2.4"}, {"tag", "app-v1.2.4"}, {"count", "7"}, {"region", "north"}, {"reason", ""}}));
        QCOMPARE(freeze(plan, good.values, {}).values, good.values); // as an amendment freezes them once more
        QCOMPARE(freeze(plan, {{"version", "1.2.4"}, {"region", "south"}, {"reason", ""}}, {}).errors.at(0).where,
                 std::string("reason"));
        QCOMPARE(freeze(plan, {}, {}).errors.size(), std::size_t{2}); // the version, and the tag that needs it
        QCOMPARE(freeze(plan, {{"version", "1.2.4"}, {"region", "south"}}, {}).errors.at(0).where,
                 std::string("reason"));
        QCOMPARE(freeze(plan, {{"version", "1.2.4"}, {"cuont", "1"}}, {}).errors.at(0).remedy,
                 std::string("did you mean 'count'?"));
        QVERIFY(!freeze(plan, {{"version", "1.2"}}, {}).errors.empty());
        QVERIFY(!freeze(plan, {{"version", "1.2.4"}, {"tag", "app-1\n"}}, {}).errors.empty());
        QCOMPARE(to_ask(plan, {}).size(), std::size_t{1});
    }

    void a_mistyped_secret_is_not_repeated() {
        Variable token;
        token.name = "token";
        token.type = VariableType::secret;
        QVERIFY(to_text(check_value(token, "hunter2").error()).find("hunter2") == std::string::npos);
    }
};

SLUICE_TEST(ValuesTest)
#include "values_test.moc"
