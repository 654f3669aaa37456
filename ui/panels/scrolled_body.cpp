#include "panels/scrolled_body.h"

#include <QEvent>
#include <QScrollBar>

#include <algorithm>

namespace sluice::panels {

ScrolledBody::ScrolledBody(QWidget* parent) : QScrollArea(parent), body_(new QWidget), column_(new QVBoxLayout(body_)) {
    setFrameShape(QFrame::NoFrame);
    setStyleSheet(QStringLiteral("QScrollArea, QScrollArea:focus { border: none; }"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    column_->setContentsMargins(0, 0, 0, 0);
    setWidget(body_);
    body_->setAutoFillBackground(false);
    viewport()->setAutoFillBackground(false);
    body_->installEventFilter(this);
}

void ScrolledBody::add(QWidget* part) {
    column_->addWidget(part);
}

void ScrolledBody::set_spacing(int pixels) {
    column_->setSpacing(pixels);
}

int ScrolledBody::heightForWidth(int width) const {
    return column_->isEmpty()             ? 0
           : column_->hasHeightForWidth() ? column_->totalHeightForWidth(width)
                                          : column_->totalSizeHint().height();
}

QSize ScrolledBody::sizeHint() const {
    return column_->totalSizeHint();
}

QSize ScrolledBody::minimumSizeHint() const {
    return {column_->totalMinimumSize().width(), std::min(least, heightForWidth(std::max(width(), 1)))};
}

void ScrolledBody::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    fit();
}

bool ScrolledBody::eventFilter(QObject* watched, QEvent* event) {
    if (watched == body_ && event->type() == QEvent::LayoutRequest) {
        fit();
        updateGeometry();
    }
    return QScrollArea::eventFilter(watched, event);
}

// Whether it has to be scrolled is asked for the whole width: a bar that comes makes texts longer, and so would stay.
void ScrolledBody::fit() {
    const bool scrolls = heightForWidth(width()) > height();
    setVerticalScrollBarPolicy(scrolls ? Qt::ScrollBarAlwaysOn : Qt::ScrollBarAlwaysOff);
    setFocusPolicy(scrolls ? Qt::TabFocus : Qt::NoFocus); // the arrow keys move it then
    const int wide = scrolls ? width() - verticalScrollBar()->sizeHint().width() - 4 : width();
    body_->resize(wide, std::max(heightForWidth(wide), scrolls ? 0 : height()));
}

} // namespace sluice::panels
