#pragma once
#include "series/promql/value.h"

#include <optional>
#include <span>

namespace sluice::series::promql {

/// Counter increase over a range, extrapolated to its borders (Prometheus 2.42, promql/functions.go extrapolatedRate);
/// `per_second` divides by the range. Nothing with fewer than two points.
///
/// The range is closed at both ends; all three times are whole milliseconds.
std::optional<double> extrapolated_increase(std::span<const Point> points, Nanos from, Nanos to, bool per_second);

struct Bucket {
    double upper_bound = 0; ///< `le`
    double count = 0;       ///< cumulative
};

/// Value below which the share `q` of a classic histogram's observations lies, linear within a bucket (Prometheus 2.42,
/// promql/quantile.go bucketQuantile). NaN without a +Inf bucket, with fewer than two buckets or without observations.
double bucket_quantile(double q, std::vector<Bucket> buckets);

/// histogram_quantile over a vector: groups by all labels but `le`. Elements whose `le` is missing or no number are
/// left out.
Vector histogram_quantile(double q, const Vector& buckets, Nanos at);

} // namespace sluice::series::promql
