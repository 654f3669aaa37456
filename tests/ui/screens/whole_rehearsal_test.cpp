/// A whole go-live is led without a mouse.
#include "panels/ask_dialog.h"
#include "panels/rollback_button.h"
#include "panels/step_card.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

using namespace sluice;
using testing::patience_ms;
using testing::Shown;

namespace {

/// Keys go to whatever has them: nothing here knows of a mouse.
void press(QWidget& window, Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QWidget* at = window.focusWidget() ? window.focusWidget() : &window;
    QTest::keyClick(at, key, modifiers);
}

/// What a dialog asks is typed, and Enter sends it.
void answer(QWidget& window, const QString& words) {
    panels::AskDialog* dialog = nullptr;
    QVERIFY(QTest::qWaitFor([&] { return (dialog = window.findChild<panels::AskDialog*>()) != nullptr; }, 1000));
    dialog->activateWindow();
    QVERIFY(QTest::qWaitFor([&] { return dialog->focusWidget() != nullptr; }, 1000));
    QTest::keyClicks(dialog->focusWidget(), words);
    press(*dialog, Qt::Key_Return);
    testing::settle();
    QVERIFY(window.findChild<panels::AskDialog*>() == nullptr);
    window.activateWindow(); // as a window manager does when a dialog goes
    QVERIFY(QTest::qWaitForWindowActive(&window));
}

} // namespace

class WholeRehearsalTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void a_release_is_led_to_its_end_by_the_keyboard_alone() {
        QTemporaryDir folder;
        Shown shown(story::OwnedSource::rehearsal(testing::nova_by_one(folder.path().toStdString(), false)));
        QVERIFY(QTest::qWaitForWindowActive(&shown.window()));
        QElapsedTimer spent;
        spent.start();
        std::set<std::string> answered;
        int with_dialog = 0;
        bool noted = false;
        const auto& story = shown.screen().story();
        while (!story.ended() && spent.elapsed() < patience_ms && !QTest::currentTestFailed()) {
            QTest::qWait(20);
            QVERIFY2(shown.failure().isEmpty(), qPrintable(shown.failure()));
            auto* card = shown.find<panels::StepCard>();
            if (card == nullptr || story.empty() || card->card().offers.empty()) {
                continue;
            }
            const auto step = card->card().step;
            const auto& offer = card->card().offers.front();
            if (story.release().at(step).status != release::StepStatus::person || answered.contains(step) ||
                !card->actions()->entries().front().action->isEnabled()) { // what was sent before is being answered
                continue;
            }
            QVERIFY2(offer.why_not.isEmpty(), qPrintable(offer.why_not));
            QVERIFY(offer.look == story::Offer::Look::primary);
            if (!noted) { // a word for the log first
                noted = true;
                press(shown.window(), Qt::Key_N, Qt::ControlModifier);
                answer(shown.window(), "the bridge is staffed");
                continue;
            }
            answered.insert(step);
            const bool asks = offer.asks != story::Asks::nothing;
            press(shown.window(), Qt::Key_Return, Qt::ControlModifier);
            if (asks) {
                ++with_dialog;
                answer(shown.window(), QString("seen: %1").arg(QString::fromStdString(step)));
            }
        }
        QVERIFY2(story.ended(), qPrintable(QString("stands at %1").arg(shown.find<panels::StepCard>()->card().title)));
        const auto& release = story.release();
        QCOMPARE(QString::fromStdString(release.outcome), "done");
        QCOMPARE(release.notes, 1);
        QCOMPARE(release.overrides, 0);

        // Every person's step was answered here, in one's own name.
        int people = 0;
        for (const auto& step : release.plan->steps) {
            if (std::holds_alternative<plan::Confirm>(step.body) || std::holds_alternative<plan::Approve>(step.body)) {
                ++people;
                QVERIFY2(answered.contains(step.id), step.id.c_str());
            }
        }
        QVERIFY(people >= 10);
        QVERIFY(with_dialog >= 4);
        testing::settle();
        QVERIFY(shown.find<panels::RollbackButton>() == nullptr);
        QVERIFY(!shown.screen().acts());
    }
};

SLUICE_TEST(WholeRehearsalTest)
#include "whole_rehearsal_test.moc"
