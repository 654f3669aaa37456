/// What the war room tells, of a rehearsal that was rolled back by a trigger.
#include "nova_story.h"
#include "story/wall_news.h"
#include "story/wall_view.h"
#include "support/suite.h"

#include <QtTest>
#include <algorithm>
#include <cmath>

using namespace sluice;
using namespace sluice::story;

class WallNewsTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    Story back_;

    QStringList news() {
        const Moment moment = back_.latest(Mode::live);
        StepTitles titles(moment.release);
        QStringList all;
        for (std::size_t i = 0; i < moment.entries.size(); ++i) {
            all << wall_news(moment.release, titles, moment.entries[i].event, moment.entries.first(i));
        }
        all.removeAll(QString());
        return all;
    }

private slots:
    void initTestCase() {
        back_ = testing::nova_story(folder_, {"split:green>=50 errors 8% on green"});
        QCOMPARE(QString::fromStdString(back_.release().outcome), "rolled-back");
    }

    void people_read_titles_and_only_what_is_news() {
        const QStringList all = news();
        QVERIFY2(all.contains("Bake at 50 % started"), qPrintable(all.join('\n')));
        QVERIFY(all.contains("Error rate, green breached"));
        QVERIFY(all.contains("Rollback done"));
        QVERIFY(!all.filter(QRegularExpression("^Trigger fired: HIGH")).isEmpty());
        for (const auto& step : back_.release().plan->steps) { // no id where there is a title
            const QString id = QString::fromStdString(step.id);
            QVERIFY2(!id.contains('-') || all.filter(id).isEmpty(), qPrintable(id));
        }
        // Gates that hold from the first are no news; 8 gates at each of three holds would be.
        QVERIFY2(all.filter(" holds").size() < 8, qPrintable(all.filter(" holds").join('\n')));
    }

    void what_the_program_notes_of_its_own_machine_is_no_news() {
        const Moment moment = back_.latest(Mode::live);
        StepTitles titles(moment.release);
        const auto told = [&](const char* by) {
            release::Noted note;
            note.text = "it may fall asleep";
            note.by.name = by;
            return wall_news(moment.release, titles, {1, moment.now, note}, {});
        };
        QCOMPARE(told("a.lead"), "it may fall asleep");
        QCOMPARE(told(release::own_name), "");
    }

    void the_wall_names_the_gate_that_is_breached() {
        const auto& release = back_.release();
        bool seen = false;
        for (const auto& entry : back_.entries()) {
            const WallView view = present_wall(back_.at(entry.event.time + milliseconds(1), Mode::live));
            if (view.tone == WallView::Tone::breach) {
                seen = true;
                QCOMPARE(view.banner, "✕ BREACHED");
                QVERIFY2(view.banner_why.startsWith("✕ Error rate, green: breached"), qPrintable(view.banner_why));
            }
            QVERIFY(view.tone != WallView::Tone::rolling_back || view.banner.startsWith("ROLLING BACK"));
        }
        QVERIFY(seen);
        QVERIFY(release.closed());
    }

    void the_wall_counts_down_to_what_the_program_does_by_itself() {
        const Nanos turned = back_.release().rollback.started;
        const WallView view = present_wall(back_.at(turned - seconds(3), Mode::live));
        QCOMPARE(view.banner, "✕ BREACHED");
        QVERIFY2(view.banner_why.contains(QRegularExpression(" · rolls back by itself in 0:0[0-9]")),
                 qPrintable(view.banner_why));
        QVERIFY(!present_wall(back_.at(turned + seconds(1), Mode::live)).banner_why.contains("by itself"));
    }

    void the_wall_of_what_was_rolled_back_tells_so_and_nothing_runs_there() {
        for (const Mode mode : {Mode::live, Mode::following, Mode::replay}) {
            const WallView view = present_wall(back_.latest(mode));
            QCOMPARE(view.banner, "△ ROLLED BACK");
            QVERIFY2(view.banner_why.startsWith("HIGH"), qPrintable(view.banner_why));
            QVERIFY2(view.rollback.startsWith("Rolled back · 6 of 6 done"), qPrintable(view.rollback));
            QStringList stopped;
            for (const auto& phase : view.phases) {
                QVERIFY2(!phase.now, qPrintable(phase.title));
                stopped << (phase.stopped ? phase.title : QString());
            }
            stopped.removeAll(QString());
            QCOMPARE(stopped, QStringList("Traffic switch"));
        }
    }

    void a_wall_with_gaps_in_its_lines_is_equal_to_itself() {
        const WallView view = present_wall(back_.at(back_.begin() + minutes(5), Mode::live));
        QVERIFY(std::any_of(view.tiles.begin(), view.tiles.end(), [](const auto& tile) {
            return std::any_of(tile.line.begin(), tile.line.end(), [](double value) { return std::isnan(value); });
        }));
        QVERIFY(view == present_wall(back_.at(back_.begin() + minutes(5), Mode::live)));
    }
};

SLUICE_TEST(WallNewsTest)
#include "wall_news_test.moc"
