#pragma once
#include "charts/metric_chart.h"

#include <QSize>
#include <optional>
#include <vector>

class QGridLayout;

namespace sluice::charts {

/// Charts beside each other over one shared view, filled row by row. However often it is told what to show, it draws
/// once when the event loop is free.
class ChartGrid : public QWidget {
    Q_OBJECT

public:
    explicit ChartGrid(TimeView& view, int columns = 2, QWidget* parent = nullptr);

    void show(const std::vector<ChartContent>& contents);
    using QWidget::show;

    void set_choices(const std::vector<MetricChoice>& choices); ///< of every chart

    const std::vector<MetricChart*>& charts() const { return charts_; }
    void set_columns(int columns);
    /// From now on as many as its room takes (chart_shape.h), the first ones first; the others are hidden.
    void fit_room();

protected:
    void resizeEvent(QResizeEvent* event) override;

signals:
    void parts_asked(const QString& metric);              ///< of a sum, by one of the charts
    void metric_chosen(int place, const QString& metric); ///< of the chart at that place; empty: as the session would

private:
    void place();
    void reshape();

    TimeView& view_;
    int columns_;
    std::optional<QSize> shape_; ///< columns and rows, once it fits its room
    QGridLayout* layout_;
    std::vector<MetricChart*> charts_;
    std::vector<MetricChoice> choices_;
};

} // namespace sluice::charts
