#pragma once
#include "charts/content.h"
#include "charts/series_item.h"

#include <QGraphicsScene>
#include <QPixmap>
#include <memory>

class QAreaSeries;
class QCategoryAxis;
class QChart;
class QLineSeries;
class QValueAxis;

namespace sluice::charts {

/// The QChart of one chart: Qt Charts lays out the axis of values, the grid, limits and their breach zones; our series
/// items lie in its plot area.
///
/// It is drawn in two layers. What Qt Charts draws is kept as a picture and made anew only when the axis, the limits,
/// the size or the theme change, since laying it out costs a millisecond; the lines are drawn at each frame. The labels
/// of time move with each frame, so they aren't Qt Charts' (0.6 ms a chart and frame in 6.4) but drawn with the lines.
class PlotScene {
public:
    PlotScene();
    ~PlotScene();
    PlotScene(const PlotScene&) = delete;
    PlotScene& operator=(const PlotScene&) = delete;

    /// What the still layer depends on.
    struct Frame {
        QSize size;
        QRectF plot;
        ValueAxis axis;
        std::vector<ChartLimit> limits; ///< as figures shown
        std::optional<UsualBand> usual; ///< as figures shown
        double ratio = 1;
        theme::Scheme scheme = theme::Scheme::dark;

        friend bool operator==(const Frame&, const Frame&) = default;
    };

    /// The still layer, made anew if it has to be.
    const QPixmap& still(const Frame& frame);
    /// How often it was made: what tests of cost ask.
    int times_made() const { return times_made_; }

    /// Draws the lines; `view` but for the line itself.
    void paint_lines(QPainter& painter, const std::vector<ChartLine>& lines, const SeriesItem::View& view);

private:
    void lay_out(const Frame& frame);
    QAreaSeries* zone(double low, double high, const QColor& colour);
    void add_line(double value, const QPen& pen);

    QGraphicsScene scene_;
    QChart* chart_;         ///< owned by the scene
    QCategoryAxis* values_; ///< owned by the chart
    QValueAxis* across_;    ///< 0 … 1 from edge to edge: limits don't move with time
    std::vector<SeriesItem*> items_;
    std::unique_ptr<SeriesItem> past_; ///< draws what was asked for afterwards; in no scene
    std::optional<Frame> frame_;
    QPixmap still_;
    int times_made_ = 0;
};

} // namespace sluice::charts
