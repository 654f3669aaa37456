#include "charts/ink.h"

#include <algorithm>
#include <cmath>

namespace sluice::charts {

void ColumnInk::ink(int column, double from, double to, bool joined) {
    if (column < first_ || column >= end_) {
        down_ = false;
        return;
    }
    const double top = std::min(from, to), bottom = std::max(from, to);
    if (joined && down_ && bars_.back().column == column) {
        bars_.back().top = std::min(bars_.back().top, top);
        bars_.back().bottom = std::max(bars_.back().bottom, bottom);
        return;
    }
    bars_.push_back({column, top, bottom, joined && down_});
    down_ = true;
}

void ColumnInk::move_to(double x, double y) {
    down_ = false;
    x_ = x;
    y_ = y;
    ink(static_cast<int>(std::floor(std::clamp(x, -1e9, 1e9))), y, y, false);
}

void ColumnInk::touch(double y) {
    ink(static_cast<int>(std::floor(std::clamp(x_, -1e9, 1e9))), y_, y, true);
}

void ColumnInk::line_to(double x, double y) {
    const int last = static_cast<int>(std::floor(std::clamp(x, -1e9, 1e9)));
    const int begin = static_cast<int>(std::floor(std::clamp(x_, -1e9, 1e9)));
    const double slope = x > x_ ? (y - y_) / (x - x_) : 0;
    const auto y_at = [&](double at) { return y_ + (at - x_) * slope; };
    for (int column = std::max(begin, first_); column <= std::min(last, end_ - 1); ++column) {
        ink(column, column == begin ? y_ : y_at(column), column == last ? y : y_at(column + 1), true);
    }
    if (last >= end_ || last < first_) {
        down_ = false;
    }
    x_ = x;
    y_ = y;
}

std::vector<InkBar> ink_of(const series::Pyramid& line, const InkScale& scale, int first, int end) {
    const Nanos from = scale.from + scale.column * first;
    const auto columns = line.columns(from, scale.from + scale.column * end, end - first);
    ColumnInk ink(first, end);
    const auto go = [&](const series::Point& point, bool joined) {
        joined ? ink.line_to(scale.x(point.at), scale.y(point.value))
               : ink.move_to(scale.x(point.at), scale.y(point.value));
    };
    if (columns.before) {
        go(*columns.before, false);
    }
    for (const auto& run : columns.runs) {
        go(run.first, run.joined);
        ink.touch(scale.y(run.min));
        ink.touch(scale.y(run.max));
        // Within the column already inked: moves the pen only.
        go(run.last, true);
    }
    if (columns.after && (columns.before || !columns.runs.empty())) {
        go(*columns.after, true);
    }
    return ink.bars();
}

} // namespace sluice::charts
