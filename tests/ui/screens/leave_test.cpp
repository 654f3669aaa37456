/// Leaving while a release is at work, and coming back to it: by the window's own end, and by a crash.
#include "screens/owner_watch.h"
#include "screens/plan_preview.h"
#include "screens/remembered.h"
#include "support/suite.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

using namespace sluice;
using release::StepStatus;
using screens::CockpitWindow;
using testing::OwnDesk;
using testing::patience_ms;
using testing::question;

namespace {

const release::Release& release_of(const CockpitWindow& window) {
    return window.session()->story().release();
}

bool waits_at(const CockpitWindow& window, const char* step) {
    return QTest::qWaitFor(
        [&] {
            return window.session() != nullptr && !window.session()->story().empty() &&
                   release_of(window).at(step).status == StepStatus::person;
        },
        patience_ms);
}

/// Answers the question that `act` opens and waits in, by the keyboard.
void answering(CockpitWindow& window, const QString& with, const std::function<void()>& act) {
    bool answered = false;
    QTimer patience;
    patience.callOnTimeout([&] {
        for (auto* box : window.findChildren<QMessageBox*>()) {
            if (box->isVisible() && !answered) {
                for (const auto* button : box->buttons()) {
                    QVERIFY2(button->icon().isNull(), qPrintable(button->text())); // the words say it
                }
                answered = testing::press_button(*box, with);
            }
        }
    });
    patience.start(20);
    act();
    QVERIFY2(QTest::qWaitFor([&] { return answered; }, patience_ms), "nobody asked, or there is no such answer");
}

void confirm_and_finish(CockpitWindow& window) {
    QVERIFY(testing::in_front(window));
    const auto offered = [&] { // the card is drawn a moment after the step has begun to wait
        const auto actions = window.findChildren<QAction*>();
        return std::any_of(actions.begin(), actions.end(),
                           [](const QAction* one) { return one->text() == "Confirm" && one->isEnabled(); });
    };
    QVERIFY(QTest::qWaitFor(offered, patience_ms));
    QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(QTest::qWaitFor([&] { return window.session() && window.session()->story().ended(); }, patience_ms));
    QCOMPARE(QString::fromStdString(release_of(window).outcome), QString("done"));
}

/// Runs the plan by the keyboard: Ctrl+Shift+Return, and yes.
void run(CockpitWindow& window, const QString& plan) {
    QVERIFY(testing::in_front(window));
    window.show_plan(plan);
    auto* preview = window.findChild<screens::PlanPreview*>();
    QVERIFY(QTest::qWaitFor([&] { return preview->shown() && preview->can_rehearse(); }, patience_ms));
    answering(window, "OK", [&] { QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier); });
    QVERIFY(waits_at(window, "ask"));
}

} // namespace

class LeaveTest : public QObject {
    Q_OBJECT

private slots:
    void what_is_amiss_at_the_opening_is_told_and_stops_nothing() {
        const OwnDesk desk;
        const QString token = desk.write("token", "for-all-to-read\n");
        QVERIFY(QFile::setPermissions(token, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther));
        std::string plan = testing::plan_with_a_person(desk.base());
        plan.insert(plan.find("phases:"),
                    "variables: {token: {type: secret, default: 'file:" + token.toStdString() + "'}}\n");
        CockpitWindow window(desk.defaults());
        run(window, desk.write("plan.yaml", plan));
        auto* told = question(window);
        QVERIFY(told != nullptr);
        QCOMPARE(told->windowTitle(), QString("Worth knowing"));
        QVERIFY2(told->text().contains(token) && told->text().contains("others may read it"), qPrintable(told->text()));
        QVERIFY(testing::press_button(*told, "OK"));
        QVERIFY(QTest::qWaitFor([&] { return window.findChildren<QMessageBox*>().isEmpty(); }, patience_ms));
        confirm_and_finish(window);
    }

    void a_policy_holds_as_it_is_when_a_session_starts() {
        const OwnDesk desk;
        const QString policy = desk.write("rules.yaml", "policy: 1\nnonsense: true\n");
        CockpitWindow window(desk.defaults(), host::PeopleAsked{policy.toStdString(), {"noor"}, ""});
        QVERIFY(testing::in_front(window));
        window.show_plan(desk.write("plan.yaml", testing::plan_with_a_person(desk.base())));
        auto* preview = window.findChild<screens::PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->shown() && preview->can_rehearse(); }, patience_ms));
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        auto* told = question(window);
        QVERIFY(told != nullptr);
        QCOMPARE(told->windowTitle(), QString("Nothing was started"));
        QVERIFY2(told->text().contains("rules.yaml:2") && told->text().contains("nonsense"), qPrintable(told->text()));
        QVERIFY(testing::press_button(*told, "Close"));
        QVERIFY(QTest::qWaitFor([&] { return window.findChildren<QMessageBox*>().isEmpty(); }, patience_ms));

        QVERIFY(testing::in_front(window));
        desk.write("rules.yaml", "policy: 1\npeople: {noor: {roles: [sre]}}\notherwise: allow\n"
                                 "rules: [{environment: elsewhere, roles: [sre]}]\n"); // mended while it is open
        answering(window, "OK",
                  [&] { QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier); });
        QVERIFY(waits_at(window, "ask"));
        QVERIFY(release_of(window).policy != nullptr);
        confirm_and_finish(window);
    }

    void a_killed_run_goes_on_when_resume_is_chosen() {
        const OwnDesk desk;
        testing::RunOfAnother owner(desk);
        QVERIFY(owner.started);
        const auto session = owner.file;
        screens::remember_open_session({QString::fromStdString(session.string()), false}); // as its window had
        {
            // While it is at work, nobody is asked to take it over; and it stays remembered.
            CockpitWindow early(desk.defaults());
            early.show();
            early.offer_resume();
            QVERIFY(!QTest::qWaitFor([&] { return !early.findChildren<QMessageBox*>().isEmpty(); }, 1000));
            QVERIFY(!screens::open_session_before().file.isEmpty());
        }
        QVERIFY(owner.kill());

        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        window.offer_resume();
        auto* box = question(window);
        QVERIFY(box != nullptr);
        QCOMPARE(box->defaultButton()->text().remove('&'), QString("Only look")); // Enter resumes nothing
        QVERIFY(testing::press_button(*box, "Resume"));
        QVERIFY(waits_at(window, "ask"));
        QVERIFY(window.session()->acts());
        QVERIFY(!std::filesystem::exists(desk.base() / "last"));
        confirm_and_finish(window);
        QVERIFY(std::filesystem::exists(desk.base() / "last"));
        QVERIFY(screens::open_session_before().file.isEmpty());
    }

    void a_followed_run_whose_program_dies_is_offered_to_be_taken_up() {
        const OwnDesk desk;
        testing::RunOfAnother owner(desk);
        QVERIFY(owner.started);
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        window.open(QString::fromStdString(owner.file.string()));
        QVERIFY(waits_at(window, "ask"));
        window.session()->owner()->set_patience(200);
        QSignalSpy gone(window.session()->owner(), &screens::OwnerWatch::gone);
        QVERIFY(owner.kill());
        auto* box = question(window); // asked once the quiet has lasted
        QVERIFY(box != nullptr);
        // Once, however often it is seen that nobody is there.
        QVERIFY(QTest::qWaitFor([&] { return gone.size() >= 4; }, patience_ms));
        QCOMPARE(window.findChildren<QMessageBox*>().size(), 1);
        QVERIFY(testing::press_button(*box, "Resume"));
        QVERIFY(QTest::qWaitFor([&] { return window.session() && window.session()->acts(); }, patience_ms));
        QVERIFY(waits_at(window, "ask"));
        confirm_and_finish(window);
    }

    void a_window_with_a_run_asks_before_it_closes_and_what_was_left_is_offered_again() {
        const OwnDesk desk;
        const QString plan = desk.write("plan.yaml", testing::plan_with_a_person(desk.base()));
        {
            CockpitWindow window(desk.defaults());
            run(window, plan);
            answering(window, "Cancel", [&] { window.close(); });
            QVERIFY(window.isVisible());
            QVERIFY(release_of(window).at("ask").status == StepStatus::person);
            QVERIFY(window.session()->acts());
            answering(window, "Close", [&] { window.close(); });
            QVERIFY(!window.isVisible());
        }
        QVERIFY(!screens::open_session_before().file.isEmpty());
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        window.offer_resume();
        auto* box = question(window);
        QVERIFY(box != nullptr);
        QVERIFY(testing::press_button(*box, "Resume"));
        QVERIFY(waits_at(window, "ask"));
        confirm_and_finish(window);
    }

    void a_rehearsal_that_is_left_is_over_and_not_offered() {
        const OwnDesk desk;
        auto options = desk.rehearsal();
        CockpitWindow window(desk.defaults());
        window.show();
        window.rehearse(options);
        QVERIFY(waits_at(window, "ask"));
        answering(window, "Cancel", [&] { window.close(); });
        QVERIFY(window.isVisible());
        answering(window, "Close", [&] { window.close(); });
        QVERIFY(!window.isVisible());
        QVERIFY(screens::open_session_before().file.isEmpty());
    }

    void the_layout_and_the_speed_come_back() {
        const OwnDesk desk;
        auto options = desk.rehearsal();
        options.speed = 600;
        QByteArray layout;
        {
            CockpitWindow window(desk.defaults());
            window.resize(1280, 800);
            window.show();
            window.rehearse(options);
            QVERIFY(waits_at(window, "ask"));
            layout = window.session()->layout();
            answering(window, "Close", [&] { window.close(); });
        }
        CockpitWindow window(desk.defaults());
        QCOMPARE(window.size(), QSize(1280, 800));
        QCOMPARE(window.findChild<screens::PlanPreview*>()->speed(), 600.0);
        QCOMPARE(QSettings().value("layout").toByteArray(), layout);
    }
};

SLUICE_TEST(LeaveTest)
#include "leave_test.moc"
