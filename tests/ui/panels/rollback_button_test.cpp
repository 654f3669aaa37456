/// The button that must be hit when it is meant, and never otherwise.
#include "panels/rollback_button.h"
#include "panels/top_bar.h"
#include "story/owned_source.h"
#include "support/small_session.h"
#include "support/suite.h"
#include "theme/tokens.h"
#include "ui/panels/recording_channel.h"
#include "ui/story/nova_story.h"

#include <QApplication>
#include <QPushButton>
#include <QtTest>

using namespace sluice;
using panels::RollbackButton;
using story::RollbackView;

namespace {

RollbackView armed() {
    RollbackView view;
    view.state = RollbackView::State::armed;
    view.title = "Roll back to blue";
    view.detail = "armed · est. 1 m 40 s";
    view.option = "to-blue";
    view.options = {{"to-blue", "Option 1: switch back to blue", "est. 1 m 40 s", true, true},
                    {"database", "Option 2: database from the snapshot", "est. 15 m", true, false},
                    {"full", "Option 3: remove green", "green is not there", false, false}};
    return view;
}

RollbackView not_armed() {
    RollbackView view = armed();
    view.state = RollbackView::State::not_armed;
    view.detail = "not armed: blue has 1 of 3 replicas";
    return view;
}

std::string option_of(const release::Command& command) {
    return std::get<release::RollBack>(command).option;
}

} // namespace

class RollbackButtonTest : public QObject {
    Q_OBJECT
    std::unique_ptr<testing::RecordingChannel> channel_;
    std::unique_ptr<QWidget> window_;
    RollbackButton* button_ = nullptr;

    void show(const RollbackView& view) {
        button_->show_view(view);
        window_->show();
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    }
    QPoint middle() const { return {button_->width() / 2, button_->height() / 2}; }

private slots:
    void init() {
        channel_ = std::make_unique<testing::RecordingChannel>();
        window_ = std::make_unique<QWidget>();
        window_->resize(600, 200);
        button_ = new RollbackButton(*channel_, window_.get());
        button_->setGeometry(100, 50, 230, 52);
    }
    void cleanup() { window_.reset(); }

    void one_click_rolls_back_by_the_default_option() {
        show(armed());
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        QCOMPARE(channel_->sent.size(), std::size_t{1});
        QCOMPARE(option_of(channel_->sent[0]), std::string("to-blue"));
        QVERIFY(button_->question() == nullptr);
    }

    void a_second_click_before_the_answer_does_nothing() {
        show(armed());
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        QCOMPARE(channel_->sent.size(), std::size_t{1});
    }

    void no_key_hits_it_data() {
        QTest::addColumn<int>("key");
        QTest::newRow("enter") << static_cast<int>(Qt::Key_Enter);
        QTest::newRow("return") << static_cast<int>(Qt::Key_Return);
        QTest::newRow("space") << static_cast<int>(Qt::Key_Space);
        QTest::newRow("select") << static_cast<int>(Qt::Key_Select);
    }
    void no_key_hits_it() {
        QFETCH(int, key);
        show(armed());
        QVERIFY(button_->focusPolicy() == Qt::NoFocus);
        button_->setFocus(); // even if something gave it the focus
        QTest::keyClick(button_, static_cast<Qt::Key>(key));
        QTest::keyClick(window_.get(), static_cast<Qt::Key>(key));
        QVERIFY(channel_->sent.empty());
        QVERIFY(button_->question() == nullptr);
    }

    void tab_never_comes_to_it() {
        auto* other = new QPushButton("other", window_.get());
        show(armed());
        other->setFocus();
        for (int i = 0; i < 5; ++i) {
            QTest::keyClick(window_.get(), Qt::Key_Tab);
            QVERIFY(!button_->hasFocus());
        }
        for (const auto* child : button_->findChildren<QWidget*>()) {
            QVERIFY(child->focusPolicy() == Qt::NoFocus || child->isWindow());
        }
    }

    void a_stray_drag_does_not_hit_it_data() {
        QTest::addColumn<QPoint>("press");
        QTest::addColumn<QPoint>("over");
        QTest::addColumn<QPoint>("release");
        QTest::newRow("pressed on it, released beside it") << QPoint(100, 26) << QPoint(100, 60) << QPoint(100, 80);
        QTest::newRow("pressed on it, dragged along it") << QPoint(40, 26) << QPoint(90, 26) << QPoint(150, 26);
        QTest::newRow("dragged away and back") << QPoint(100, 26) << QPoint(100, 90) << QPoint(100, 26);
    }
    void a_stray_drag_does_not_hit_it() {
        QFETCH(QPoint, press);
        QFETCH(QPoint, over);
        QFETCH(QPoint, release);
        show(armed());
        QTest::mousePress(button_, Qt::LeftButton, {}, press);
        QTest::mouseMove(button_, over);
        QTest::mouseMove(button_, release);
        QTest::mouseRelease(button_, Qt::LeftButton, {}, release);
        QVERIFY(channel_->sent.empty());
        QVERIFY(!button_->isDown());
    }

    void a_release_that_was_pressed_elsewhere_does_not_hit_it() {
        show(armed());
        QTest::mousePress(window_.get(), Qt::LeftButton, {}, QPoint(10, 10));
        QTest::mouseRelease(button_, Qt::LeftButton, {}, middle());
        QVERIFY(channel_->sent.empty());
    }

    void other_mouse_buttons_do_not_hit_it() {
        show(armed());
        QTest::mouseClick(button_, Qt::RightButton, {}, middle());
        QTest::mouseClick(button_, Qt::MiddleButton, {}, middle());
        QVERIFY(channel_->sent.empty());
    }

    void a_press_is_forgotten_when_the_state_changes_under_it() {
        show(armed());
        QTest::mousePress(button_, Qt::LeftButton, {}, middle());
        button_->show_view(not_armed());
        QTest::mouseRelease(button_, Qt::LeftButton, {}, middle());
        QVERIFY(channel_->sent.empty());
        QVERIFY(button_->question() == nullptr);
    }

    void the_chord_asks_once_and_names_the_target() {
        show(armed());
        QCOMPARE(button_->chord()->shortcut(), QKeySequence("Ctrl+Alt+R"));
        button_->chord()->trigger();
        button_->chord()->trigger();
        QCOMPARE(window_->findChildren<QMessageBox*>().size(), 1);
        QMessageBox* question = button_->question();
        QVERIFY(question != nullptr);
        QCOMPARE(question->text(), "Roll back to blue: Option 1: switch back to blue?");
        QVERIFY(channel_->sent.empty());
        // Enter and Space mean no.
        QTest::keyClick(question, Qt::Key_Return);
        QVERIFY(channel_->sent.empty());
        QTRY_VERIFY(button_->question() == nullptr);

        button_->chord()->trigger();
        for (auto* choice : button_->question()->buttons()) {
            if (button_->question()->buttonRole(choice) == QMessageBox::DestructiveRole) {
                choice->click();
                break;
            }
        }
        QCOMPARE(channel_->sent.size(), std::size_t{1});
        QCOMPARE(option_of(channel_->sent[0]), std::string("to-blue"));
    }

    void the_question_goes_when_there_is_nothing_left_to_ask() {
        show(armed());
        button_->chord()->trigger();
        RollbackView rolling = armed();
        rolling.state = RollbackView::State::rolling;
        button_->show_view(rolling);
        QTRY_VERIFY(button_->question() == nullptr);
        QVERIFY(channel_->sent.empty());
        QVERIFY(!button_->chord()->isEnabled());
    }

    void while_it_is_not_proven_a_click_asks_first() {
        show(not_armed());
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        QVERIFY(channel_->sent.empty());
        QVERIFY(button_->question() != nullptr);
        QVERIFY(button_->question()->informativeText().contains("blue has 1 of 3 replicas"));
    }

    void the_menu_lists_every_option_and_asks_first() {
        show(armed());
        const auto actions = button_->menu()->actions();
        QCOMPARE(actions.size(), 3);
        QCOMPARE(actions[0]->text(), "Option 1: switch back to blue — est. 1 m 40 s · default");
        QVERIFY(actions[1]->isEnabled());
        QVERIFY(!actions[2]->isEnabled());
        QVERIFY(actions[2]->text().contains("green is not there"));
        actions[1]->trigger();
        QVERIFY(channel_->sent.empty());
        QVERIFY(button_->question() != nullptr);
        QCOMPARE(button_->question()->text(), "Option 2: database from the snapshot?");
    }

    void a_refusal_is_told_with_its_remedy_and_it_can_be_tried_again() {
        show(armed());
        channel_->refuse = Error{ErrorCode::refused, "it is being rolled back already", "to-blue", "wait for it"};
        QSignalSpy refused(button_, &RollbackButton::refused);
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        QCOMPARE(refused.size(), 1);
        auto* box = window_->findChild<QMessageBox*>();
        QVERIFY(box != nullptr);
        QVERIFY(box->text().contains("rolled back already"));
        QVERIFY(box->informativeText().contains("wait for it"));
        box->close();
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        QCOMPARE(channel_->sent.size(), std::size_t{2});
    }

    void states_without_a_way_to_act_take_no_click_data() {
        QTest::addColumn<int>("state");
        for (const auto state :
             {RollbackView::State::unavailable, RollbackView::State::rolling, RollbackView::State::needs_you,
              RollbackView::State::rolled_back, RollbackView::State::closed}) {
            QTest::addRow("%d", static_cast<int>(state)) << static_cast<int>(state);
        }
    }
    void states_without_a_way_to_act_take_no_click() {
        QFETCH(int, state);
        RollbackView view = armed();
        view.state = static_cast<RollbackView::State>(state);
        show(view);
        QTest::mouseClick(button_, Qt::LeftButton, {}, middle());
        button_->chord()->trigger();
        QVERIFY(channel_->sent.empty());
        QVERIFY(button_->question() == nullptr);
    }

    void in_replay_there_is_no_button() {
        panels::TopBar bar(nullptr);
        QVERIFY(bar.rollback() == nullptr);
        QVERIFY(bar.findChildren<QAbstractButton*>().isEmpty());
        QVERIFY(bar.findChildren<QAction*>().isEmpty());
    }

    void a_replay_has_an_edge_that_the_present_has_not() {
        const auto small = testing::make_small("hold paused");
        const auto edge = [&](story::Mode mode) {
            panels::TopBar bar(nullptr);
            bar.resize(1280, 64);
            bar.show_moment(small->moment(mode));
            return bar.grab().toImage().pixelColor(640, 1);
        };
        QCOMPARE(edge(story::Mode::replay), theme::tokens().warn);
        QVERIFY(edge(story::Mode::following) != theme::tokens().warn);
    }

    // The real thing: a rehearsal at work in its thread, shown as it comes, rolled back by one click.
    void a_click_rolls_a_rehearsal_back() {
        QTemporaryDir folder;
        auto options = testing::nova_options(folder.path().toStdString());
        options.by = {"a.lead", "release-lead"};
        options.speed = 120;
        const auto source = story::OwnedSource::rehearsal(options);
        story::Story told;
        std::unique_ptr<panels::TopBar> bar;
        QStringList titles;
        bool clicked = false;
        connect(source.get(), &story::FeedSource::delivered, this, [&](const story::DeliveryPtr& delivery) {
            told.take(*delivery);
            if (!bar) {
                bar = std::make_unique<panels::TopBar>(source->commands());
                bar->resize(1600, 64);
                bar->show();
            }
            bar->show_moment(told.latest(story::Mode::live));
            titles << bar->rollback()->view().title;
            const auto& split = told.release().split;
            const bool on_green =
                split.contains("edge") && split.at("edge").contains("green") && split.at("edge").at("green") >= 10;
            if (on_green && !clicked && bar->rollback()->view().state == RollbackView::State::armed) {
                clicked = true;
                source->set_speed(0);
                QTest::mouseClick(bar->rollback(), Qt::LeftButton, {}, QPoint(80, 26));
            }
        });
        QSignalSpy closed(source.get(), &story::FeedSource::closed);
        source->start();
        QVERIFY(closed.wait(120'000));
        QVERIFY(clicked);
        QCOMPARE(QString::fromStdString(told.release().outcome), "rolled-back");
        QCOMPARE(QString::fromStdString(told.release().rollback.by.name), "a.lead");
        QCOMPARE(QString::fromStdString(told.release().rollback.option), "to-blue");
        QCOMPARE(titles.last(), "Rolled back");
    }
};

SLUICE_TEST(RollbackButtonTest)
#include "rollback_button_test.moc"
