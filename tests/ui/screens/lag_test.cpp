/// The page of lag by partition, from the window: by its key, in a replay, with what a rehearsal's Kafka answered.
#include "charts/chart_grid.h"
#include "screens/lag_dialog.h"
#include "screens/remembered.h"
#include "screens/visible_text.h"
#include "support/suite.h"
#include "ui/screens/cockpit.h"
#include "ui/screens/desk.h"

using namespace sluice;
using screens::CockpitWindow;
using screens::LagDialog;
using testing::OwnDesk;

class LagScreenTest : public QObject {
    Q_OBJECT
private slots:
    void it_opens_by_its_key_and_shows_the_partitions_of_the_moment() {
        const OwnDesk desk;
        QTemporaryDir folder;
        CockpitWindow window(desk.defaults());
        window.ask_for_charts({"lag"});
        QVERIFY(testing::rehearsed_nova(window, folder));
        QCOMPARE(window.session()->chart_metrics(), QStringList{"lag"}); // --chart lag
        QVERIFY(screens::remembered_charts(screens::ChosenOn::cockpit, "nova-blue-green").isEmpty());

        QTest::keyClick(&window, Qt::Key_L, Qt::ControlModifier);
        const auto found = window.findChildren<LagDialog*>();
        QCOMPARE(found.size(), 1);
        auto* page = found.front();
        QVERIFY(page->isVisible());
        QVERIFY2(screens::nameless(*page).isEmpty(), qPrintable(screens::nameless(*page).join(", ")));
        QCOMPARE(page->page().groups.size(), std::size_t{1});
        const auto group = page->page().groups.front(); // the page itself is made anew below
        QCOMPARE(group.name, "analytics");
        QCOMPARE(group.parts.size(), std::size_t{1});
        QVERIFY(!group.parts.front().parts.empty());
        QVERIFY(!group.parts.front().parts.front().end.isEmpty());

        // What is chosen stays chosen, and what is closed stays closed, at another moment of the replay.
        auto* tree = page->findChild<QTreeView*>();
        QCOMPARE(tree->model()->rowCount(), 1);
        const QModelIndex topic = tree->model()->index(0, 0, tree->model()->index(0, 0));
        tree->setCurrentIndex(topic);
        tree->collapse(topic);
        const QString note = page->page().note;
        auto& time = window.session()->time();
        time.seek(window.session()->story().end() - minutes(30));
        window.session()->refresh();
        QVERIFY(page->page().note != note);
        const QModelIndex chosen = tree->currentIndex();
        QCOMPARE(chosen.data().toString().mid(2), group.parts.front().name);
        QVERIFY(!tree->isExpanded(chosen.siblingAtColumn(0)));

        // A chart of it leads there, by a click on its title and by a key; a chart of something else does not.
        const auto charts = window.findChild<charts::ChartGrid*>()->charts();
        QVERIFY(charts.size() >= 2);
        const auto title_of = [](const charts::MetricChart& chart) {
            for (auto* label : chart.findChildren<QLabel*>()) {
                if (label->text() == chart.content().title) {
                    return label;
                }
            }
            return static_cast<QLabel*>(nullptr);
        };
        for (const bool by_key : {false, true}) {
            for (const std::size_t place : {std::size_t{1}, std::size_t{0}}) {
                tree->setCurrentIndex(tree->model()->index(0, 0));
                page->hide();
                auto* title = title_of(*charts[place]);
                QVERIFY(title);
                by_key ? QTest::keyClick(charts[place], Qt::Key_Return) : QTest::mouseClick(title, Qt::LeftButton);
                QCOMPARE(page->isVisible(), place == 0);
                QCOMPARE(title->cursor().shape() == Qt::PointingHandCursor, place == 0);
                QCOMPARE(charts[place]->toolTip().contains("Return"), place == 0);
            }
            QCOMPARE(tree->currentIndex().siblingAtColumn(0).data().toString().mid(2), group.parts.front().name);
            QVERIFY(tree->isExpanded(tree->currentIndex().siblingAtColumn(0)));
        }
    }
};

SLUICE_TEST(LagScreenTest)
#include "lag_test.moc"
