#pragma once
#include "base/nanos.h"

namespace sluice::charts {

/// A stretch of time, `from` ≤ t < `to`.
struct Span {
    Nanos from;
    Nanos to;

    Nanos length() const { return to - from; }
    bool holds(Nanos t) const { return from <= t && t < to; }
    friend bool operator==(const Span&, const Span&) = default;
};

/// `factor` times as close (above 1: shorter), with `about` staying where it is in the picture.
Span zoomed(Span span, double factor, Nanos about);

Span panned(Span span, Nanos by);

/// The span nearest to `wanted` that lies within `all` and is at least `shortest` long; `all` itself when it is
/// shorter than that.
Span kept_within(Span wanted, Span all, Nanos shortest);

/// The same span shifted and stretched by less than a column, so that columns begin at whole multiples of their length:
/// then a picture that moves on shows the same columns, and doesn't shimmer. The end of `span` is always inside.
Span snapped(Span span, int columns);

/// Where a time is in a picture. x grows to the right; both in the same pixels.
struct TimeScale {
    Span span;
    double left = 0;
    double width = 1;

    double x_of(Nanos t) const;
    Nanos at(double x) const;
};

} // namespace sluice::charts
