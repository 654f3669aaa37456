#include "screens/middle_column.h"

#include "charts/chart_grid.h"
#include "charts/chart_shape.h"
#include "panels/step_card.h"

#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>

namespace sluice::screens {
namespace {

constexpr int least_card = 200;

} // namespace

MiddleHeights middle_heights(int room, int card_wants, int gap) {
    const int row = charts::least_chart.height();
    if (card_wants + gap + row <= room) {
        return {card_wants, room - card_wants - gap};
    }
    if (room - gap - row >= least_card) {
        return {room - gap - row, row};
    }
    return {std::min(card_wants, room), 0};
}

MiddleColumn::MiddleColumn(panels::StepCard* card, charts::ChartGrid* charts, QWidget* parent)
    : QWidget(parent), card_(card), charts_(charts), scroll_(new QScrollArea(this)) {
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setAccessibleName(tr("Current step, scrolled"));
    scroll_->setWidget(card_);
    charts_->setParent(this);
    charts_->fit_room();
    card_->installEventFilter(this);
    connect(scroll_->verticalScrollBar(), &QScrollBar::rangeChanged, this, &MiddleColumn::arrange_soon);
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
    auto* layout = card_->layout();
    const int wants =
        layout->hasHeightForWidth() ? layout->totalHeightForWidth(inside.width()) : layout->totalSizeHint().height();
    const auto heights = middle_heights(inside.height(), wants, gap);
    // A bar that comes for a moment would make the card narrower, its texts longer, and so stay.
    scroll_->setVerticalScrollBarPolicy(heights.card < wants ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    scroll_->setGeometry(inside.left(), inside.top(), inside.width(), heights.card);
    charts_->setVisible(heights.charts > 0);
    charts_->setGeometry(inside.left(), inside.top() + heights.card + gap, inside.width(), std::max(1, heights.charts));
}

} // namespace sluice::screens
