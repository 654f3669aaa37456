/// The way back, from wherever the release stands, by one click of the mouse.
#include "panels/action_button.h"
#include "panels/rollback_button.h"
#include "panels/shift_form.h"
#include "panels/split_slider.h"
#include "panels/step_actions.h"
#include "panels/top_bar.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"

#include <QTemporaryDir>

using namespace sluice;
using panels::RollbackButton;
using release::StepStatus;
using testing::patience_ms;
using testing::Shown;

namespace {

/// On the button as it stands in the window, where a hand would hit it.
void click(QWidget& widget) {
    QTest::mouseClick(&widget, Qt::LeftButton, {}, widget.rect().center());
}

QPushButton* button_named(QWidget& window, const QString& text) {
    for (auto* button : window.findChildren<QPushButton*>()) {
        if (QString(button->text()).remove(u'&') == text) {
            return button;
        }
    }
    return nullptr;
}

} // namespace

class RollBackTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void a_click_leads_back_from_anywhere_data() {
        QTest::addColumn<QString>("during");
        QTest::addColumn<int>("green"); // per cent, when it is clicked
        QTest::newRow("before traffic moves") << "deploy-green" << 0;
        QTest::newRow("during the hold at 10 %") << "bake-10" << 10;
        QTest::newRow("after 50 %") << "bake-50" << 50;
        QTest::newRow("after everything was switched") << "monitor" << 100;
    }

    void a_click_leads_back_from_anywhere() {
        QFETCH(QString, during);
        QFETCH(int, green);
        QTemporaryDir folder;
        auto options = testing::nova_by_one(folder.path().toStdString(), true);
        options.speed = 120;
        auto owned = story::OwnedSource::rehearsal(options);
        auto* source = owned.get();
        Shown shown(std::move(owned));
        const auto& story = shown.screen().story();
        const std::string step = during.toStdString();
        QVERIFY2(QTest::qWaitFor(
                     [&] { return !shown.failure().isEmpty() || shown.status(step.c_str()) == StepStatus::running; },
                     patience_ms),
                 "it did not come there");
        QVERIFY2(shown.failure().isEmpty(), qPrintable(shown.failure()));
        source->set_speed(1); // as fast as a person
        shown.screen().refresh();
        const auto split = story.release().split;
        const auto edge = split.find("edge");
        const auto weight = [&] {
            return edge == split.end() || !edge->second.contains("green") ? 0 : edge->second.at("green");
        };
        QCOMPARE(weight(), green);

        auto* top = shown.find<panels::TopBar>();
        QVERIFY(top);
        RollbackButton* button = top->rollback();
        QVERIFY(button);
        QVERIFY(QTest::qWaitFor([&] { return button->view().can_act(); }, 5000));
        QVERIFY(button->isVisible());
        const bool asks = button->view().state == story::RollbackView::State::not_armed;
        click(*button);
        if (asks) { // not proven ready yet: it asks once
            QVERIFY(QTest::qWaitFor([&] { return button->question() != nullptr; }, 1000));
            auto* yes = button_named(*button->question(), "Roll back");
            QVERIFY(yes);
            click(*yes);
        }
        QVERIFY(QTest::qWaitFor([&] { return story.release().rollback.active; }, 5000));
        QCOMPARE(QString::fromStdString(story.release().rollback.option), "to-blue");
        QCOMPARE(QString::fromStdString(story.release().rollback.by.name), "a.lead");
        source->set_speed(0);
        QVERIFY(QTest::qWaitFor([&] { return story.ended(); }, patience_ms));
        QCOMPARE(QString::fromStdString(story.release().outcome), "rolled-back");
        QCOMPARE(story.release().split.at("edge").at("blue"), 100);

        // Nothing that acts is left: not switched off, but not there.
        testing::settle();
        QVERIFY(!shown.screen().acts());
        QVERIFY(shown.find<panels::TopBar>());
        QVERIFY(shown.find<panels::TopBar>()->rollback() == nullptr);
        QCOMPARE(shown.count<RollbackButton>(), 0);
        QCOMPARE(shown.count<panels::StepActions>(), 0);
        QCOMPARE(shown.count<panels::ActionButton>(), 0);
        QCOMPARE(shown.count<panels::SplitSlider>(), 0);
        QCOMPARE(shown.count<panels::ShiftForm>(), 0);
        QCOMPARE(shown.count<panels::DoubtForm>(), 0);
    }
};

SLUICE_TEST(RollBackTest)
#include "roll_back_test.moc"
