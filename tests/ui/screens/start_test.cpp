/// The first screen: what was there before, told as it is.
#include "screens/plan_preview.h"
#include "screens/recent_list.h"
#include "screens/remembered.h"
#include "screens/start_screen.h"
#include "screens/visible_text.h"
#include "story/owned_source.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

using namespace sluice;
using screens::CockpitWindow;
using screens::StartScreen;
using testing::OwnDesk;
using testing::patience_ms;

namespace {

void look(StartScreen& start) {
    QSignalSpy done(&start, &StartScreen::refreshed);
    start.refresh();
    QVERIFY(done.wait(patience_ms));
}

/// Rehearses the plan with a person to its end, or only to the person.
std::filesystem::path rehearsed(const OwnDesk& desk, const QString& plan, const char* name, bool to_its_end) {
    host::RehearsalOptions options;
    static_cast<host::StartOptions&>(options) = desk.defaults();
    options.plan_file = plan.toStdString();
    options.session = desk.base() / name;
    options.assume_yes = to_its_end;
    testing::Shown shown(story::OwnedSource::rehearsal(options));
    const auto& story = shown.screen().story();
    [&] {
        QVERIFY(QTest::qWaitFor(
            [&] {
                return story.ended() || (!story.empty() && !to_its_end &&
                                         story.release().at("ask").status == release::StepStatus::person);
            },
            patience_ms));
    }();
    return options.session;
}

} // namespace

class StartTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void who_has_nothing_yet_is_told_how_to_begin() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        window.show();
        auto* start = window.findChild<StartScreen*>();
        look(*start);
        const QString text = screens::visible_text(window).join('\n');
        QVERIFY2(text.contains("How it goes") && text.contains("Try the example"), qPrintable(text));
        QVERIFY2(screens::nameless(window).isEmpty(), qPrintable(screens::nameless(window).join(", ")));
        // The example opens, filled in and ready.
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QTest::keyClick(&window, Qt::Key_E, Qt::ControlModifier);
        auto* preview = window.findChild<screens::PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->shown(); }, patience_ms));
        QVERIFY(preview->can_rehearse());
    }

    void plans_and_sessions_are_told_with_what_became_of_them() {
        const OwnDesk desk;
        const QString plan = desk.write("plan.yaml", testing::plan_with_a_person(desk.base()));
        const auto done = rehearsed(desk, plan, "done.sluice", true);
        const auto broken_off = rehearsed(desk, plan, "broken-off.sluice", false);
        screens::remember_session(QString::fromStdString(done.string()));
        screens::remember_session(QString::fromStdString(broken_off.string()));
        screens::remember_session(desk.write("not-one.sluice", "no session"));
        screens::remember_session(QString::fromStdString((desk.base() / "gone.sluice").string()));
        screens::remember_plan(plan);
        screens::remember_plan(QString::fromStdString((desk.base() / "gone.yaml").string()));
        screens::remember_plan(desk.write("broken.yaml", "sluice: 1\nid: broken\n"));

        StartScreen start(desk.defaults().paths);
        start.resize(1280, 800);
        start.show();
        look(start);
        std::map<std::string, const story::RecentSession*> sessions;
        for (const auto& session : start.sessions()) {
            sessions[std::filesystem::path(session.file).filename().string()] = &session;
        }
        using State = story::RecentSession::State;
        QCOMPARE(sessions.size(), std::size_t(4));
        QVERIFY(sessions.at("done.sluice")->state == State::closed);
        QCOMPARE(QString::fromStdString(sessions.at("done.sluice")->outcome), QString("done"));
        QVERIFY(sessions.at("done.sluice")->length.count > 0);
        QCOMPARE(QString::fromStdString(sessions.at("done.sluice")->title), QString("A person between two programs"));
        QVERIFY(sessions.at("broken-off.sluice")->state == State::left_open);
        QVERIFY(!sessions.at("broken-off.sluice")->resumable()); // its production ended with it
        QVERIFY(sessions.at("not-one.sluice")->state == State::unreadable);
        QVERIFY(sessions.at("gone.sluice")->state == State::missing);
        QCOMPARE(start.plans().size(), std::size_t(3));
        const QString text = screens::visible_text(start).join('\n');
        for (const char* words : {"done", "broken off", "missing", "has errors", "3 steps", "can't be read"}) {
            QVERIFY2(text.contains(words), words);
        }
    }

    void the_keyboard_opens_rehearses_and_takes_off_the_list() {
        const OwnDesk desk;
        const QString plan = desk.write("plan.yaml", testing::plan_with_a_person(desk.base()));
        const QString gone = QString::fromStdString((desk.base() / "gone.yaml").string());
        screens::remember_plan(plan);
        screens::remember_plan(gone);
        CockpitWindow window(desk.defaults());
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* start = window.findChild<StartScreen*>();
        look(*start);
        QTest::keyClick(&window, Qt::Key_P, Qt::AltModifier);
        auto* list = qobject_cast<screens::RecentList*>(window.focusWidget());
        QVERIFY(list != nullptr);
        QCOMPARE(list->accessibleName(), QString("Recent plans"));
        QCOMPARE(list->chosen(), 0);
        QTest::keyClick(list, Qt::Key_Return); // it is missing: nothing to open
        QVERIFY(start->isVisible());
        QSignalSpy again(start, &StartScreen::refreshed);
        QTest::keyClick(list, Qt::Key_Delete);
        QVERIFY(again.wait(patience_ms));
        QCOMPARE(screens::remembered_plans(), QStringList{plan});
        QTest::keyClick(window.focusWidget(), Qt::Key_Return);
        auto* preview = window.findChild<screens::PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->isVisible() && preview->shown(); }, patience_ms));
        QTest::keyClick(&window, Qt::Key_Left, Qt::AltModifier);
        QVERIFY(start->isVisible());
        look(*start);
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(QTest::qWaitFor(
            [&] {
                return window.session() && !window.session()->story().empty() &&
                       window.session()->story().release().at("ask").status == release::StepStatus::person;
            },
            patience_ms));
        QCOMPARE(QString::fromStdString(window.session()->story().release().opened.mode), QString("rehearse"));
    }
};

SLUICE_TEST(StartTest)
#include "start_test.moc"
