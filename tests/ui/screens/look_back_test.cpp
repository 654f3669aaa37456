/// While a release is at work one looks at its past: it goes on, and nothing of then can be acted on.
#include "charts/chart_grid.h"
#include "charts/plot_canvas.h"
#include "panels/live_pause.h"
#include "panels/plan_list.h"
#include "panels/rollback_button.h"
#include "panels/scrubber.h"
#include "panels/step_card.h"
#include "screens/bookmark_keeper.h"
#include "screens/kept_keys.h"
#include "session/bookmarks.h"
#include "story/file_source.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/screens/cockpit.h"

#include <QInputDialog>
#include <QPushButton>
#include <QSlider>
#include <QTemporaryDir>

using namespace sluice;
using testing::patience_ms;
using testing::Shown;
using Mode = session::TimeController::Mode;

namespace {

/// A bake goes on at real speed, so that there is time to look around.
struct Baking {
    QTemporaryDir folder;
    host::RehearsalOptions options = testing::nova_by_one(folder.path().toStdString(), true);
    story::OwnedSource* source = nullptr;
    std::unique_ptr<Shown> shown;

    Baking() {
        auto owned = story::OwnedSource::rehearsal(options);
        source = owned.get();
        shown = std::make_unique<Shown>(std::move(owned));
        if (!QTest::qWaitFor([&] { return shown->status("bake-10") == release::StepStatus::running; }, patience_ms)) {
            qFatal("it does not bake");
        }
        source->set_speed(1);
        screen().refresh();
        testing::settle();
    }
    screens::SessionScreen& screen() { return shown->screen(); }
    panels::Scrubber& scrubber() { return *shown->find<panels::Scrubber>(); }
    panels::StepCard& card() { return *shown->find<panels::StepCard>(); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(&scrubber().track(), key, modifiers);
        testing::settle();
    }
};

} // namespace

class LookBackTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { theme::apply(*qApp, theme::Scheme::dark); }

    void the_past_is_looked_at_while_the_release_goes_on() {
        Baking baking;
        auto& screen = baking.screen();
        QVERIFY(screen.time().mode() == Mode::live);
        QVERIFY(baking.scrubber().track().folded());
        QVERIFY(!baking.card().card().offers.empty());
        screen.findChild<charts::ChartGrid*>()->charts().front()->setFocus();

        // By the mouse, along the folded line.
        auto& track = baking.scrubber().track();
        QTest::mouseClick(&track, Qt::LeftButton, {}, {track.width() / 2, 12});
        testing::settle();
        QVERIFY(screen.time().mode() == Mode::paused);
        QVERIFY(!track.folded());
        QVERIFY2(baking.scrubber().badge().text().startsWith(QString::fromUtf8("LIVE −")),
                 qPrintable(baking.scrubber().badge().text()));
        const Nanos looked_at = screen.time().cursor();
        QVERIFY(screen.moment().now == looked_at);
        QVERIFY(screen.moment().mode == story::Mode::replay);

        // Recording and engine go on.
        const auto events = screen.story().entries().size();
        const Nanos end = screen.story().end();
        baking.source->set_speed(60);
        QVERIFY(QTest::qWaitFor([&] { return screen.story().end() > end + seconds(60); }, patience_ms));
        baking.source->set_speed(1);
        QVERIFY(screen.story().entries().size() > events);
        QVERIFY(screen.time().cursor() == looked_at);

        // What others see is what is.
        QVERIFY(screen.for_the_wall().now == screen.story().end());
        QVERIFY(screen.for_the_wall().mode == story::Mode::live);

        baking.press(Qt::Key_End);
        QVERIFY(screen.time().mode() == Mode::live);
        QVERIFY(track.folded());
        QVERIFY(!baking.card().card().offers.empty());
    }

    void only_what_acts_on_the_release_as_it_is_stays() {
        Baking baking;
        auto& screen = baking.screen();
        auto* rollback = baking.shown->find<panels::RollbackButton>();
        auto* pause = baking.shown->find<panels::LivePause>();
        QVERIFY(rollback && pause);
        QVERIFY(pause->isHidden());
        const auto armed = rollback->view();
        for (const Nanos back : {screen.story().release().at("go").started, screen.story().begin() + seconds(1),
                                 screen.story().release().at("bake-10").started + seconds(1)}) {
            screen.time().seek(back);
            screen.refresh();
            testing::settle();
            QVERIFY(baking.card().card().offers.empty());
            for (const auto* button : baking.card().findChildren<QPushButton*>()) {
                QVERIFY2(button->isHidden() || !button->isEnabled(), qPrintable(button->text()));
            }
            QVERIFY(rollback->view().state == armed.state);
            QCOMPARE(rollback->view().title, armed.title);
            QVERIFY(!pause->isHidden() && pause->isEnabled());
        }
        if (const QString folder = qEnvironmentVariable("SLUICE_PICTURES"); !folder.isEmpty()) { // to be looked at
            QVERIFY(baking.shown->window().grab().save(folder + "/looking-back.png"));
        }
        QTest::mouseClick(pause, Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return screen.story().release().paused; }, patience_ms));
        QVERIFY(!screen.moment().release.paused); // of then
        screen.refresh();
        testing::settle();
        QVERIFY(pause->text().contains("Continue"));
        QTest::keyClick(&baking.scrubber().track(), Qt::Key_G, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(QTest::qWaitFor([&] { return !screen.story().release().paused; }, patience_ms));
        baking.press(Qt::Key_End);
        QVERIFY(pause->isHidden());
        // Its keys are the card's again, and nobody else's.
        QTest::keyClick(&baking.scrubber().track(), Qt::Key_H, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(QTest::qWaitFor([&] { return screen.story().release().paused; }, patience_ms));
    }

    void who_comes_back_finds_what_he_looked_at() {
        Baking baking;
        auto& screen = baking.screen();
        auto* plan = baking.shown->find<panels::PlanList>();
        auto* chart = screen.findChild<charts::ChartGrid*>()->charts().front();
        plan->show_selected("to-10");
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_Plus);
        testing::settle();
        const QString title = baking.card().card().title;
        const auto seen = chart->canvas().time_scale().span.length();

        screen.time().move(-minutes(2));
        screen.refresh();
        plan->show_selected("vacuum");
        QTest::keyClick(chart, Qt::Key_1);
        QTest::keyClick(chart, Qt::Key_Left);
        testing::settle();
        QVERIFY(baking.card().card().title != title);

        QTest::keyClick(chart, Qt::Key_End); // of a chart too it leads to what is now
        testing::settle();
        QVERIFY(screen.time().mode() == Mode::live);
        QCOMPARE(plan->selected(), std::string("to-10"));
        QCOMPARE(baking.card().card().title, title);
        QVERIFY(std::abs((chart->canvas().time_scale().span.length() - seen).seconds()) < 30);
    }

    void a_session_that_ends_meanwhile_stays_where_one_looks() {
        Baking baking;
        auto& screen = baking.screen();
        screen.time().seek(screen.story().begin() + minutes(3));
        screen.refresh();
        baking.source->set_speed(0);
        QVERIFY(QTest::qWaitFor([&] { return screen.story().ended(); }, patience_ms));
        testing::settle();
        QVERIFY(screen.time().cursor() == screen.story().begin() + minutes(3));
        QVERIFY(!screen.acts());
        QVERIFY(baking.shown->find<panels::RollbackButton>() == nullptr);
        QVERIFY(baking.shown->find<panels::LivePause>() == nullptr);
        QVERIFY(baking.scrubber().badge().text().startsWith("REPLAY"));
    }

    void no_key_means_two_things() {
        Baking baking;
        for (const bool back : {false, true}) {
            if (back) {
                baking.screen().time().move(-minutes(1));
                baking.screen().refresh();
                testing::settle();
            }
            std::map<QString, QStringList> meant;
            for (const auto* action : baking.shown->window().findChildren<QAction*>()) {
                if (!action->isEnabled() || action->shortcutContext() != Qt::WindowShortcut) {
                    continue;
                }
                for (const auto& key : action->shortcuts()) {
                    meant[key.toString()] << action->text();
                }
            }
            for (const auto& [key, actions] : meant) {
                QVERIFY2(actions.size() == 1, qPrintable(key + ": " + actions.join(", ")));
            }
        }
    }

    void bookmarks_come_again_with_the_session_and_never_into_its_file() {
        QTemporaryDir folder;
        auto options = testing::nova_by_one(folder.path().toStdString(), true);
        const auto state = folder.path().toStdString() + "/state";
        const auto read = [&] { return session::read_bookmarks(session::bookmarks_file(state, options_id_)); };
        {
            Shown shown(story::OwnedSource::rehearsal(options));
            shown.screen().keep_bookmarks_in(state);
            QVERIFY(QTest::qWaitFor([&] { return shown.screen().story().ended(); }, patience_ms));
            options_id_ = shown.screen().bookmarks_name();
            testing::settle();
            shown.screen().time().seek(shown.screen().story().begin() + minutes(5));
            auto* track = &shown.find<panels::Scrubber>()->track();
            QTest::keyClick(track, Qt::Key_M);
            QInputDialog* dialog = nullptr;
            QVERIFY(
                QTest::qWaitFor([&] { return (dialog = shown.window().findChild<QInputDialog*>()) != nullptr; }, 1000));
            dialog->setTextValue("here it began");
            dialog->accept();
            testing::settle();
        }
        QVERIFY(read().has_value());
        QCOMPARE(read()->all().size(), std::size_t(1));
        QVERIFY(host::read_file(options.session.string(), 1u << 28)->find("here it began") == std::string::npos);
        Shown again(std::make_unique<story::FileSource>(options.session));
        again.screen().keep_bookmarks_in(state);
        QVERIFY(QTest::qWaitFor(
            [&] {
                return again.screen().story().ended() && again.find<panels::Scrubber>()->bookmarks().all().size() == 1;
            },
            patience_ms));
        QCOMPARE(QString::fromStdString(again.find<panels::Scrubber>()->bookmarks().all()[0].name), "here it began");

        // Another rehearsal of the same plan and seed has the same id, and no bookmarks of this one.
        const auto copy = folder.path().toStdString() + "/other.sluice";
        std::filesystem::copy_file(options.session, copy);
        Shown other(std::make_unique<story::FileSource>(copy));
        other.screen().keep_bookmarks_in(state);
        QVERIFY(QTest::qWaitFor([&] { return other.screen().story().ended(); }, patience_ms));
        testing::settle();
        QVERIFY(other.screen().bookmarks_name() != options_id_);
        QCOMPARE(other.find<panels::Scrubber>()->bookmarks().all().size(), std::size_t(0));
    }

    void a_rollback_is_not_looked_past() {
        Baking baking;
        auto& screen = baking.screen();
        screen.time().seek(screen.story().begin() + minutes(3));
        screen.refresh();
        testing::settle();
        QTest::mouseClick(baking.shown->find<panels::RollbackButton>(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return screen.story().release().rollback.active; }, patience_ms));
        testing::settle();
        QVERIFY(screen.moment().release.rollback.active);
        QVERIFY(screen.time().mode() == Mode::live || screen.story().ended());
    }

    void bookmarks_that_can_not_be_read_are_told_and_not_written_over() {
        QTemporaryDir folder;
        const std::filesystem::path state = folder.path().toStdString();
        const auto file = session::bookmarks_file(state, "s");
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << "{";
        screens::BookmarkKeeper keeper(state);
        QSignalSpy failed(&keeper, &screens::BookmarkKeeper::failed);
        keeper.open("s");
        QVERIFY(failed.wait(5000));
        QVERIFY(failed[0][0].toString().contains("remove"));
        session::Bookmarks some;
        QVERIFY(some.mark(seconds(1), "x").has_value());
        keeper.keep(some);
        QCOMPARE(failed.count(), 2);
        QCOMPARE(*host::read_file(file.string()), std::string("{"));
    }

    void controls_keep_the_keys_that_are_theirs() {
        const QPushButton button;
        const QSlider slider;
        const QWidget plain;
        using screens::keeps_key;
        QVERIFY(keeps_key(button, Qt::Key_Space));
        QVERIFY(!keeps_key(button, Qt::Key_Left));
        QVERIFY(keeps_key(slider, Qt::Key_Left) && keeps_key(slider, Qt::Key_End));
        QVERIFY(!keeps_key(slider, Qt::Key_Space));
        QVERIFY(!keeps_key(slider, Qt::ControlModifier | Qt::Key_Left));
        QVERIFY(!keeps_key(plain, Qt::Key_Space) && !keeps_key(plain, Qt::Key_Home));
    }

private:
    std::string options_id_;
};

SLUICE_TEST(LookBackTest)
#include "look_back_test.moc"
