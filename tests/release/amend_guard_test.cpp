/// What one person may change of a running plan under a policy, which asks for others.
#include "desk.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::release;
using namespace sluice::release::drill;

namespace {

std::string governed_plan(const std::string& steps) {
    return plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [" + steps + "]}]\n");
}

/// What is said to the plan in which the one text is the other; under the policy, and without any.
struct Said {
    std::string governed, free;
};
Said amended(const std::string& plan, const QString& from, const QString& to) {
    const std::string changed = QString::fromStdString(plan).replace(from, to).toStdString();
    Desk desk(policy_text(two_roles), plan), free("", plan);
    return {desk.submit(Amend{changed, "because"}, {"lena", "lead"}),
            free.submit(Amend{changed, "because"}, {"lena", "lead"})};
}

} // namespace

class AmendGuardTest : public QObject {
    Q_OBJECT
private slots:
    void an_amendment_takes_nothing_out_from_behind_its_approval_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("what");
        QTest::newRow("a step that was behind it") << "run: [b]"
                                                   << "run: [worse], needs: []"
                                                   << "b";
        QTest::newRow("a new one") << "{id: b, run: [b]}"
                                   << "{id: b, run: [b]}, {id: c, run: [c], needs: []}"
                                   << "c";
        QTest::newRow("a new one behind it") << "{id: b, run: [b]}"
                                             << "{id: b, run: [b]}, {id: c, run: [c]}"
                                             << "";
        QTest::newRow("a message") << "{id: b, run: [b]}"
                                   << "{id: b, run: [b]}, {id: c, confirm: C, needs: []}"
                                   << "";
    }
    void an_amendment_takes_nothing_out_from_behind_its_approval() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, what);
        const std::string plan =
            plan_with("release: {type: major, environment: production}\nphases: [{id: m, steps: [{id: go, approve: "
                      "{roles: [owner]}}, {id: act, run: [act]}, {id: b, run: [b]}]}]\n");
        const QString changed = QString::fromStdString(plan).replace(from, to);
        for (const auto& policy : {policy_text(two_roles), std::string()}) {
            Desk desk(policy, plan);
            const std::string refused = desk.submit(Amend{changed.toStdString(), "because"}, {"lena", "lead"});
            QCOMPARE(QString::fromStdString(refused),
                     what.isEmpty() || policy.empty() ? "" : what + " would begin before any approval");
        }
    }
    void what_begins_before_any_approval_does_what_it_did_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("refused");
        QTest::newRow("another program") << "run: [first]"
                                         << "run: [worse]"
                                         << "first begins before any approval, and was changed";
        QTest::newRow("when it applies") << "run: [first], when: {not: {is: '${ramp}'}}"
                                         << "run: [first]"
                                         << "first begins before any approval, and was changed";
        QTest::newRow("what it takes") << "run: [look-up]"
                                       << "run: [choose]"
                                       << "second begins before any approval, and takes target from find, which was "
                                          "changed";
        QTest::newRow("what nothing takes from") << "confirm: Look"
                                                 << "confirm: Look well"
                                                 << "";
        QTest::newRow("behind an approval of its own")
            << "{id: first, run: [first]"
            << "{id: ask, approve: {roles: [owner]}}, {id: first, run: [better]"
            << "";
        QTest::newRow("clean-up") << "run: [tidy]"
                                  << "run: [tidy, all]"
                                  << "the clean-up tidy runs after an abort, and was changed";
        QTest::newRow("what becomes clean-up")
            << "{id: b, run: [b]}"
            << "{id: b, run: [b], always: true}"
            << "the clean-up b runs after an abort, and nobody would have approved it";
        QTest::newRow("new clean-up") << "{id: b, run: [b]}"
                                      << "{id: b, run: [b]}, {id: c, run: [c], always: true}"
                                      << "the clean-up c runs after an abort, and nobody would have approved it";
        QTest::newRow("clean-up that cleans up no more") << "{id: tidy, run: [tidy], always: true}"
                                                         << "{id: tidy, run: [tidy, all]}"
                                                         << "";
        QTest::newRow("clean-up that looks") << "{id: b, run: [b]}"
                                             << "{id: b, run: [b]}, {id: c, confirm: C, always: true}"
                                             << "";
    }
    void what_begins_before_any_approval_does_what_it_did() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, refused);
        const Said said = amended(
            governed_plan("{id: begin, confirm: Begin}, {id: look, confirm: Look}, {id: find, probe: {run: [look-up]}, "
                          "outputs: {target: {}}}, {id: first, run: [first], when: {not: {is: "
                          "'${ramp}'}}}, {id: second, run: [stop, '${target}'], needs: [find]}, "
                          "{id: go, approve: {roles: [owner]}, needs: [first, second]}, "
                          "{id: b, run: [b]}, "
                          "{id: tidy, run: [tidy], always: true}"),
            from, to);
        QCOMPARE(QString::fromStdString(said.governed), refused);
        QCOMPARE(said.free, "");
    }
};

SLUICE_TEST(AmendGuardTest)
#include "amend_guard_test.moc"
