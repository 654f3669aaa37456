#include "charts/dashes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sluice::charts {

Dashes::Dashes(Qt::PenStyle style, double ratio) {
    switch (style) {
    case Qt::DashLine:
        pattern_ = {5, 3.5};
        break;
    case Qt::DotLine:
        pattern_ = {2, 3};
        break;
    case Qt::DashDotLine:
        pattern_ = {6, 3, 2, 3};
        break;
    default:
        break;
    }
    for (double& part : pattern_) {
        part *= ratio;
    }
    total_ = std::accumulate(pattern_.begin(), pattern_.end(), 0.0);
}

double Dashes::left() const {
    return pattern_[place_] - done_;
}

void Dashes::restart() {
    place_ = 0;
    done_ = 0;
}

void Dashes::advance(double length) {
    if (solid()) {
        return;
    }
    length = std::fmod(length, total_);
    while (length >= left()) {
        length -= left();
        place_ = (place_ + 1) % pattern_.size();
        done_ = 0;
    }
    done_ += length;
}

void Dashes::stretch(QLineF line, double counted, double left_end, double right_end, QList<QLineF>& lines) {
    const double dx = line.dx();
    const double begin = dx > 0 ? std::clamp((left_end - line.x1()) / dx, 0.0, 1.0) : 0;
    const double end = dx > 0 ? std::clamp((right_end - line.x1()) / dx, 0.0, 1.0) : 1;
    if (solid() || counted <= 0) {
        if (end > begin) {
            lines.append(QLineF(line.pointAt(begin), line.pointAt(end)));
        }
        return;
    }
    advance(counted * begin);
    double at = begin * counted;
    while (at < end * counted) {
        const double next = std::min(at + left(), end * counted);
        if (on()) {
            lines.append(QLineF(line.pointAt(at / counted), line.pointAt(next / counted)));
        }
        advance(next - at + 1e-9);
        at = next;
    }
    advance(counted * (1 - end));
}

} // namespace sluice::charts
