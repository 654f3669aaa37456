#include "screens/middle_column.h"

#include "charts/chart_grid.h"
#include "charts/chart_shape.h"
#include "panels/step_card.h"

#include <QEvent>
#include <QTimer>

#include <algorithm>

namespace sluice::screens {
MiddleHeights middle_heights(int room, int card_wants, int card_least, int gap) {
    const int row = charts::least_chart.height();
    if (card_wants + gap + row <= room) {
        return {card_wants, room - card_wants - gap};
    }
    if (room - gap - row >= card_least) {
        return {room - gap - row, row};
    }
    return {std::min(card_wants, room), 0};
}

MiddleColumn::MiddleColumn(panels::StepCard* card, charts::ChartGrid* charts, QWidget* parent)
    : QWidget(parent), card_(card), charts_(charts) {
    card_->setParent(this);
    charts_->setParent(this);
    charts_->fit_room();
    card_->installEventFilter(this);
}

void MiddleColumn::set_compact(bool compact) {
    compact_ = compact;
    card_->set_compact(compact);
    arrange();
}

void MiddleColumn::resizeEvent(QResizeEvent*) {
    arrange();
}

// What is on the card has changed: its height is known once it has laid itself out.
bool MiddleColumn::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::LayoutRequest) {
        arrange_soon();
    }
    return QWidget::eventFilter(watched, event);
}

void MiddleColumn::arrange_soon() {
    if (!waits_) {
        waits_ = true;
        QTimer::singleShot(0, this, [this] {
            waits_ = false;
            arrange();
        });
    }
}

void MiddleColumn::arrange() {
    const int margin = compact_ ? 8 : 14, gap = compact_ ? 8 : 12;
    const QRect inside = rect().adjusted(margin, margin, -margin, -margin);
    // Without charts there is room for what a program prints.
    card_->set_output_lines(charts_->charts().empty() ? std::max(8, (inside.height() - 300) / 17) : 8);
    const int wants = card_->height_at(inside.width());
    const auto heights = charts_->charts().empty()
                             ? MiddleHeights{std::min(wants, inside.height()), 0}
                             : middle_heights(inside.height(), wants, card_->least_height_at(inside.width()), gap);
    card_->setGeometry(inside.left(), inside.top(), inside.width(), heights.card);
    charts_->setVisible(heights.charts > 0);
    charts_->setGeometry(inside.left(), inside.top() + heights.card + gap, inside.width(), std::max(1, heights.charts));
}

} // namespace sluice::screens
