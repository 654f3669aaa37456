/// The lines, zones and limits of a chart as they were when somebody looked at them and found them good: pictures in
/// golden/, at device pixel ratio 1 and 2, in both themes. Without words, which each machine's fonts draw otherwise.
///
/// SLUICE_GOLDEN=write makes them anew: look at them before they are committed.
#include "charts/plot_scene.h"
#include "support/suite.h"
#include "theme/apply.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QTest>
#include <cmath>

using namespace sluice;
using namespace sluice::charts;

namespace {

constexpr Nanos begin = hours(24 * 20775);
constexpr double width = 300, height = 120, left = 40, above = 10;

/// Two arms; green has a gap of 40 s, a spike of one sample, and one sample alone between two gaps.
struct Lines {
    series::Pyramid blue, green;
    Lines() {
        for (int s = 0; s < 600; s += 2) {
            const Nanos at = begin + seconds(s);
            blue.append(at, 30 + 8 * std::sin(s / 40.0) + 3 * std::sin(s * 1.7));
            if (s >= 200 && s < 240) {
                green.append_gap(at);
            } else if (s >= 300 && s < 340 && s != 320) {
                green.append_gap(at);
            } else {
                green.append(at, s == 450 ? 92 : 42 + 6 * std::cos(s / 25.0) + 2 * std::sin(s * 2.3));
            }
        }
    }
};

QImage drawn(double ratio, theme::Scheme scheme) {
    static const Lines lines;
    const QRectF plot(left, above, width, height);
    ValueAxis axis;
    axis.low = 0;
    axis.high = 100;
    axis.step = 25;
    PlotScene scene;
    const PlotScene::Frame frame{QSize(360, 160),   plot,  axis,  {{80, true}, {10, false}},
                                 UsualBand{20, 35}, ratio, scheme};
    QImage image(QSize(360, 160) * ratio, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    QPainter painter(&image);
    painter.drawPixmap(0, 0, scene.still(frame));
    const int columns = static_cast<int>(width * ratio);
    scene.paint_lines(painter, {{"blue", 0, &lines.blue}, {"green", 1, &lines.green}},
                      {plot, ratio, snapped({begin, begin + minutes(10)}, columns), columns, 0, 100, 1});
    painter.end();
    return image.copy(QRectF(left * ratio, above * ratio, width * ratio, height * ratio).toRect());
}

/// Pixels that differ by more than rounding.
int different(const QImage& one, const QImage& other) {
    int found = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x) {
            const QColor a = one.pixelColor(x, y), b = other.pixelColor(x, y);
            const int apart =
                std::max({std::abs(a.red() - b.red()), std::abs(a.green() - b.green()), std::abs(a.blue() - b.blue())});
            found += apart > 24 ? 1 : 0;
        }
    }
    return found;
}

} // namespace

class GoldenTest : public QObject {
    Q_OBJECT

private slots:
    void a_chart_looks_as_it_did_data() {
        QTest::addColumn<int>("ratio");
        QTest::addColumn<int>("scheme");
        for (const int ratio : {1, 2}) {
            QTest::addRow("dark-%d", ratio) << ratio << static_cast<int>(theme::Scheme::dark);
            QTest::addRow("light-%d", ratio) << ratio << static_cast<int>(theme::Scheme::light);
        }
    }
    void a_chart_looks_as_it_did() {
        QFETCH(int, ratio);
        QFETCH(int, scheme);
        theme::apply(*qApp, static_cast<theme::Scheme>(scheme));
        const QString file = QStringLiteral(SLUICE_SOURCE_DIR "/tests/ui/charts/golden/%1.png")
                                 .arg(QString::fromUtf8(QTest::currentDataTag()));
        const QImage now = drawn(ratio, static_cast<theme::Scheme>(scheme));
        if (qEnvironmentVariable("SLUICE_GOLDEN") == "write") {
            QVERIFY(now.save(file));
            return;
        }
        const QImage golden(file);
        QVERIFY2(!golden.isNull(), qPrintable(file));
        QCOMPARE(now.size(), golden.size());
        const int apart = different(now, golden);
        if (apart > 0) {
            now.save(QDir::temp().filePath("golden-" + QFileInfo(file).fileName()));
        }
        QVERIFY2(apart == 0, qPrintable(QString("%1 pixels differ from %2").arg(apart).arg(file)));
    }

    /// It would see what it is for: a bridged gap, and a lost spike.
    void a_bridged_gap_would_be_seen() {
        theme::apply(*qApp, theme::Scheme::dark);
        const QImage now = drawn(1, theme::Scheme::dark);
        const auto inked = [&](int from_s, int to_s) { // with green's colour, which nothing else has
            int found = 0;
            for (int x = from_s / 2 + 1; x < to_s / 2 - 1; ++x) {
                for (int y = 0; y < now.height(); ++y) {
                    const QColor c = now.pixelColor(x, y);
                    found += c.green() > c.red() + 70 && c.green() > c.blue() + 30 ? 1 : 0;
                }
            }
            return found;
        };
        QCOMPARE(inked(202, 238), 0);
        QVERIFY(inked(240, 300) > 10);
        QVERIFY(inked(316, 326) > 0);   // one sample alone
        QVERIFY(inked(446, 454) >= 20); // the spike
    }
};

SLUICE_TEST(GoldenTest)
#include "golden_test.moc"
