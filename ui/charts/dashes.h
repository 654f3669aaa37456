#pragma once
#include <QLineF>
#include <QList>
#include <Qt>
#include <vector>

namespace sluice::charts {

/// Dashes along a line, by our own count: QPainter's dashing strokes the line as a path, which costs milliseconds.
/// Lengths in device pixels.
class Dashes {
public:
    /// Pattern of the style at a device pixel ratio; a solid line has no gaps.
    Dashes(Qt::PenStyle style, double ratio);

    bool solid() const { return pattern_.empty(); }
    bool on() const { return place_ % 2 == 0; }
    double left() const; ///< until the next change
    void advance(double length);
    void restart();

    /// Adds the dashes of a straight stretch to `lines`, only where left ≤ x ≤ right. `counted`: the length that the
    /// dashes go on by, which is less than that of the stretch where a line is all noise.
    void stretch(QLineF line, double counted, double left, double right, QList<QLineF>& lines);

private:
    std::vector<double> pattern_; ///< on, off, on, off …
    double total_ = 0;
    std::size_t place_ = 0;
    double done_ = 0; ///< of the current part
};

} // namespace sluice::charts
