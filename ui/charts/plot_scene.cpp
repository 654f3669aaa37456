#include "charts/plot_scene.h"

#include "theme/tokens.h"

#include <QAreaSeries>
#include <QCategoryAxis>
#include <QChart>
#include <QCoreApplication>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLineSeries>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>

namespace sluice::charts {
namespace {

QColor with_alpha(QColor colour, float alpha) {
    colour.setAlphaF(alpha);
    return colour;
}

} // namespace

PlotScene::PlotScene() : chart_(new QChart), values_(new QCategoryAxis), across_(new QValueAxis) {
    scene_.addItem(chart_);
    chart_->setAnimationOptions(QChart::NoAnimation);
    chart_->setBackgroundVisible(false);
    chart_->setMargins({0, 0, 0, 0});
    chart_->legend()->hide();
    chart_->addAxis(values_, Qt::AlignLeft);
    chart_->addAxis(across_, Qt::AlignBottom);
    across_->setRange(0, 1);
    across_->setVisible(false);
    values_->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    values_->setLineVisible(false);
    values_->setTruncateLabels(false);
}

PlotScene::~PlotScene() = default;

const QPixmap& PlotScene::still(const Frame& frame) {
    if (frame_ == frame) {
        return still_;
    }
    frame_ = frame;
    ++times_made_;
    lay_out(frame);
    still_ = QPixmap(frame.size * frame.ratio);
    still_.setDevicePixelRatio(frame.ratio);
    still_.fill(theme::tokens(frame.scheme).panel);
    for (SeriesItem* item : items_) {
        item->hide();
    }
    QPainter painter(&still_);
    painter.setRenderHint(QPainter::TextAntialiasing);
    const QRectF whole_picture(QPointF(0, 0), QSizeF(frame.size));
    scene_.render(&painter, whole_picture, whole_picture);
    for (SeriesItem* item : items_) {
        item->show();
    }
    return still_;
}

void PlotScene::lay_out(const Frame& frame) {
    const theme::Tokens& t = theme::tokens(frame.scheme);
    chart_->resize(frame.size);
    chart_->setPlotArea(frame.plot);
    for (const QString& label : values_->categoriesLabels()) {
        values_->remove(label);
    }
    values_->setRange(frame.axis.low, frame.axis.high);
    values_->setStartValue(frame.axis.low - frame.axis.step);
    for (const double tick : frame.axis.ticks()) {
        values_->append(tick_label(tick, frame.axis.step), tick);
    }
    values_->setLabelsFont(theme::text_font(11));
    values_->setLabelsColor(t.dim);
    values_->setGridLinePen(QPen(with_alpha(t.line, 0.6F), 1));

    chart_->removeAllSeries();
    if (frame.usual) {
        zone(frame.usual->low, frame.usual->high, with_alpha(t.blue, 0.1F));
    }
    for (const ChartLimit& limit : frame.limits) {
        limit.breached_above ? zone(limit.value, frame.axis.high, with_alpha(t.breach, 0.08F))
                             : zone(frame.axis.low, limit.value, with_alpha(t.breach, 0.08F));
    }
    for (const ChartLimit& limit : frame.limits) {
        // Of whole pixels: this layer is not smoothed, and a wider pen would be one pixel here and two there.
        QPen pen(t.breach, 1);
        pen.setDashPattern({5, 3});
        pen.setCapStyle(Qt::FlatCap);
        add_line(limit.value, pen);
    }
    // Qt Charts lays out when its event arrives; the picture is wanted now.
    QCoreApplication::sendPostedEvents(chart_);
    chart_->layout()->activate();
}

QAreaSeries* PlotScene::zone(double low, double high, const QColor& colour) {
    auto* area = new QAreaSeries;
    auto* upper = new QLineSeries(area);
    auto* lower = new QLineSeries(area);
    upper->replace({{0, high}, {1, high}});
    lower->replace({{0, low}, {1, low}});
    area->setUpperSeries(upper);
    area->setLowerSeries(lower);
    area->setPen(Qt::NoPen);
    area->setBrush(colour);
    chart_->addSeries(area);
    area->attachAxis(across_);
    area->attachAxis(values_);
    return area;
}

void PlotScene::add_line(double value, const QPen& pen) {
    auto* line = new QLineSeries;
    line->replace({{0, value}, {1, value}});
    line->setPen(pen);
    chart_->addSeries(line);
    line->attachAxis(across_);
    line->attachAxis(values_);
}

void PlotScene::paint_lines(QPainter& painter, const std::vector<ChartLine>& lines, const SeriesItem::View& view) {
    constexpr double pale = 0.45;
    if (!past_) {
        past_ = std::make_unique<SeriesItem>(nullptr);
    }
    painter.save();
    painter.setOpacity(pale);
    for (const ChartLine& line : lines) {
        past_->set_line(line.past, line.place);
        past_->set_view(view);
        past_->paint(&painter, nullptr, nullptr);
    }
    painter.restore();
    while (items_.size() < lines.size()) {
        items_.push_back(new SeriesItem(chart_));
    }
    for (std::size_t i = 0; i < items_.size(); ++i) {
        items_[i]->set_line(i < lines.size() ? lines[i].samples : nullptr, i < lines.size() ? lines[i].place : 0);
        items_[i]->set_view(view);
        items_[i]->paint(&painter, nullptr, nullptr);
    }
}

} // namespace sluice::charts
