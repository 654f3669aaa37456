#include "charts/chart_grid.h"

#include "charts/chart_shape.h"

#include <QGridLayout>
#include <algorithm>

namespace sluice::charts {

ChartGrid::ChartGrid(TimeView& view, int columns, QWidget* parent)
    : QWidget(parent), view_(view), columns_(std::max(1, columns)), layout_(new QGridLayout(this)) {
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(chart_gap);
    setAccessibleName(tr("Charts"));
}

void ChartGrid::show(const std::vector<ChartContent>& contents) {
    const bool other_count = contents.size() != charts_.size();
    while (charts_.size() < contents.size()) {
        auto* chart = new MetricChart(view_, this);
        chart->set_choices(choices_);
        connect(chart, &MetricChart::metric_chosen, this,
                [this, place = static_cast<int>(charts_.size())](const QString& metric) {
                    emit metric_chosen(place, metric);
                });
        connect(chart, &MetricChart::parts_asked, this, &ChartGrid::parts_asked);
        charts_.push_back(chart);
    }
    while (charts_.size() > contents.size()) {
        charts_.back()->hide();
        charts_.back()->deleteLater(); // its own list may be what asked for this, and is still at work
        charts_.pop_back();
    }
    for (std::size_t i = 0; i < contents.size(); ++i) {
        charts_[i]->show(contents[i]);
    }
    if (other_count) {
        shape_ ? reshape() : place();
    }
}

void ChartGrid::fit_room() {
    shape_ = QSize(0, 0);
    reshape();
}

void ChartGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (shape_) {
        reshape();
    }
}

void ChartGrid::reshape() {
    const QSize shape = chart_shape(size(), static_cast<int>(charts_.size()));
    const int shown = std::min(shape.width() * shape.height(), static_cast<int>(charts_.size()));
    if (shape != *shape_ || layout_->count() != shown) {
        shape_ = shape;
        columns_ = std::max(1, shape.width());
        place();
    }
}

void ChartGrid::set_choices(const std::vector<MetricChoice>& choices) {
    if (choices == choices_) {
        return;
    }
    choices_ = choices;
    for (auto* chart : charts_) {
        chart->set_choices(choices_);
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
    for (int i = 0; i < layout_->rowCount(); ++i) {
        layout_->setRowStretch(i, 0);
    }
    const int most = shape_ ? shape_->width() * shape_->height() : static_cast<int>(charts_.size());
    for (std::size_t i = 0; i < charts_.size(); ++i) {
        const int at = static_cast<int>(i);
        layout_->removeWidget(charts_[i]);
        charts_[i]->setVisible(at < most);
        if (at >= most) {
            continue;
        }
        layout_->addWidget(charts_[i], at / columns_, at % columns_);
        layout_->setColumnStretch(at % columns_, 1);
        layout_->setRowStretch(at / columns_, 1);
    }
}

} // namespace sluice::charts
