#pragma once
#include "base/nanos.h"
#include "series/series_store.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace sluice::series {

/// What is drawn of the samples in one pixel column: enough to draw the line as if every sample were drawn
/// (Jugel and others, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014).
///
/// A gap inside a column divides it: such a column has several runs, one for each part.
struct ColumnRun {
    int column = 0; ///< 0 … columns - 1
    Point first;    ///< oldest sample of the run
    Point last;     ///< newest
    double min = 0;
    double max = 0;
    bool joined = false; ///< no gap since the sample before, be it of another column or before the span
};

/// The answer to a question for columns, oldest run first; columns without a sample have none.
struct Columns {
    std::vector<ColumnRun> runs;
    std::optional<Point> before; ///< last sample before the span, when no gap parts it from the next one
    std::optional<Point> after;  ///< first sample after the span, when no gap parts it from the one before it
};

struct Extent {
    double min = 0;
    double max = 0;
};

/// A line that only grows, with what it takes to draw any part of it at any zoom: minima and maxima of ever larger
/// blocks of samples.
///
/// Each level holds one entry for `radix` entries below it; together they add a seventh to the samples. No sample is
/// ever left out: a spike of one sample is in its column whatever the zoom. Not thread-safe.
class Pyramid {
public:
    /// Adds a sample. False, and nothing is changed, if the line has a sample or a gap at that time or later. A value
    /// that is not finite is a gap.
    bool append(Nanos at, double value);

    /// Says that from `at` on nothing is known until the next sample. False if the line has a sample later than `at`;
    /// a second gap in a row changes nothing.
    bool append_gap(Nanos at);

    /// Gives up all samples: the line is made anew.
    void clear();

    std::size_t size() const { return points_.size(); }
    /// Grows with each change: equal revisions of one line draw alike.
    std::size_t revision() const { return revision_; }
    std::optional<Point> newest() const;
    std::optional<Point> oldest() const;

    /// The span `from` ≤ time < `to` in `columns` columns of equal length, column c starting at
    /// from + c · (to - from) / columns. Takes about columns · log(samples in a column), and the gaps in view.
    Columns columns(Nanos from, Nanos to, int columns) const;

    /// Smallest and largest value of `from` ≤ time < `to`; nothing when there is no sample.
    std::optional<Extent> extent(Nanos from, Nanos to) const;

    /// Last sample at or before `t`; nothing when there is none or a gap began between it and `t`.
    std::optional<Point> last_at(Nanos t) const;

    /// The samples of `from` ≤ time < `to`; `index_at(from)` is the place of the first of them.
    std::span<const Point> between(Nanos from, Nanos to) const;
    std::span<const Point> points() const { return points_; }
    /// How many samples are older than `t`.
    std::size_t index_at(Nanos t) const;
    /// True if a gap parts the sample from the one before it, and for the first.
    bool starts_run(std::size_t index) const;

private:
    struct Gap {
        Nanos at;
        std::size_t next; ///< place of the first sample after it (equal to size() while there is none)
    };
    static constexpr std::size_t radix = 8;

    Extent extent_of(std::size_t first, std::size_t last) const;
    std::size_t seek(std::size_t start, std::size_t guess, Nanos t) const;
    std::vector<Gap>::const_iterator first_gap_after(std::size_t index) const;

    std::vector<Point> points_;
    std::vector<std::vector<Extent>> levels_; ///< levels_[k][i]: of radix^(k+1) samples; whole blocks only
    std::vector<Gap> gaps_;
    std::size_t revision_ = 0;
};

} // namespace sluice::series
