#include "panels/split_slider.h"

#include "panels/split_track.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <cmath>

namespace sluice::panels {

SplitSlider::SplitSlider(QWidget* parent) : QAbstractSlider(parent) {
    setOrientation(Qt::Horizontal);
    setRange(0, 100);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
    connect(this, &QAbstractSlider::valueChanged, this, [this] {
        say();
        update();
    });
}

QSize SplitSlider::sizeHint() const {
    return {240, track_height};
}

void SplitSlider::show_split(const story::SplitView& split) {
    if (split == split_) {
        return;
    }
    const bool elsewhere = split.weight != split_.weight;
    split_ = split;
    // What was chosen for the old split is no choice for a new one.
    if (!moved_ || (elsewhere && !grabbed_) || !station() || !stops_at(*station())) {
        reset();
    }
    say();
    update();
}

void SplitSlider::reset() {
    const bool was_moved = moved_;
    moved_ = false;
    grabbed_ = false;
    setValue(split_.weight);
    update();
    if (was_moved) {
        emit was_reset();
    }
}

const story::Station* SplitSlider::station() const {
    for (const auto& one : split_.stations) {
        if (one.weight == value()) {
            return &one;
        }
    }
    return nullptr;
}

void SplitSlider::say() {
    setAccessibleName(tr("Share of %1, per cent").arg(split_.released));
    QStringList stops, shut;
    for (const auto& one : split_.stations) {
        if (stops_at(one)) {
            stops << QString::number(one.weight);
        } else {
            shut << tr("%1 %: %2").arg(one.weight).arg(one.why_not);
        }
    }
    QString text = tr("Commanded: %1 %. Stops at %2.").arg(split_.weight).arg(stops.join(QStringLiteral(", ")));
    setAccessibleDescription(text);
    if (!shut.isEmpty()) {
        text += QStringLiteral("\n") + shut.join(QStringLiteral("\n"));
    }
    if (toolTip() != text) {
        setToolTip(text);
    }
}

void SplitSlider::step(int direction) {
    const story::Station* next = nullptr;
    for (const auto& one : split_.stations) {
        if (!stops_at(one) || (direction > 0 ? one.weight <= value() : one.weight >= value())) {
            continue;
        }
        if (!next || (direction > 0 ? one.weight < next->weight : one.weight > next->weight)) {
            next = &one;
        }
    }
    if (next) {
        moved_ = !next->here;
        setValue(next->weight);
    }
}

void SplitSlider::to_end(int direction) {
    int before = -1;
    while (before != value()) {
        before = value();
        step(direction);
    }
}

void SplitSlider::follow(double x) {
    const double wanted = track_weight(x, width());
    const story::Station* nearest = nullptr;
    for (const auto& one : split_.stations) {
        if (stops_at(one) && (!nearest || std::abs(one.weight - wanted) < std::abs(nearest->weight - wanted))) {
            nearest = &one;
        }
    }
    if (nearest) {
        moved_ = !nearest->here;
        setValue(nearest->weight);
    }
}

void SplitSlider::ask() {
    if (const auto* there = station(); there && moved_ && there->allowed) {
        emit chosen(there->weight);
    }
}

void SplitSlider::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
    case Qt::Key_PageDown:
        step(-1);
        return;
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_PageUp:
        step(1);
        return;
    case Qt::Key_Home:
        to_end(-1);
        return;
    case Qt::Key_End:
        to_end(1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        ask();
        return;
    case Qt::Key_Escape:
        if (moved_) {
            reset();
            return;
        }
        break;
    default:
        break;
    }
    event->ignore();
}

void SplitSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    grabbed_ = true;
    follow(event->position().x());
}

void SplitSlider::mouseMoveEvent(QMouseEvent* event) {
    if (grabbed_) {
        follow(event->position().x());
    }
}

void SplitSlider::mouseReleaseEvent(QMouseEvent* event) {
    if (grabbed_ && event->button() == Qt::LeftButton) {
        grabbed_ = false;
        ask();
    }
}

void SplitSlider::wheelEvent(QWheelEvent* event) {
    event->ignore();
}

void SplitSlider::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint_track(painter, size(), {&split_, value(), true, hasFocus(), moved_});
}

} // namespace sluice::panels
