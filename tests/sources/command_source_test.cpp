#include "sources/command_source.h"

#include "base/json.h"
#include "base/virtual_scheduler.h"
#include "sources/fake_runner.h"
#include "support/new_year.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::sources;
using series::Status;
using sluice::testing::FakeRunner;
using sluice::testing::new_year;

namespace {

net::ProcessEnd exit_with(int code, std::uint64_t length = 1) {
    net::ProcessEnd end;
    end.exit_code = code;
    end.length = length;
    return end;
}

/// "412", or "source-error" and why.
QString told(const series::SampleBatch& batch) {
    const auto& reading = batch.readings.at(0);
    const bool ok = batch.status == Status::ok && reading.status == Status::ok;
    return QString::fromStdString(ok ? number_text(reading.value)
                                     : std::string(name(batch.status)) + " " + batch.detail);
}

std::shared_ptr<const RedactionSet> secrets() {
    auto set = std::make_shared<RedactionSet>();
    if (!set->add(Secret("s3cr3t-token"), "env:T")) {
        qFatal("a secret is refused");
    }
    return set;
}

CommandMetric counted() {
    CommandMetric metric{"m",      "count", {}, std::nullopt, [](const std::string& key) { return "records/" + key; },
                         secrets()};
    metric.program.argv = {"count", "orders"};
    return metric;
}

} // namespace

class CommandSourceTest : public QObject {
    Q_OBJECT
private slots:
    void the_number_that_is_printed_or_why_there_is_none_data() {
        QTest::addColumn<QString>("extract");
        QTest::addColumn<int>("exit");
        QTest::addColumn<QString>("output");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* title, const char* extract, int exit, const char* output,
                            const char* expected) {
            QTest::newRow(title) << QString(extract) << exit << QString(output) << QString(expected);
        };
        row("the first line", "", 0, "412\nand more\n", "412");
        row("without an end of line", "", 0, " -0.5 ", "-0.5");
        row("as Windows ends lines", "", 0, "7\r\n8\r\n", "7");
        row("zero", "", 0, "0\n", "0");
        row("extracted", "depth: ([0-9]+)", 0, "warning: slow\ndepth: 12\n", "12");
        row("extracted without a group", "[0-9]+", 0, "a 7 b", "7");
        row("nothing", "", 0, "\n", "source-error it printed nothing");
        row("no number", "", 0, "12 orders\n", "source-error its first line '12 orders' is no number");
        row("NaN", "", 0, "NaN\n", "source-error its first line 'NaN' is no number");
        row("an empty line first", "", 0, "\n12\n", "source-error its first line '' is no number");
        row("found nowhere", "depth: ([0-9]+)", 0, "none\n",
            "source-error the pattern finds nothing in what it printed, which begins with 'none'");
        row("found, and no number", "depth: (.*)", 0, "depth: x\n",
            "source-error what the pattern finds, 'x' is no number");
        row("a failure, with a number before it", "", 3, "412\nno such table\n", "source-error exit 3: no such table");
        row("a failure without a word", "", 1, "", "source-error exit 1");
        row("a secret in its last line", "", 1, "refused: s3cr3t-token\n", "source-error exit 1: refused: ‹redacted›");
        row("what a terminal would obey", "", 1, "\x1b[2J\n", "source-error exit 1: \\x1b[2J");
    }
    void the_number_that_is_printed_or_why_there_is_none() {
        QFETCH(QString, extract);
        QFETCH(int, exit);
        QFETCH(QString, output);
        QFETCH(QString, expected);
        VirtualScheduler scheduler(new_year);
        FakeRunner runner;
        auto metric = counted();
        if (!extract.isEmpty()) {
            metric.extract = Pattern::compile(extract.toStdString()).value();
        }
        CommandSource source(runner, scheduler, metric);
        series::SampleBatch batch;
        source.poll(new_year + seconds(5), "poll/m/1", [&](series::SampleBatch got) { batch = std::move(got); });
        const auto bytes = output.toStdString();
        for (const char byte : bytes) { // however it comes
            runner.started.at(0).sink.output(std::string_view(&byte, 1));
        }
        QVERIFY(batch.readings.empty());
        runner.started.at(0).sink.finished(exit_with(exit, bytes.size()));
        QCOMPARE(told(batch), expected);
        QCOMPARE(batch.unit, std::string("count"));
        QCOMPARE(runner.forgotten, (std::vector<std::string>{"records/poll/m/1"}));
        scheduler.run_until(new_year + seconds(9));
        QVERIFY(runner.cancelled.empty());
    }

    void it_is_run_as_the_plan_says_and_held_short() {
        VirtualScheduler scheduler(new_year);
        FakeRunner runner;
        CommandSource source(runner, scheduler, counted());
        source.poll(new_year + seconds(5), "poll/m/1", [](const series::SampleBatch&) {});
        const auto& spec = runner.started.at(0).spec;
        QCOMPARE(spec.argv, (std::vector<std::string>{"count", "orders"}));
        QCOMPARE(spec.key, std::string("poll/m/1#1"));
        QCOMPARE(spec.directory, std::string("records/poll/m/1"));
        QCOMPARE(spec.timeout, seconds(5));
        QCOMPARE(spec.output_budget, CommandSource::budget);
    }

    void how_it_ends_otherwise_is_a_source_error_data() {
        QTest::addColumn<int>("how");
        QTest::addColumn<QString>("expected");
        QTest::newRow("too much output") << 0 << "source-error it printed over 64 KiB";
        QTest::newRow("a signal") << 1 << "source-error it was killed by signal 9: 412";
        QTest::newRow("the runner's time") << 2 << "source-error it ran too long, and was ended";
        QTest::newRow("not there") << 3 << "source-error it could not be run: there is no 'count'";
    }
    void how_it_ends_otherwise_is_a_source_error() {
        QFETCH(int, how);
        QFETCH(QString, expected);
        auto end = exit_with(0, CommandSource::budget + 1);
        if (how > 0) {
            end.exit_code.reset();
            end.signal = 9;
            end.timed_out = how == 2;
        }
        const CommandAnswer answer{how == 3 ? Result<net::ProcessEnd>(fail(ErrorCode::not_found, "there is no 'count'"))
                                            : Result<net::ProcessEnd>(end),
                                   "412\n"};
        QCOMPARE(told(judge_command(counted(), answer, new_year)), expected);
    }

    void it_may_print_a_state() {
        CommandMetric metric = counted();
        metric.states = {{"primary", 0, "primary"}, {"standby", 1, "standby"}};
        net::ProcessEnd end;
        end.exit_code = 0;
        const auto say = [&](const std::string& output) {
            return told(judge_command(metric, CommandAnswer{end, output}, new_year));
        };
        QCOMPARE(say("standby\n"), "1");
        QCOMPARE(say("primary"), "0");
        QCOMPARE(say("1\n"), "source-error its first line '1' is none of its states");
    }

    void at_the_deadline_it_is_ended_and_the_poll_is_answered_once() {
        VirtualScheduler scheduler(new_year);
        FakeRunner runner;
        CommandSource source(runner, scheduler, counted());
        QStringList answers;
        source.poll(new_year + seconds(5), "poll/m/1",
                    [&](const series::SampleBatch& batch) { answers.append(told(batch)); });
        scheduler.run_until(new_year + seconds(4));
        QVERIFY(answers.empty());
        scheduler.run_until(new_year + seconds(5));
        QCOMPARE(answers, (QStringList{"source-error it ran too long, and was ended"}));
        QCOMPARE(runner.cancelled, (std::vector<int>{1}));
        runner.started.at(0).sink.output("7\n");
        runner.started.at(0).sink.finished(exit_with(0));
        QCOMPARE(answers.size(), 1);
        QCOMPARE(runner.forgotten.size(), 1u);
    }

    void with_the_release_its_programs_end_data() {
        QTest::addColumn<bool>("gone");
        QTest::newRow("the polls are stopped") << false;
        QTest::newRow("the source is gone") << true;
    }
    void with_the_release_its_programs_end() {
        QFETCH(bool, gone);
        VirtualScheduler scheduler(new_year);
        FakeRunner runner;
        int answers = 0;
        auto source = std::make_unique<CommandSource>(runner, scheduler, counted());
        for (const char* key : {"poll/m/1", "poll/m/2"}) {
            source->poll(new_year + seconds(5), key, [&](const series::SampleBatch&) { ++answers; });
        }
        runner.started.at(0).sink.finished(exit_with(0));
        QCOMPARE(answers, 1);
        if (gone) {
            source.reset();
        } else {
            source->end();
        }
        QCOMPARE(runner.cancelled, (std::vector<int>{2})); // not the one that has ended
        runner.started.at(1).sink.output("7\n");
        runner.started.at(1).sink.finished(exit_with(0));
        scheduler.run_until(new_year + seconds(9));
        QCOMPARE(answers, 1);
        QCOMPARE(runner.forgotten.size(), 2u); // what it printed does not stay
    }
};

SLUICE_TEST(CommandSourceTest)
#include "command_source_test.moc"
