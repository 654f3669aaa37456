/// What a step gives to later ones, by a person's word where its own answer is lost.
#include "driver.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

namespace {

/// A program that gives a pod and a number, used by the step after it; not safe to run twice.
Driver giving(const std::string& more = "") {
    return whole("phases: [{id: m, steps: [{id: make, run: [make], outputs: {pod: {pattern: 'web-[0-9]+'}, "
                 "count: {type: integer}}" +
                 more +
                 "}, {id: use, run: [use, '${pod}', '${count}']}]}]\nrollback: {options: {back: {steps: "
                 "[{id: see, confirm: See}]}}}\n");
}

/// Its outcome is not known.
Driver in_doubt(const std::string& more = "") {
    Driver drive = giving(more);
    drive.prepare("make");
    drive.submit(Unknown{drive.operation("make"), "the program ended without its result", ""}, engine);
    return drive;
}

using Outputs = std::map<std::string, std::string>;
const Outputs both = {{"pod", "web-3"}, {"count", "7\n"}};

} // namespace

class OutputsTest : public QObject {
    Q_OBJECT

    static std::string answered(Driver& drive, const std::string& answer, const Outputs& outputs) {
        return drive.submit(ResolveDoubt{drive.operation("make"), answer, "I looked", outputs});
    }

private slots:
    void what_happened_is_told_with_what_it_gave() {
        Driver drive = in_doubt();
        QCOMPARE(drive.status("make"), "in doubt");
        QCOMPARE(answered(drive, "happened", {}), "its own answer is lost, and with it pod, count");
        QCOMPARE(answered(drive, "happened", {{"pod", "web-3"}}), "other steps take more of it: count");
        QCOMPARE(answered(drive, "happened", both), "");
        QCOMPARE(drive.status("make"), "passed");
        QCOMPARE(drive.status("use"), "running");
        QCOMPARE(scope(drive.release).at("pod"), "web-3");
        QCOMPARE(scope(drive.release).at("count"), "7"); // a line end is no part of it
        for (const auto& taken : drive.all<OutputTaken>()) {
            QCOMPARE(taken.by.name, "lena");
        }
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }
    void what_can_not_be_it_is_refused_data() {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("refused");
        QTest::newRow("pattern") << "happened"
                                 << "pod"
                                 << "db-1"
                                 << "the output 'pod' is 'db-1', which does not match 'web-[0-9]+'";
        QTest::newRow("type") << "skip"
                              << "count"
                              << "many"
                              << "the output 'count' is 'many', which is no integer";
        QTest::newRow("unknown") << "happened"
                                 << "node"
                                 << "n1"
                                 << "the step gives no 'node'";
        QTest::newRow("run again") << "run-again"
                                   << "pod"
                                   << "web-1"
                                   << "nothing takes what it gave";
        QTest::newRow("abort") << "abort"
                               << "pod"
                               << "web-1"
                               << "nothing takes what it gave";
    }
    void what_can_not_be_it_is_refused() {
        QFETCH(QString, answer);
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(QString, refused);
        Driver drive = in_doubt();
        Outputs outputs = both;
        outputs[name.toStdString()] = value.toStdString();
        const auto before = drive.log.size();
        QCOMPARE(QString::fromStdString(answered(drive, answer.toStdString(), outputs)), refused);
        QCOMPARE(drive.log.size(), before);
    }
    void what_is_skipped_may_have_given_it() {
        Driver drive = in_doubt();
        // A part of it would leave the steps that use the rest with no way on.
        QCOMPARE(answered(drive, "skip", {{"pod", "web-3"}}), "other steps take more of it: count");
        QCOMPARE(answered(drive, "skip", both), "");
        QCOMPARE(drive.status("make"), "skipped");
        QCOMPARE(scope(drive.release).at("pod"), "web-3");
        Driver silent = in_doubt();
        QCOMPARE(answered(silent, "skip", {}), "");

        Driver failed = giving();
        failed.prepare("make");
        failed.settle("make", false);
        QCOMPARE(failed.status("make"), "failed");
        QCOMPARE(failed.submit(Skip{"make", "done by hand", {{"pod", "db"}}}),
                 "the output 'pod' is 'db', which does not match 'web-[0-9]+'");
        QCOMPARE(failed.submit(Skip{"make", "done by hand", both}), "");
        QCOMPARE(failed.status("use"), "running");
        QCOMPARE(scope(failed.release).at("pod"), "web-3");
        QCOMPARE(replayed(failed.log), state_text(failed.release));
    }
    void what_is_given_up_need_not_have_given_anything() {
        Driver drive = in_doubt();
        QCOMPARE(drive.submit(RollBack{"back", "", "it is bad"}), "");
        QCOMPARE(answered(drive, "happened", {}), "");
    }
    void what_nothing_takes_need_not_be_said() {
        Driver drive = whole("phases: [{id: m, steps: [{id: make, run: [make], outputs: {pod: {}, spare: {}}}, "
                             "{id: use, run: [use, '${pod}']}]}]\n");
        drive.prepare("make");
        drive.submit(Unknown{drive.operation("make"), "lost", ""}, engine);
        QCOMPARE(outputs_to_say(drive.release, *drive.release.step("make")), std::vector<std::string>{"pod"});
        QCOMPARE(answered(drive, "happened", {{"pod", "web-3"}}), "");
    }
    void what_is_known_to_have_happened_passes_with_what_it_gave_data() {
        QTest::addColumn<QString>("more");
        QTest::newRow("may be skipped") << "";
        QTest::newRow("required") << ", required: true";
    }
    void what_is_known_to_have_happened_passes_with_what_it_gave() {
        QFETCH(QString, more);
        Driver drive = giving(more.toStdString());
        drive.prepare("make");
        Outcome seen;
        seen.settled = {drive.operation("make"), true, "verified", "", nullptr, 0, ""};
        seen.lost = "its answer is lost, and with it 'pod'";
        QCOMPARE(drive.submit(seen, engine), "");
        QVERIFY(lost_only_outputs(drive.release, "make"));
        QCOMPARE(answered(drive, "run-again", {}), "it is known to have happened");
        QCOMPARE(answered(drive, "happened", {{"pod", "web-3"}}), "other steps take more of it: count");
        QCOMPARE(answered(drive, "happened", both), "");
        QCOMPARE(drive.status("make"), "passed");
        QCOMPARE(drive.status("use"), "running");
        QCOMPARE(answered(drive, "happened", both), "its outcome is not in doubt");
        QCOMPARE(replayed(drive.log), state_text(drive.release));
    }
    void what_has_not_begun_gave_nothing() {
        Driver drive = whole("phases: [{id: m, steps: [{id: make, run: [make], outputs: {pod: {}}, not-before: T0 + "
                             "1h}, {id: use, run: [use, '${pod}']}]}]\n");
        QCOMPARE(drive.status("make"), "waiting");
        QCOMPARE(drive.submit(Skip{"make", "no need", {{"pod", "web-1"}}}), "it has not begun, so it gave nothing");
        QCOMPARE(drive.submit(Skip{"make", "no need"}), "");
    }
    void it_travels_with_the_command() {
        const ResolveDoubt resolve{"s1/make/1", "happened", "seen", both};
        const auto again = command_from_json(to_json(resolve));
        QVERIFY(again.has_value());
        QCOMPARE(std::get<ResolveDoubt>(*again).outputs, both);
        const auto skip = command_from_json(to_json(Skip{"make", "seen", both}));
        QVERIFY(skip.has_value());
        QCOMPARE(std::get<Skip>(*skip).outputs, both);
        QVERIFY(!command_from_json({{"do", "skip"}, {"step", "make"}, {"outputs", "pod=1"}}));
    }
};

SLUICE_TEST(OutputsTest)
#include "outputs_test.moc"
