/// Which opening of the calendar a session is for: chosen in the plan's preview, and nowhere else.
#include "base/instant.h"
#include "screens/opening_choice.h"
#include "screens/plan_preview.h"
#include "screens/plan_timeline.h"
#include "screens/visible_text.h"
#include "story/format.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

#include <QComboBox>

using namespace sluice;
using screens::CockpitWindow;
using screens::PlanPreview;
using testing::OwnDesk;
using testing::patience_ms;

namespace {

/// Two hours each night but Friday's half hour; an hour is planned.
const std::string nights = R"(
sluice: 1
id: nights
title: A night
roles: [release-lead]
calendar:
  allow:
    - {days: [mon, tue, wed, thu, sat, sun], from: '02:00', to: '04:00'}
    - {days: [fri], from: '02:00', to: '02:30'}
phases:
  - {id: ready, title: Ready, steps: [{id: ask, title: Book the desk, confirm: It is booked, owner: release-lead, due: T0 - 24h}]}
  - {id: night, title: Night, window: true, planned: 1h, steps: [{id: act, confirm: Act, owner: release-lead}]}
variants: {urgent: {title: Urgent, window: false}}
)";

Nanos at(const char* text) {
    return parse_instant(text, {}).value();
}

QString all_text(QWidget& window) {
    return screens::visible_text(window).join('\n');
}

QComboBox* list_in(const QWidget& window) {
    return window.findChild<screens::OpeningChoice*>()->findChild<QComboBox*>();
}

bool tells(QWidget& window, const QString& words) {
    return QTest::qWaitFor([&] { return all_text(window).contains(words); }, patience_ms);
}

bool offered(QWidget& window) {
    return QTest::qWaitFor([&] { return list_in(window)->isVisible() && list_in(window)->count() > 1; }, patience_ms);
}

QStringList items(const QComboBox& list) {
    QStringList texts;
    for (int i = 0; i < list.count(); ++i) {
        texts << list.itemText(i);
    }
    return texts;
}

/// The preview of a plan, at a moment that the test says.
struct Opened {
    OwnDesk desk;
    Nanos now = at("2026-01-06T12:00:00Z"); // a Tuesday
    PlanPreview preview{desk.defaults().paths};

    explicit Opened(const std::string& plan = nights) {
        preview.set_clock([this] { return now; });
        preview.resize(1280, 800);
        preview.show();
        preview.show_plan(desk.write("nights.yaml", plan));
        [&] { QVERIFY(QTest::qWaitFor([&] { return preview.shown(); }, patience_ms)); }();
    }
    QComboBox& list() const { return *list_in(preview); }
    QString timeline() const { return preview.findChild<screens::PlanTimeline*>()->accessibleDescription(); }
};

bool waits_at_first_step(const CockpitWindow& window) {
    return QTest::qWaitFor(
        [&] {
            return window.session() != nullptr && !window.session()->story().empty() &&
                   window.session()->story().release().at("ask").status == release::StepStatus::person;
        },
        patience_ms);
}

/// Shows the plan in the window and chooses the third opening that comes; when that is.
Nanos chosen_in(CockpitWindow& window, const OwnDesk& desk) {
    window.show_plan(desk.write("nights.yaml", nights));
    auto* preview = window.findChild<PlanPreview*>();
    [&] {
        QVERIFY(QTest::qWaitFor([&] { return preview->shown() && preview->can_rehearse(); }, patience_ms));
        QVERIFY(offered(window));
        QCOMPARE(preview->opening().count, 0);
        list_in(window)->setCurrentIndex(3);
        QVERIFY(preview->opening().count > 0);
    }();
    return preview->opening();
}

/// Presses OK at the question that `act` opens and waits in; what it asked.
QString agreeing(CockpitWindow& window, const std::function<void()>& act) {
    QString asked;
    QTimer patience;
    patience.callOnTimeout([&] {
        for (auto* box : window.findChildren<QMessageBox*>()) {
            if (box->isVisible() && asked.isEmpty() && testing::press_button(*box, "OK")) {
                asked = box->text();
            }
        }
    });
    patience.start(20);
    act();
    return asked;
}

} // namespace

class OpeningTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void the_coming_openings_are_offered_and_the_next_is_the_default() {
        Opened opened;
        PlanPreview& preview = opened.preview;
        QVERIFY(offered(preview));
        QCOMPARE(items(opened.list()),
                 (QStringList{"The next one", "Wed 2026-01-07 02:00–04:00, long enough",
                              "Thu 2026-01-08 02:00–04:00, long enough", "Fri 2026-01-09 02:00–02:30, too short",
                              "Sat 2026-01-10 02:00–04:00, long enough", "Sun 2026-01-11 02:00–04:00, long enough"}));
        QCOMPARE(opened.list().currentIndex(), 0);
        QCOMPARE(opened.list().itemData(3, Qt::ToolTipRole).toString(), "30 m long; 1 h is planned in it");
        QCOMPARE(preview.opening().count, 0);
        const QString text = all_text(preview);
        QVERIFY2(text.contains("May start at 2026-01-07 02:00:00 UTC, in 14 h"), qPrintable(text));
        QVERIFY2(text.contains("T0 to the end: Wed 2026-01-07 02:00–03:00 UTC"), qPrintable(text));
        QVERIFY2(text.contains("Overdue at once, since due before now: 'Book the desk'"), qPrintable(text));
        QVERIFY(opened.timeline().startsWith("T0 is Wed 2026-01-07 02:00 UTC"));
        QVERIFY(screens::nameless(preview).isEmpty());
    }

    void answer_timeline_and_times_follow_the_choice() {
        Opened opened;
        QVERIFY(offered(opened.preview));
        opened.list().setCurrentIndex(2);
        QCOMPARE(opened.preview.opening().count, at("2026-01-08T02:00:00Z").count);
        QVERIFY(tells(opened.preview, "Opens at 2026-01-08 02:00:00 UTC, in 1 d 14 h, until 04:00:00 UTC"));
        QVERIFY(tells(opened.preview, "T0 to the end: Thu 2026-01-08 02:00–03:00 UTC"));
        QVERIFY(!all_text(opened.preview).contains("Overdue"));
        QVERIFY(opened.timeline().startsWith("T0 is Thu 2026-01-08 02:00 UTC"));
        // One that is too short says so, and when it may start instead.
        opened.list().setCurrentIndex(3);
        QVERIFY(tells(opened.preview, "Not in that opening: its planned 1h would not fit"));
        QVERIFY(tells(opened.preview, "May start at 2026-01-10 02:00:00 UTC"));
        opened.list().setCurrentIndex(0);
        QVERIFY(tells(opened.preview, "May start at 2026-01-07 02:00:00 UTC"));
        QCOMPARE(opened.preview.opening().count, 0);
    }

    void the_choice_stays_by_its_time_until_that_has_passed() {
        Opened opened;
        QVERIFY(offered(opened.preview));
        opened.list().setCurrentIndex(2);
        const Nanos meant = opened.preview.opening();
        opened.now = at("2026-01-07T12:00:00Z");
        opened.preview.ask_window();
        QVERIFY(QTest::qWaitFor([&] { return opened.list().currentIndex() == 1; }, patience_ms)); // now the first
        QCOMPARE(opened.preview.opening().count, meant.count);
        opened.preview.ask_window();
        QTest::keyClick(&opened.preview, Qt::Key_F5); // the plan is read again
        QVERIFY(QTest::qWaitFor([&] { return opened.preview.shown(); }, patience_ms));
        QVERIFY(offered(opened.preview));
        QCOMPARE(opened.preview.opening().count, meant.count);
        QCOMPARE(opened.list().currentIndex(), 1);
        opened.now = at("2026-01-08T02:10:00Z");
        opened.preview.ask_window();
        QVERIFY(tells(opened.preview, "The opening that was chosen has begun: Thu 2026-01-08 02:00–04:00 UTC"));
        QCOMPARE(opened.preview.opening().count, 0);
        QCOMPARE(opened.list().currentIndex(), 0);
        QVERIFY(tells(opened.preview, "Open now"));
        opened.list().setCurrentIndex(2);
        QVERIFY(!all_text(opened.preview).contains("was chosen")); // it has been read
        opened.now = at("2026-01-20T12:00:00Z");                   // the desk slept
        opened.preview.ask_window();
        QVERIFY(tells(opened.preview, "The opening that was chosen has passed: Sat 2026-01-10"));
        QCOMPARE(opened.preview.opening().count, 0);
    }

    void an_opening_that_the_plan_has_no_more_is_given_up() {
        Opened opened;
        QVERIFY(offered(opened.preview));
        opened.list().setCurrentIndex(2);
        std::string later = nights;
        later.replace(later.find("'02:00', to: '04:00'"), 20, "'03:00', to: '05:00'");
        opened.desk.write("nights.yaml", later);
        QTest::keyClick(&opened.preview, Qt::Key_F5);
        QVERIFY(tells(opened.preview, "no opening any more at the time that was chosen, Thu 2026-01-08 02:00 UTC"));
        QCOMPARE(opened.preview.opening().count, 0);
    }

    void it_is_for_this_plan_and_this_session_only() {
        Opened opened;
        QVERIFY(offered(opened.preview));
        opened.list().setCurrentIndex(2);
        opened.preview.show_plan(opened.preview.file());
        QVERIFY(QTest::qWaitFor([&] { return opened.preview.shown(); }, patience_ms));
        QVERIFY(offered(opened.preview));
        QCOMPARE(opened.preview.opening().count, 0);
        opened.list().setCurrentIndex(2);
        opened.preview.leave();
        QCOMPARE(opened.preview.opening().count, 0);
    }

    void it_is_reached_by_the_keyboard() {
        Opened opened;
        QVERIFY(offered(opened.preview));
        QVERIFY(testing::in_front(opened.preview));
        QTest::keyClick(&opened.preview, Qt::Key_O, Qt::AltModifier);
        QCOMPARE(opened.preview.focusWidget(), &opened.list());
        QTest::keyClick(&opened.list(), Qt::Key_Down);
        QCOMPARE(opened.preview.opening().count, at("2026-01-07T02:00:00Z").count);
    }

    void where_nothing_waits_for_a_calendar_nothing_is_shown_data() {
        QTest::addColumn<QString>("calendar");
        QTest::addColumn<QString>("window");
        QTest::newRow("no calendar") << ""
                                     << "false";
        QTest::newRow("no phase asks it") << "calendar: {allow: [{from: '02:00', to: '04:00'}]}"
                                          << "false";
        QTest::newRow("it never opens") << "calendar: {allow: [{dates: ['2020-01-01']}]}"
                                        << "true";
        QTest::newRow("it never closes") << "calendar: {prefer: [{days: [sun]}]}"
                                         << "true";
    }
    void where_nothing_waits_for_a_calendar_nothing_is_shown() {
        QFETCH(QString, calendar);
        QFETCH(QString, window);
        Opened opened("sluice: 1\nid: free\n" + calendar.toStdString() +
                      "\nphases: [{id: all, window: " + window.toStdString() + ", steps: [{id: ask, confirm: Go}]}]\n");
        QVERIFY(opened.preview.can_rehearse());
        if (window == "true") {
            QVERIFY(tells(opened.preview, "Window"));
        }
        opened.preview.ask_window();
        QVERIFY(!QTest::qWaitFor([&] { return opened.list().isVisible(); }, 200));
        QCOMPARE(opened.preview.opening().count, 0);
    }

    void a_way_that_no_window_binds_is_for_no_opening() {
        Opened opened;
        QVERIFY(offered(opened.preview));
        opened.list().setCurrentIndex(2);
        for (auto* box : opened.preview.findChildren<QComboBox*>()) {
            if (box->accessibleName() == "Way through the plan") {
                box->setCurrentIndex(1);
            }
        }
        QCOMPARE(opened.preview.variant(), "urgent");
        QCOMPARE(opened.preview.opening().count, 0);
        QVERIFY(QTest::qWaitFor([&] { return !opened.list().isVisible(); }, patience_ms));
        QVERIFY(!opened.timeline().contains("UTC"));
    }

    void a_run_is_for_the_opening_that_was_chosen() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        const Nanos meant = chosen_in(window, desk);
        const QString asked = agreeing(window, [&] {
            QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
            QVERIFY(waits_at_first_step(window));
        });
        QVERIFY2(asked.contains("for the opening on " + story::utc_day(meant)), qPrintable(asked));
        const auto& release = window.session()->story().release();
        QCOMPARE(release.opened.opening.count, meant.count);
        QCOMPARE(release.opened.mode, "run");
    }

    void a_rehearsal_is_for_it_too_and_begins_as_long_before_as_its_lists_ask() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        const Nanos meant = chosen_in(window, desk);
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(waits_at_first_step(window));
        const auto& release = window.session()->story().release();
        QCOMPARE(release.opened.opening.count, meant.count);
        QCOMPARE(release.opened.mode, "rehearse");
        QCOMPARE(release.started.count, (meant - hours(48)).count); // twice what its list is due before T0
    }

    void without_a_choice_a_session_is_for_the_next() {
        const OwnDesk desk;
        CockpitWindow window(desk.defaults());
        QVERIFY(testing::in_front(window));
        std::string plan = nights;
        plan.replace(plan.find(", due: T0 - 24h"), 15, "");
        window.show_plan(desk.write("nights.yaml", plan));
        auto* preview = window.findChild<PlanPreview*>();
        QVERIFY(QTest::qWaitFor([&] { return preview->shown() && preview->can_rehearse(); }, patience_ms));
        QTest::keyClick(&window, Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(waits_at_first_step(window));
        QCOMPARE(window.session()->story().release().opened.opening.count, 0);
    }
};

SLUICE_TEST(OpeningTest)
#include "opening_test.moc"
