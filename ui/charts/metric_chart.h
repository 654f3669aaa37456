#pragma once
#include "charts/content.h"
#include "charts/time_view.h"

#include <QPointer>
#include <QWidget>

class QAction;
class QDialog;
class QLabel;

namespace sluice::charts {

class PlotCanvas;

/// The panel of one metric: title and unit, the current figure, the chart, a line of words. Shows what it is given over
/// the span of the view that it shares; the wheel, drags and keys (TimeView::actions) move that view. T opens the same
/// figures as a table.
class MetricChart : public QWidget {
    Q_OBJECT

public:
    explicit MetricChart(TimeView& view, QWidget* parent = nullptr);

    /// Equal content, of lines that have not grown, is not drawn again.
    void show(const ChartContent& content);
    using QWidget::show;

    const ChartContent& content() const { return content_; }
    PlotCanvas& canvas() { return *canvas_; }
    QAction* table_action() const { return table_action_; }
    QDialog* open_table();

    QSize sizeHint() const override { return {440, 200}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void show_words();
    void show_footer();

    TimeView& view_;
    ChartContent content_;
    std::vector<std::size_t> revisions_; ///< of the lines when they were last drawn
    QLabel* title_;
    QLabel* unit_;
    QLabel* mark_;
    QLabel* value_;
    QLabel* footer_;
    PlotCanvas* canvas_;
    QAction* table_action_;
    QPointer<QDialog> table_;
};

} // namespace sluice::charts
