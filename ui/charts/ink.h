#pragma once
#include "charts/span.h"
#include "series/pyramid.h"

#include <functional>
#include <vector>

namespace sluice::charts {

/// What a line inks of one column of device pixels: from `top` down to `bottom`, in device pixels.
struct InkBar {
    int column = 0;
    double top = 0;
    double bottom = 0;
    bool joined = false; ///< the line comes from the bar before

    friend bool operator==(const InkBar&, const InkBar&) = default;
};

/// A line cut up into columns of device pixels, so that one vertical stroke each draws it: the cost of a picture is its
/// width, not the number of samples (ref gui.md, "Charts": wide polylines are the cliff).
///
/// x is in columns (1.0 = one device pixel, column c covers c … c + 1), y in device pixels downwards. x never goes
/// back. Columns outside `first` … `end` - 1 are left out.
class ColumnInk {
public:
    ColumnInk(int first, int end) : first_(first), end_(end) {}

    void move_to(double x, double y); ///< lifts the pen
    void line_to(double x, double y);
    void touch(double y); ///< inks up to y where the pen is, which stays

    const std::vector<InkBar>& bars() const { return bars_; }

private:
    void ink(int column, double from, double to, bool joined);

    int first_;
    int end_;
    double x_ = 0;
    double y_ = 0;
    bool down_ = false; ///< a bar of this run is there to join
    std::vector<InkBar> bars_;
};

/// From sample to device pixels. Column 0 begins at `from`; `column` is its length.
struct InkScale {
    Nanos from;
    Nanos column;
    double low = 0;    ///< value at the bottom
    double high = 1;   ///< value at the top
    double height = 1; ///< device pixels
    double factor = 1; ///< values are multiplied by it first

    double x(Nanos at) const { return static_cast<double>((at - from).count) / static_cast<double>(column.count); }
    double y(double value) const { return (high - value * factor) / (high - low) * height; }
};

/// The ink of the columns `first` … `end` - 1 from their M4 runs: the very bars that all samples one by one would give.
std::vector<InkBar> ink_of(const series::Pyramid& line, const InkScale& scale, int first, int end);

} // namespace sluice::charts
