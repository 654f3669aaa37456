#include "charts/chart_grid.h"
#include "nova_charts.h"
#include "support/suite.h"
#include "theme/apply.h"

#include <QApplication>
#include <QTest>

using namespace sluice;
using namespace sluice::charts;

/// With SLUICE_PICTURES set to a folder, leaves the pictures there to be looked at.
class PictureTest : public QObject {
    Q_OBJECT

private slots:
    void a_grid_draws_in_both_themes_and_sizes_data() {
        QTest::addColumn<int>("scheme");
        QTest::addColumn<QSize>("size");
        for (const int scheme : {0, 1}) {
            for (const QSize size : {QSize(816, 370), QSize(912, 436), QSize(2410, 1010)}) {
                QTest::addRow("%s-%d", scheme == 0 ? "dark" : "light", size.width()) << scheme << size;
            }
        }
    }
    void a_grid_draws_in_both_themes_and_sizes() {
        QFETCH(int, scheme);
        QFETCH(QSize, size);
        theme::apply(*qApp, static_cast<theme::Scheme>(scheme));
        const NovaCharts nova;
        TimeView view;
        view.set_extent(nova.span);
        view.show_all();
        QWidget ground;
        ChartGrid grid(view, 2, &ground);
        grid.show(nova.contents());
        ground.resize(size + QSize(20, 20));
        grid.setGeometry(10, 10, size.width(), size.height());
        const QImage plain = ground.grab().toImage();
        view.point_at(nova.span.from + minutes(29));
        view.set_cursor(nova.span.from + minutes(34));
        const QImage pointed = ground.grab().toImage();
        QVERIFY(plain != pointed);
        const QString folder = qEnvironmentVariable("SLUICE_PICTURES");
        if (!folder.isEmpty()) {
            const QString name = QStringLiteral("%1/charts-%2").arg(folder, QString::fromUtf8(QTest::currentDataTag()));
            QVERIFY(plain.save(name + ".png"));
            QVERIFY(pointed.save(name + "-pointed.png"));
        }
    }

    void states_that_are_not_everyday_are_drawn_too_data() {
        QTest::addColumn<int>("scheme");
        QTest::newRow("dark") << 0;
        QTest::newRow("light") << 1;
    }
    void states_that_are_not_everyday_are_drawn_too() {
        QFETCH(int, scheme);
        theme::apply(*qApp, static_cast<theme::Scheme>(scheme));
        const Span span{hours(24 * 20775) + minutes(10), hours(24 * 20775) + minutes(20)};
        series::Pyramid blue, green, lone;
        for (int s = 0; s < 600; s += 5) {
            const Nanos at = span.from + seconds(s);
            blue.append(at, 0.012 + 0.002 * std::sin(s / 40.0));
            if (s < 200 || s > 330) {
                green.append(at, s == 450 ? 0.07 : 0.014 + 0.003 * std::cos(s / 25.0));
            } else {
                green.append_gap(at);
            }
        }
        lone.append(span.from + minutes(4), 3e6);
        lone.append_gap(span.from + minutes(5));
        ChartContent breached{"Error rate of all the consumers of the partner feed, both regions",
                              "%",
                              "6.1",
                              theme::Mark::breached,
                              "limit 5 % for 5 min · rollback proposed",
                              {{"blue", 0, &blue}, {"green", 1, &green}},
                              {{0.05, true}},
                              {{span.from + minutes(2), "50%", MarkerKind::shift},
                               {span.from + seconds(455), "error rate 6.1 %", MarkerKind::breach},
                               {span.from + seconds(470), "KafkaHighMemoryUsage", MarkerKind::alert}},
                              Scale::percent,
                              {}};
        ChartContent unknown{
            "Database p95",         "ms",          "–", theme::Mark::source_error, "prometheus answered 503 (12 tries)",
            {{"blue", 0, nullptr}}, {{0.1, true}}, {},  Scale::milliseconds,       {}};
        ChartContent few{"Backlog", "messages",   "–", theme::Mark::no_data, {}, {{"both", whole, &lone}}, {},
                         {},        Scale::as_is, {}};
        ChartContent empty{"Dead letters", "", "0", theme::Mark::holds, {}, {}, {}, {}, Scale::as_is, {}};
        TimeView view;
        view.set_extent(span);
        view.show_all();
        QWidget ground;
        ChartGrid grid(view, 2, &ground);
        grid.show({breached, unknown, few, empty});
        ground.resize(830, 390);
        grid.setGeometry(10, 10, 810, 370);
        const QImage picture = ground.grab().toImage();
        QVERIFY(picture.width() > 0);
        const QString folder = qEnvironmentVariable("SLUICE_PICTURES");
        if (!folder.isEmpty()) {
            QVERIFY(picture.save(
                QStringLiteral("%1/states-%2.png").arg(folder, QString::fromUtf8(QTest::currentDataTag()))));
        }
    }

    void cleanupTestCase() { qApp->setStyleSheet({}); }
};

SLUICE_TEST(PictureTest)
#include "picture_test.moc"
