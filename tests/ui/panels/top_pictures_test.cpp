/// The top of the cockpit drawn from a real session, in both themes and at two widths; the pictures lie in the build
/// folder (pictures/) to be looked at.
#include "panels/audit_table.h"
#include "panels/plan_list.h"
#include "panels/top_bar.h"
#include "support/suite.h"
#include "theme/apply.h"
#include "ui/panels/recording_channel.h"
#include "ui/story/nova_story.h"

#include <QApplication>
#include <QGridLayout>
#include <QtTest>

using namespace sluice;

class TopPicturesTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_, other_;
    story::Story done_, back_;

    static story::Moment while_running(story::Story& told, const std::string& step, Nanos after, story::Mode mode) {
        for (const auto& entry : told.entries()) {
            const auto* started = std::get_if<release::StepStarted>(&entry.event.body);
            if (started != nullptr && started->step == step) {
                return told.at(entry.event.time + after, mode);
            }
        }
        qFatal("no step %s", step.c_str());
    }

    static void draw(const story::Moment& moment, const QString& name, QSize size, bool acting) {
        QDir().mkpath(QStringLiteral(SLUICE_BINARY_DIR "/pictures"));
        for (const auto scheme : {theme::Scheme::dark, theme::Scheme::light}) {
            theme::apply(*qApp, scheme);
            testing::RecordingChannel channel;
            QWidget window;
            auto* bar = new panels::TopBar(acting ? &channel : nullptr);
            auto* plan = new panels::PlanList;
            auto* audit = new panels::AuditTable;
            auto* grid = new QGridLayout(&window);
            grid->setContentsMargins(0, 0, 0, 0);
            grid->setSpacing(0);
            grid->addWidget(bar, 0, 0, 1, 2);
            grid->addWidget(plan, 1, 0);
            grid->setColumnMinimumWidth(0, 344);
            grid->setColumnStretch(1, 1);
            grid->setRowStretch(1, 1);
            grid->addWidget(audit, 2, 0, 1, 2);
            audit->setFixedHeight(195);
            window.resize(size);
            window.show();
            bar->show_moment(moment);
            plan->show_moment(moment);
            audit->show_moment(moment);
            QVERIFY(QTest::qWaitForWindowExposed(&window));
            QCoreApplication::processEvents();
            const QString file = QStringLiteral(SLUICE_BINARY_DIR "/pictures/top-%1-%2-%3.png")
                                     .arg(name)
                                     .arg(size.width())
                                     .arg(scheme == theme::Scheme::dark ? "dark" : "light");
            QVERIFY(window.grab().save(file));
        }
    }

private slots:
    void initTestCase() {
        done_ = testing::nova_story(folder_);
        back_ = testing::nova_story(other_, {"split:green>=50 errors 8% on green"});
    }

    void a_hold_at_25_per_cent() {
        const auto moment = while_running(done_, "bake-25", seconds(70), story::Mode::live);
        draw(moment, "hold", {1600, 1000}, true);
        draw(moment, "hold", {1280, 800}, true);
    }

    void checks_before_t0() {
        draw(done_.at(done_.begin() + seconds(12), story::Mode::live), "checks", {1600, 1000}, true);
    }

    void a_rollback() {
        for (const auto& entry : back_.entries()) {
            if (std::holds_alternative<release::RollbackStarted>(entry.event.body)) {
                draw(back_.at(entry.event.time + seconds(1), story::Mode::live), "rollback", {1600, 1000}, true);
            }
        }
        draw(back_.latest(story::Mode::live), "rolled-back", {1600, 1000}, true);
    }

    void a_replay() {
        draw(while_running(done_, "bake-25", seconds(70), story::Mode::replay), "replay", {1600, 1000}, false);
    }
};

SLUICE_TEST(TopPicturesTest)
#include "top_pictures_test.moc"
