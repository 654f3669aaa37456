#include "charts/chart_grid.h"

#include <QGridLayout>
#include <algorithm>

namespace sluice::charts {

ChartGrid::ChartGrid(TimeView& view, int columns, QWidget* parent)
    : QWidget(parent), view_(view), columns_(std::max(1, columns)), layout_(new QGridLayout(this)) {
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(10);
    setAccessibleName(tr("Charts"));
}

void ChartGrid::show(const std::vector<ChartContent>& contents) {
    const bool other_count = contents.size() != charts_.size();
    while (charts_.size() < contents.size()) {
        charts_.push_back(new MetricChart(view_, this));
    }
    while (charts_.size() > contents.size()) {
        delete charts_.back();
        charts_.pop_back();
    }
    for (std::size_t i = 0; i < contents.size(); ++i) {
        charts_[i]->show(contents[i]);
    }
    if (other_count) {
        place();
    }
}

void ChartGrid::set_columns(int columns) {
    if (std::max(1, columns) != columns_) {
        columns_ = std::max(1, columns);
        place();
    }
}

void ChartGrid::place() {
    for (int i = 0; i < layout_->columnCount(); ++i) {
        layout_->setColumnStretch(i, 0);
    }
    for (std::size_t i = 0; i < charts_.size(); ++i) {
        const int at = static_cast<int>(i);
        layout_->removeWidget(charts_[i]);
        layout_->addWidget(charts_[i], at / columns_, at % columns_);
        layout_->setColumnStretch(at % columns_, 1);
        layout_->setRowStretch(at / columns_, 1);
        charts_[i]->setVisible(true);
    }
}

} // namespace sluice::charts
