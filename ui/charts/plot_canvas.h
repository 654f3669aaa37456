#pragma once
#include "charts/plot_scene.h"
#include "charts/time_view.h"

#include <QWidget>

namespace sluice::charts {

/// The picture of one chart and the pointer over it. Draws the lines once for each change of what is seen, and lays
/// events, cursor and readout over that at each paint.
class PlotCanvas : public QWidget {
    Q_OBJECT

public:
    PlotCanvas(TimeView& view, QWidget* parent);

    void set_content(const ChartContent& content);
    /// How often the lines, and all, were drawn: what tests of cost ask.
    int times_drawn() const { return times_drawn_; }
    int times_painted() const { return times_painted_; }
    /// As of the last paint.
    TimeScale time_scale() const { return {span_, plot_.left(), plot_.width()}; }
    QRectF plot() const { return plot_; }

    QSize minimumSizeHint() const override { return {160, 80}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override; ///< the view as it was
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void lay_out();
    QRectF free_of_lines(const QRectF& box) const;
    void draw_picture();
    Nanos time_at(double x) const { return time_scale().at(x); }
    void point(double x);

    TimeView& view_;
    ChartContent content_;
    PlotScene scene_;

    // Where things are in the last picture.
    QRectF plot_;
    Span span_;
    int columns_ = 1;
    ValueAxis axis_;
    PlotScene::Frame frame_;

    QPixmap picture_; ///< still layer, lines and labels of time
    bool stale_ = true;
    std::optional<double> dragged_from_; ///< x
    bool scrubbing_ = false;
    int times_drawn_ = 0;
    int times_painted_ = 0;
};

} // namespace sluice::charts
