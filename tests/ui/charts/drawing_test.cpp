#include "charts/content.h"
#include "charts/series_item.h"
#include "support/suite.h"
#include "theme/tokens.h"

#include <QImage>
#include <QPainter>
#include <QTest>
#include <cmath>
#include <rapidcheck.h>

using namespace sluice;
using namespace sluice::charts;

namespace {

constexpr int width = 380, height = 120;
constexpr double top = 100; ///< of the axis

QImage blank(double ratio) {
    QImage image(QSize(width, height) * ratio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    return image;
}

SeriesItem::View view_of(Span span, double ratio) {
    const int columns = static_cast<int>(width * ratio);
    return {QRectF(0, 0, width, height), ratio, snapped(span, columns), columns, 0, top, 1};
}

QImage drawn(const series::Pyramid& line, int place, Span span, double ratio) {
    QImage image = blank(ratio);
    QPainter painter(&image);
    SeriesItem item(nullptr);
    item.set_line(&line, place);
    item.set_view(view_of(span, ratio));
    item.paint(&painter, nullptr, nullptr);
    return image;
}

InkScale scale_of(const SeriesItem::View& view) {
    return {view.span.from, view.span.length() / view.columns, view.low, view.high, height * view.ratio, 1};
}

/// The ink of every sample, one after the other.
std::vector<InkBar> full_ink(const series::Pyramid& line, const InkScale& scale, int first, int end) {
    ColumnInk ink(first, end);
    const auto points = line.points();
    for (std::size_t i = 0; i < points.size(); ++i) {
        line.starts_run(i) ? ink.move_to(scale.x(points[i].at), scale.y(points[i].value))
                           : ink.line_to(scale.x(points[i].at), scale.y(points[i].value));
    }
    return ink.bars();
}

/// A line of a day at 1 Hz about 40, with noise, spikes of one sample, and gaps.
series::Pyramid day_line(int count, std::uint32_t seed, bool with_gaps) {
    series::Pyramid line;
    const auto next = [&seed](double limit) {
        seed = seed * 1664525u + 1013904223u;
        return static_cast<double>(seed) / 4294967296.0 * limit;
    };
    for (int i = 0; i < count; ++i) {
        if (with_gaps && next(500) < 1) {
            line.append_gap(seconds(i));
            i += static_cast<int>(next(400));
        }
        line.append(seconds(i) + Nanos{1 + static_cast<std::int64_t>(next(5e8))},
                    next(2000) < 1 ? 95.0 : 40 + 8 * std::sin(i / 3000.0) + next(6));
    }
    return line;
}

int ink_in(const QImage& image, int from_x, int to_x, int from_y, int to_y) {
    int inked = 0;
    for (int x = std::max(0, from_x); x < std::min(image.width(), to_x); ++x) {
        for (int y = std::max(0, from_y); y < std::min(image.height(), to_y); ++y) {
            inked += qAlpha(image.pixel(x, y)) > 60 ? 1 : 0;
        }
    }
    return inked;
}

} // namespace

class DrawingTest : public QObject {
    Q_OBJECT

private slots:
    void decimated_is_pixel_for_pixel_the_drawing_of_every_sample_data() {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("length");
        for (const double ratio : {1.0, 2.0}) {
            for (const auto& [from, length] : {std::pair(0, 86400), {20000, 40000}, {7, 10000}, {50000, 2500}}) {
                QTest::addRow("ratio %g, %d s from %d", ratio, length, from) << ratio << from << length;
            }
        }
    }
    void decimated_is_pixel_for_pixel_the_drawing_of_every_sample() {
        QFETCH(double, ratio);
        QFETCH(int, from);
        QFETCH(int, length);
        for (const bool with_gaps : {false, true}) {
            const auto line = day_line(86400, 5, with_gaps);
            const auto view = view_of({seconds(from), seconds(from + length)}, ratio);
            const auto expected = full_ink(line, scale_of(view), -2, view.columns + 2);
            const auto got = ink_of(line, scale_of(view), -2, view.columns + 2);
            QCOMPARE(got.size(), expected.size());
            QVERIFY(got == expected);
            QImage by_hand = blank(ratio);
            {
                QPainter painter(&by_hand);
                painter.setRenderHint(QPainter::Antialiasing);
                paint_bars(painter, expected, {0, 0}, ratio, SeriesItem::thickness * ratio, theme::arm_colour(0),
                           Dashes(Qt::SolidLine, ratio), 0);
            }
            QVERIFY(drawn(line, 0, {seconds(from), seconds(from + length)}, ratio) == by_hand);
        }
    }

    void every_pixel_that_qt_draws_of_all_samples_is_drawn_data() {
        QTest::addColumn<double>("ratio");
        QTest::newRow("1") << 1.0;
        QTest::newRow("2") << 2.0;
    }
    /// Against another hand than ours: QPainter, one hairline from sample to sample.
    void every_pixel_that_qt_draws_of_all_samples_is_drawn() {
        QFETCH(double, ratio);
        const auto line = day_line(20000, 9, true);
        const Span span{seconds(0), seconds(20000)};
        const auto view = view_of(span, ratio);
        QImage hairline = blank(ratio);
        hairline.setDevicePixelRatio(1);
        QPainter painter(&hairline);
        painter.setPen(QPen(Qt::black, 1));
        const auto scale = scale_of(view);
        const auto points = line.points();
        for (std::size_t i = 1; i < points.size(); ++i) {
            if (!line.starts_run(i)) {
                painter.drawLine(QLineF(scale.x(points[i - 1].at), scale.y(points[i - 1].value), scale.x(points[i].at),
                                        scale.y(points[i].value)));
            }
        }
        painter.end();
        const QImage ours = drawn(line, 0, span, ratio);
        int missing = 0, inked = 0;
        for (int x = 0; x < ours.width(); ++x) {
            for (int y = 0; y < ours.height(); ++y) {
                if (qAlpha(hairline.pixel(x, y)) == 0) {
                    continue;
                }
                ++inked;
                // Aliased lines are rounded to a pixel, ours are not.
                bool near = false;
                for (const int dy : {-1, 0, 1}) {
                    near = near || (ours.rect().contains(x, y + dy) && qAlpha(ours.pixel(x, y + dy)) > 0);
                }
                missing += near ? 0 : 1;
            }
        }
        QVERIFY(inked > width);
        QCOMPARE(missing, 0);
    }

    void every_spike_of_one_sample_is_seen_at_every_zoom_data() {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<int>("place");
        for (const double ratio : {1.0, 2.0}) {
            for (const int place : {0, 1, 2, 3, whole}) {
                QTest::addRow("ratio %g, place %d", ratio, place) << ratio << place;
            }
        }
    }
    void every_spike_of_one_sample_is_seen_at_every_zoom() {
        QFETCH(double, ratio);
        QFETCH(int, place);
        constexpr int count = 86400;
        for (int spike = 1234; spike < count; spike += 9973) {
            series::Pyramid line;
            for (int i = 0; i < count; ++i) {
                line.append(seconds(i), i == spike ? 90 : 20 + i % 3);
            }
            for (int length = count; length >= 8; length /= 3) {
                const int from = std::clamp(spike - length / 3, 0, count - length);
                const Span span{seconds(from), seconds(from + length)};
                const QImage image = drawn(line, place, span, ratio);
                const auto view = view_of(span, ratio);
                const int x = static_cast<int>(scale_of(view).x(seconds(spike)));
                // The tip is at 10 % from above; nothing else is in the upper half.
                const int tip = static_cast<int>(0.1 * height * ratio);
                const QByteArray where = QByteArrayLiteral("spike at ") + QByteArray::number(spike) + ", " +
                                         QByteArray::number(length) + " s";
                QVERIFY2(ink_in(image, x - 1, x + 2, tip - 3, tip + static_cast<int>(5 * ratio)) > 0,
                         where.constData());
                QVERIFY2(ink_in(image, 0, x - width, 0, height) == 0, where.constData());
            }
        }
    }

    void gaps_are_not_bridged_data() {
        QTest::addColumn<double>("ratio");
        QTest::addColumn<int>("pace");
        for (const double ratio : {1.0, 2.0}) {
            QTest::addRow("many samples, ratio %g", ratio) << ratio << 1;
            QTest::addRow("few samples, ratio %g", ratio) << ratio << 60;
        }
    }
    void gaps_are_not_bridged() {
        QFETCH(double, ratio);
        QFETCH(int, pace);
        series::Pyramid line;
        for (int i = 0; i < 7200; i += pace) {
            if (i < 3000 || i >= 4200) {
                line.append(seconds(i), 50);
            } else {
                line.append_gap(seconds(i));
            }
        }
        for (const int place : {0, 1, whole}) {
            const Span span{seconds(0), seconds(7200)};
            const QImage image = drawn(line, place, span, ratio);
            const auto scale = scale_of(view_of(span, ratio));
            const int from = static_cast<int>(scale.x(seconds(3000))) + 2;
            const int to = static_cast<int>(scale.x(seconds(4200))) - 2;
            QVERIFY(to > from + 20);
            QCOMPARE(ink_in(image, from, to, 0, image.height()), 0);
            QVERIFY(ink_in(image, 0, from - 2, 0, image.height()) > 0);
            QVERIFY(ink_in(image, to + 2, image.width(), 0, image.height()) > 0);
        }
    }

    void a_gap_narrower_than_a_column_still_parts_the_line() {
        series::Pyramid line;
        for (int i = 0; i < 86400; ++i) {
            if (i == 43200) {
                line.append_gap(seconds(i) - Nanos{1});
            }
            line.append(seconds(i), i < 43200 ? 90 : 10);
        }
        const QImage image = drawn(line, 0, {seconds(0), seconds(86400)}, 1);
        QCOMPARE(ink_in(image, 0, image.width(), height / 4, 3 * height / 4), 0);
    }

    void a_sample_alone_is_a_dot() {
        for (const int place : {0, 1}) {
            series::Pyramid line;
            line.append(seconds(50), 50);
            line.append_gap(seconds(51));
            QVERIFY(ink_in(drawn(line, place, {seconds(0), seconds(100)}, 1), 0, width, 0, height) > 0);
        }
    }

    void dashes_stand_still_while_the_picture_moves() {
        const auto line = day_line(40000, 3, false);
        const Span span{seconds(5000), seconds(25000)};
        const auto view = view_of(span, 1);
        const Nanos column = view.span.length() / view.columns;
        const QImage one = drawn(line, 1, span, 1);
        for (const int shift : {1, 7, 64, 130}) {
            const QImage other = drawn(line, 1, panned(span, column * shift), 1);
            // What sticks out is told by what was before it: the first columns may differ.
            QCOMPARE(other.copy(64, 0, width - shift - 80, height),
                     one.copy(64 + shift, 0, width - shift - 80, height));
        }
    }
};

SLUICE_TEST(DrawingTest)
#include "drawing_test.moc"
