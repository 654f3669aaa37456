#pragma once
#include "charts/dashes.h"
#include "charts/ink.h"

#include <QGraphicsItem>

namespace sluice::charts {

/// One arm's line in the plot area of a chart, drawn from its pyramid with `drawLines`.
///
/// With many samples a pixel: one vertical stroke a column, as thick as the line, whatever the number of samples. With
/// few: the stretches between the samples. Gaps are never bridged; a sample alone is a dot. Dashes hang on the time,
/// not on the edge of the picture, and what sticks out is drawn even where the line has a gap between dashes: a spike
/// is evidence.
class SeriesItem : public QGraphicsItem {
public:
    /// All that a picture of a line depends on, beside the line.
    struct View {
        QRectF plot;      ///< logical pixels, whole device pixels
        double ratio = 1; ///< device pixels in a logical one
        Span span;        ///< snapped to `columns` (charts/span.h)
        int columns = 1;  ///< device pixels of plot.width()
        double low = 0;   ///< of the axis, in figures shown
        double high = 1;
        double factor = 1; ///< from samples to figures shown
    };

    explicit SeriesItem(QGraphicsItem* parent) : QGraphicsItem(parent) {}

    /// `place`: of the arm, or `whole` (charts/content.h).
    void set_line(const series::Pyramid* line, int place);
    void set_view(const View& view);

    QRectF boundingRect() const override { return view_.plot; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

    /// Thickness of lines, logical pixels.
    static constexpr double thickness = 1.5;

private:
    InkScale scale() const;
    void paint_columns(QPainter& painter, const QColor& colour, const Dashes& dashes) const;
    void paint_stretches(QPainter& painter, const QColor& colour, Dashes dashes) const;

    const series::Pyramid* line_ = nullptr;
    int place_ = 0;
    View view_;
};

/// Draws bars of columns as a line `thickness` device pixels thick; column 0 is at x = `left` (logical). `dashes` start
/// anew at each column that is `anchor` modulo 64.
void paint_bars(QPainter& painter, const std::vector<InkBar>& bars, const QPointF& origin, double ratio,
                double thickness, const QColor& colour, Dashes dashes, std::int64_t anchor);

} // namespace sluice::charts
