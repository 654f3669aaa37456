#include "charts/chart_grid.h"
#include "charts/chart_table.h"
#include "charts/metric_chooser.h"
#include "charts/plot_canvas.h"
#include "nova_charts.h"
#include "support/suite.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMouseEvent>
#include <QPointer>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

using namespace sluice;
using namespace sluice::charts;

namespace {

struct Desk {
    NovaCharts nova;
    TimeView view;
    ChartGrid grid{view};

    Desk() {
        view.set_extent(nova.span);
        view.show_all();
        grid.show(nova.contents());
        grid.resize(900, 430);
        grid.show();
        QApplication::setActiveWindow(&grid);
        settle();
    }
    /// Until nothing is left to be painted.
    static void settle() {
        for (int i = 0; i < 3; ++i) {
            QApplication::processEvents();
        }
    }
    MetricChart& first() { return *grid.charts().front(); }
};

} // namespace

class MetricChartTest : public QObject {
    Q_OBJECT

private slots:
    void equal_content_is_not_drawn_again() {
        Desk desk;
        const int painted = desk.first().canvas().times_painted();
        desk.grid.show(desk.nova.contents());
        Desk::settle();
        QCOMPARE(desk.first().canvas().times_painted(), painted);
        desk.nova.lines[0].append(desk.nova.span.to + seconds(5), 1600);
        desk.grid.show(desk.nova.contents());
        Desk::settle();
        QCOMPARE(desk.first().canvas().times_painted(), painted + 1);
        QCOMPARE(desk.grid.charts()[1]->canvas().times_painted(), painted);
    }

    void in_a_narrow_chart_the_title_has_what_is_else_between_the_words() {
        Desk desk;
        auto content = desk.first().content();
        content.title = QStringLiteral("WebSocket connections of all regions, against 10 minutes ago");
        const auto room = [&](int wide) {
            MetricChart chart(desk.view);
            chart.show(content);
            chart.set_choices({{"a", "A"}, {"b", "B"}});
            chart.resize(wide, 200);
            chart.show();
            Desk::settle();
            for (auto* label : chart.findChildren<QLabel*>()) {
                if (label->text() == content.title) {
                    return label->width();
                }
            }
            return 0;
        };
        QVERIFY(room(270) > room(290));
        QVERIFY(room(225) > 0);
    }

    void many_updates_are_one_picture() {
        Desk desk;
        const int drawn = desk.first().canvas().times_drawn();
        for (int i = 1; i <= 50; ++i) {
            desk.nova.lines[0].append(desk.nova.span.to + seconds(i * 5), 1600);
            desk.grid.show(desk.nova.contents());
            desk.view.set_extent({desk.nova.span.from, desk.nova.span.to + seconds(i * 5)});
            desk.view.pan(seconds(5));
        }
        Desk::settle();
        QCOMPARE(desk.first().canvas().times_drawn(), drawn + 1);
    }

    void pointing_draws_no_line_again() {
        Desk desk;
        const int drawn = desk.first().canvas().times_drawn();
        const QImage before = desk.first().canvas().grab().toImage();
        QTest::mouseMove(&desk.first().canvas(), {200, 60});
        Desk::settle();
        QVERIFY(desk.view.pointed_at());
        QCOMPARE(desk.first().canvas().times_drawn(), drawn);
        QVERIFY(desk.first().canvas().grab().toImage() != before);
    }

    void keys_move_the_view_of_all_charts() {
        Desk desk;
        desk.first().setFocus();
        QTRY_VERIFY(desk.first().hasFocus());
        const Span all = desk.nova.span;
        QTest::keyClick(&desk.first(), Qt::Key_Plus);
        QVERIFY(desk.view.visible().length() < all.length());
        QTest::keyClick(&desk.first(), Qt::Key_Left);
        const Span left = desk.view.visible();
        QTest::keyClick(&desk.first(), Qt::Key_Right);
        QVERIFY(desk.view.visible().from > left.from);
        QTest::keyClick(&desk.first(), Qt::Key_Minus);
        QVERIFY(desk.view.visible().length() > left.length());
        QTest::keyClick(&desk.first(), Qt::Key_1);
        QCOMPARE(desk.view.visible(), (Span{all.to - minutes(10), all.to}));
        QTest::keyClick(&desk.first(), Qt::Key_Left);
        QVERIFY(!desk.view.following());
        QTest::keyClick(&desk.first(), Qt::Key_End);
        QVERIFY(desk.view.following());
        QTest::keyClick(&desk.first(), Qt::Key_Home);
        QCOMPARE(desk.view.visible(), all);
        const int drawn = desk.grid.charts().back()->canvas().times_drawn();
        QTest::keyClick(&desk.first(), Qt::Key_Plus);
        Desk::settle();
        QCOMPARE(desk.grid.charts().back()->canvas().times_drawn(), drawn + 1);
    }

    void the_wheel_zooms_about_the_pointer_and_a_drag_pans() {
        Desk desk;
        PlotCanvas& canvas = desk.first().canvas();
        const QPointF at(150, 60);
        const Nanos under = canvas.time_scale().at(at.x());
        QWheelEvent wheel(at, canvas.mapToGlobal(at), {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(&canvas, &wheel);
        Desk::settle();
        QVERIFY(desk.view.visible().length() < desk.nova.span.length());
        QVERIFY(std::abs(canvas.time_scale().x_of(under) - at.x()) < 1.5);
        const Span before = desk.view.visible();
        QTest::mousePress(&canvas, Qt::LeftButton, {}, {200, 60});
        QTest::mouseMove(&canvas, {260, 60});
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, {260, 60});
        QVERIFY(desk.view.visible().from < before.from);
        QCOMPARE(desk.view.visible().length(), before.length());
    }

    void a_double_click_shows_what_was_shown_before_anything_was_chosen() {
        Desk desk;
        desk.view.set_usual(minutes(20));
        desk.view.look_at({desk.nova.span.from + minutes(3), desk.nova.span.from + minutes(9)});
        QVERIFY(!desk.view.following());
        QTest::mouseDClick(&desk.first().canvas(), Qt::LeftButton, {}, {200, 60});
        QVERIFY(desk.view.following());
        QCOMPARE(desk.view.visible(), (Span{desk.nova.span.to - minutes(20), desk.nova.span.to}));
    }

    void pointing_at_one_chart_reads_all_of_them_at_one_time() {
        Desk desk;
        desk.view.point_at({}); // the pointer may lie where the window appeared
        Desk::settle();
        std::vector<QImage> before;
        for (auto* chart : desk.grid.charts()) {
            before.push_back(chart->canvas().grab().toImage());
        }
        const QPointF at(150, 50);
        QMouseEvent move(QEvent::MouseMove, at, desk.first().canvas().mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                         Qt::NoModifier);
        QApplication::sendEvent(&desk.first().canvas(), &move);
        Desk::settle();
        for (std::size_t i = 0; i < before.size(); ++i) {
            QVERIFY(desk.view.pointed_at().has_value());
            QVERIFY2(desk.grid.charts()[i]->canvas().grab().toImage() != before[i], qPrintable(QString::number(i)));
        }
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(&desk.first().canvas(), &leave);
        Desk::settle();
        for (std::size_t i = 0; i < before.size(); ++i) {
            QVERIFY(desk.grid.charts()[i]->canvas().grab().toImage() == before[i]);
        }
    }

    /// Elsewhere on the screen the same keys go through time.
    void in_a_chart_its_keys_are_its_own() {
        Desk desk;
        int elsewhere = 0;
        QAction other(&desk.grid);
        other.setShortcuts({Qt::Key_Left, Qt::Key_End});
        other.setShortcutContext(Qt::WindowShortcut);
        QObject::connect(&other, &QAction::triggered, [&] { ++elsewhere; });
        desk.grid.addAction(&other);
        desk.first().setFocus();
        QTRY_VERIFY(desk.first().hasFocus());
        QTest::keyClick(&desk.first(), Qt::Key_Plus);
        const Span before = desk.view.visible();
        QTest::keyClick(&desk.first(), Qt::Key_Left);
        QVERIFY(desk.view.visible().from < before.from);
        QCOMPARE(elsewhere, 0);
        desk.grid.setFocus();
        QTest::keyClick(&desk.grid, Qt::Key_Left);
        QCOMPARE(elsewhere, 1);
    }

    void another_metric_is_searched_for_and_chosen_by_the_keyboard() {
        Desk desk;
        QVERIFY(desk.first().chooser()->isHidden());
        desk.grid.set_choices({{"lag", "Consumer lag"},
                               {"p99", "p99 latency"},
                               {"p99/green", "p99 latency · green"},
                               {"db", "Database & queue", "no gate reads it"}});
        QVERIFY(!desk.first().chooser()->isHidden());
        QVERIFY(!desk.first().chooser()->accessibleName().isEmpty());
        QVERIFY(desk.first().chooser()->focusPolicy() & Qt::TabFocus);
        QSignalSpy chosen(&desk.grid, &ChartGrid::metric_chosen);
        auto& chart = *desk.grid.charts()[2];
        struct Row {
            QString typed;
            int shown;
            QList<Qt::Key> keys;
            QVariantList chosen; ///< empty = nothing
        };
        const Row rows[] = {
            {"", 5, {Qt::Key_Return}, {2, "lag"}}, // all, and the plan's own choice
            {"latency p99", 2, {Qt::Key_Return}, {2, "p99"}},
            {"P99", 2, {Qt::Key_Down, Qt::Key_Return}, {2, "p99/green"}},
            {"no gate", 1, {Qt::Key_Return}, {2, "db"}},
            {"gates and", 1, {Qt::Key_Return}, {2, QString()}},
            {"nothing is called so", 0, {Qt::Key_Return, Qt::Key_Escape}, {}},
            {"lag", 1, {Qt::Key_Escape}, {}},
        };
        for (const Row& row : rows) {
            chosen.clear();
            const QPointer<MetricChooser> list = chart.open_chooser();
            QTest::keyClicks(&list->words(), row.typed);
            int shown = 0;
            for (int i = 0; i < list->list().count(); ++i) {
                shown += list->list().isRowHidden(i) ? 0 : 1;
            }
            QVERIFY2(shown == row.shown, qPrintable(row.typed));
            for (const Qt::Key key : row.keys) {
                QVERIFY(list && list->isVisible());
                QTest::keyClick(&list->words(), key);
            }
            QCOMPARE(chosen.count(), row.chosen.isEmpty() ? 0 : 1);
            if (!row.chosen.isEmpty()) {
                QCOMPARE(chosen[0], row.chosen);
            }
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
            QVERIFY(!list); // closed
        }
    }

    void the_readout_says_no_data_in_a_gap() {
        series::Pyramid blue, green;
        blue.append(seconds(10), 0.25);
        green.append(seconds(10), 0.5);
        green.append_gap(seconds(20));
        ChartContent content;
        content.scale = Scale::percent;
        content.lines = {{"blue", 0, &blue}, {"green", 1, &green}};
        QCOMPARE(readout(content, seconds(15)).rows[1].text(), QString("50"));
        QCOMPARE(readout(content, seconds(25)).rows[0].text(), QString("25"));
        QCOMPARE(readout(content, seconds(25)).rows[1].text(), QString("no data"));
        QCOMPARE(readout(content, seconds(5)).rows[0].text(), QString("no data"));
    }

    void what_was_asked_for_afterwards_is_read_out_where_nothing_was_watched() {
        series::Pyramid watched, past;
        for (const auto& [at, value] : {std::pair{0, 1.0}, {10, 8.0}}) {
            past.append(seconds(at), value);
        }
        past.append_gap(seconds(15));
        watched.append(seconds(20), 3);
        ChartContent content;
        auto& line = content.lines.emplace_back();
        line.samples = &watched;
        line.past = &past;
        QCOMPARE(readout(content, seconds(5)).rows[0].text(), QString("1 from history"));
        QVERIFY(shows_history(content, {seconds(0), seconds(30)}));
        QVERIFY(!shows_history(content, {seconds(16), seconds(30)}));
        QVERIFY2(describe(content).contains("from history"), qPrintable(describe(content)));
        content.lines[0].past = nullptr;
        QVERIFY(!describe(content).contains("from history"));
        content.lines[0].past = &past;
        QCOMPARE(readout(content, seconds(17)).rows[0].text(), QString("no data"));
        QCOMPARE(readout(content, seconds(25)).rows[0].text(), QString("3"));
        QVERIFY(axis_of(content, {seconds(0), seconds(30)}, 4).high >= 8); // it is seen as well
    }

    void a_screen_reader_hears_the_figures() {
        Desk desk;
        MetricChart& throughput = *desk.grid.charts()[3];
        QAccessibleInterface* chart = QAccessible::queryAccessibleInterface(&throughput);
        QVERIFY(chart);
        QCOMPARE(chart->role(), QAccessible::Chart);
        QCOMPARE(chart->text(QAccessible::Name), QString("Throughput, blue + green"));
        QCOMPARE(chart->text(QAccessible::Value), QString("92.4 k events/s"));
        const QString words = chart->text(QAccessible::Description);
        QVERIFY2(words.contains("close to its limit") && words.contains("both 9") && words.contains("not below 90"),
                 qPrintable(words));
        for (MetricChart* each : desk.grid.charts()) {
            QVERIFY(!each->accessibleName().isEmpty());
        }
    }

    void t_opens_the_figures_as_a_table() {
        Desk desk;
        desk.first().setFocus();
        QTRY_VERIFY(desk.first().hasFocus());
        QTest::keyClick(&desk.first(), Qt::Key_T);
        auto* dialog = desk.first().findChild<QDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        const auto* table = dialog->findChild<QTableView*>();
        QVERIFY(table);
        QVERIFY(!table->accessibleName().isEmpty());
        QCOMPARE(table->model()->columnCount(), 3);
        QCOMPARE(table->model()->rowCount(), static_cast<int>(desk.nova.lines[0].size()) - 1);
        QCOMPARE(table->model()->headerData(1, Qt::Horizontal).toString(), QString("blue, messages"));
    }

    void the_table_is_a_sound_model() {
        ChartTable table;
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        NovaCharts nova;
        nova.lines[1].append_gap(nova.span.to + seconds(1));
        nova.lines[0].append(nova.span.to + seconds(2), 1000);
        const Span span{nova.span.from, nova.span.to + seconds(10)};
        table.set(nova.contents().front(), span);
        QCOMPARE(table.rowCount(), static_cast<int>(nova.lines[0].size()));
        QCOMPARE(table.data(table.index(0, 0)).toString(), QString("14:51:02"));
        QCOMPARE(table.data(table.index(0, 2)).toString(), QString("no data"));
        table.set({}, span);
        QCOMPARE(table.rowCount(), 0);
        QCOMPARE(table.columnCount(), 1);
    }
};

SLUICE_TEST(MetricChartTest)
#include "metric_chart_test.moc"
