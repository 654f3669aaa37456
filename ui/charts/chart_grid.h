#pragma once
#include "charts/metric_chart.h"

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

    const std::vector<MetricChart*>& charts() const { return charts_; }
    void set_columns(int columns);

private:
    void place();

    TimeView& view_;
    int columns_;
    QGridLayout* layout_;
    std::vector<MetricChart*> charts_;
};

} // namespace sluice::charts
