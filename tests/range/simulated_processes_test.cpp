#include "range/simulated_processes.h"
#include "rehearsed.h"

#include "base/digest.h"

#include "support/suite.h"

using namespace sluice;
using namespace sluice::range;

class SimulatedProcessesTest : public QObject {
    Q_OBJECT

    struct Heard {
        bool started = false;
        std::string output;
        std::optional<Result<net::ProcessEnd>> end;
    };
    static net::ProcessSink into(Heard& heard) {
        return {[&] { heard.started = true; },
                [&](std::string_view bytes) { heard.output += bytes; },
                {},
                [&](Result<net::ProcessEnd> end) { heard.end = std::move(end); }};
    }
    static net::ProcessSpec spec(const std::string& key) {
        net::ProcessSpec made;
        made.argv = {"helm", "upgrade"};
        made.key = key;
        return made;
    }

private slots:
    void a_command_takes_its_time_and_then_changes_the_production() {
        Rehearsed r;
        SimulatedProcesses processes(
            r.scheduler, {[&](const std::string& path) { return r.range->apply_manifest(file(path), path); },
                          [&](const std::string& object) { return r.range->remove(object); }});
        processes.expect("s/deploy-green/", *parse_act({{"takes", "90s"},
                                                        {"output", "Release \"user-service-green\" installed\n"},
                                                        {"apply", "tests/range/nova_green.yaml"}},
                                                       ""));
        Heard heard;
        processes.start(spec("s/deploy-green/1"), into(heard));
        QVERIFY(!heard.started);
        r.pass(seconds(89));
        QVERIFY(heard.started && !heard.end);
        QCOMPARE(heard.output, "Release \"user-service-green\" installed\n");
        QCOMPARE(r.api("GET", r.green).status, 404);
        r.pass(seconds(2));
        QVERIFY(heard.end && *heard.end);
        QCOMPARE((*heard.end)->exit_code, std::optional(0));
        QCOMPARE(((*heard.end)->ended - (*heard.end)->started).count, seconds(90).count);
        QVERIFY(r.rolled_out(r.green));
    }

    void its_lines_come_on_the_way() {
        Rehearsed r;
        SimulatedProcesses processes(r.scheduler, {});
        processes.expect("s/", *parse_act({{"takes", "30s"}, {"output", "one\ntwo\nthree"}}, ""));
        processes.expect("s/many/", *parse_act({{"takes", "30s"}, {"output", std::string(1000, '\n')}}, ""));
        Heard heard, cut, cancelled, many;
        processes.start(spec("s/a/1"), into(heard));
        auto short_spec = spec("s/b/1");
        short_spec.timeout = seconds(10);
        processes.start(short_spec, into(cut));
        const auto id = processes.start(spec("s/c/1"), into(cancelled));
        processes.start(spec("s/many/1"), into(many));
        r.pass(seconds(1));
        QCOMPARE(heard.output, "one\n");
        processes.cancel(id);
        r.pass(seconds(13));
        QCOMPARE(heard.output, "one\n");
        QVERIFY(cut.end && (*cut.end)->timed_out); // and so it is told: nothing that was not printed
        QCOMPARE((*cut.end)->length, std::uint64_t{4});
        QCOMPARE((*cut.end)->digest, hex(sha256("one\n")));
        QCOMPARE((*cancelled.end)->digest, hex(sha256("one\n")));
        QVERIFY(many.output.size() > 400 && many.output.size() < 600);
        r.pass(seconds(2));
        QCOMPARE(heard.output, "one\ntwo\nthree"); // what has no end of line comes with the line before
        r.pass(seconds(20));
        QVERIFY(heard.end && *heard.end);
        QCOMPARE((*heard.end)->length, std::uint64_t{13});
        QCOMPARE((*heard.end)->digest, hex(sha256("one\ntwo\nthree")));
        QCOMPARE(many.output.size(), std::size_t{1000});
        QCOMPARE((*many.end)->length, std::uint64_t{1000});
    }

    void a_poll_can_answer_otherwise_the_second_time() {
        Rehearsed r;
        SimulatedProcesses processes(r.scheduler, {});
        processes.expect("s/snapshot/",
                         *parse_act({{"output", "creating"}, {"then", {{{"output", "available"}}}}}, ""));
        for (const char* wanted : {"creating", "available", "available"}) {
            Heard heard;
            processes.start(spec("s/snapshot/1"), into(heard));
            r.pass(seconds(1));
            QCOMPARE(heard.output, wanted);
        }
    }

    void a_timeout_ends_it_before_it_has_changed_anything() {
        Rehearsed r;
        bool applied = false;
        SimulatedProcesses processes(r.scheduler, {[&](const std::string&) -> Result<void> {
                                                       applied = true;
                                                       return {};
                                                   },
                                                   {}});
        processes.expect("s/", *parse_act({{"takes", "10m"}, {"apply", "x.yaml"}}, ""));
        Heard late, cancelled;
        auto short_spec = spec("s/a/1");
        short_spec.timeout = minutes(1);
        processes.start(short_spec, into(late));
        const auto second = processes.start(spec("s/b/1"), into(cancelled));
        r.pass(minutes(2));
        QVERIFY(late.end && (*late.end)->timed_out && (*late.end)->signal == 15);
        processes.cancel(second);
        r.pass(minutes(20));
        QVERIFY(cancelled.end && (*cancelled.end)->cancelled);
        QVERIFY(!applied);
    }

    void a_command_without_rehearse_does_not_run() {
        Rehearsed r;
        SimulatedProcesses processes(r.scheduler, {});
        Heard heard;
        processes.start(spec("s/unknown/1"), into(heard));
        r.pass(seconds(1));
        QVERIFY(heard.end && !*heard.end && heard.end->error().code == ErrorCode::refused);
    }

    void unknown_keys_are_refused() {
        QVERIFY(!parse_act({{"exits", 0}}, "plan.yaml:1:1"));
        QVERIFY(!parse_act({{"takes", "soon"}}, "plan.yaml:1:1"));
        QVERIFY(!parse_act({{"then", {{{"exit", 1000}}}}}, "plan.yaml:1:1"));
    }
};

SLUICE_TEST(SimulatedProcessesTest)
#include "simulated_processes_test.moc"
