#include "series/promql/functions.h"

#include "series/go_number.h"
#include "series/promql/operators.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace sluice::series::promql {
namespace {

/// Prometheus counts in milliseconds and divides by 1000; dividing nanoseconds would round differently.
double seconds_between(Nanos from, Nanos to) {
    const std::int64_t whole = (to.count - from.count) / 1'000'000;
    return static_cast<double>(whole) / 1000;
}

void merge_equal_bounds(std::vector<Bucket>& buckets) {
    std::size_t last = 0;
    for (std::size_t i = 1; i < buckets.size(); ++i) {
        if (buckets[i].upper_bound == buckets[last].upper_bound) {
            buckets[last].count += buckets[i].count;
        } else {
            buckets[++last] = buckets[i];
        }
    }
    buckets.resize(last + 1);
}

/// Buckets scraped at slightly different times can go down; the count seen so far stands.
void force_monotonic(std::vector<Bucket>& buckets) {
    double most = buckets.front().count;
    for (auto& bucket : buckets) {
        if (bucket.count > most) {
            most = bucket.count;
        } else if (bucket.count < most) {
            bucket.count = most;
        }
    }
}

} // namespace

std::optional<double> extrapolated_increase(std::span<const Point> points, Nanos from, Nanos to, bool per_second) {
    if (points.size() < 2) {
        return std::nullopt;
    }
    const Point& first = points.front();
    const Point& last = points.back();
    double increase = last.value - first.value;
    double previous = first.value;
    for (const auto& point : points.subspan(1)) {
        if (point.value < previous) {
            increase += previous; // the counter was reset
        }
        previous = point.value;
    }

    double to_start = seconds_between(from, first.at);
    const double to_end = seconds_between(last.at, to);
    const double sampled = seconds_between(first.at, last.at);
    const double average_gap = sampled / static_cast<double>(points.size() - 1);
    if (increase > 0 && first.value >= 0) {
        // A counter can't have been below zero: don't extrapolate past the point where it would have been zero.
        const double to_zero = sampled * (first.value / increase);
        to_start = std::min(to_start, to_zero);
    }
    const double threshold = average_gap * 1.1;
    double covered = sampled;
    covered += to_start < threshold ? to_start : average_gap / 2;
    covered += to_end < threshold ? to_end : average_gap / 2;
    double factor = covered / sampled;
    if (per_second) {
        factor /= seconds_between(from, to);
    }
    return increase * factor;
}

double bucket_quantile(double q, std::vector<Bucket> buckets) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (std::isnan(q) || buckets.empty()) {
        return nothing;
    }
    if (q < 0) {
        return -infinity;
    }
    if (q > 1) {
        return infinity;
    }
    std::ranges::stable_sort(buckets, {}, &Bucket::upper_bound);
    if (buckets.back().upper_bound != infinity) {
        return nothing;
    }
    merge_equal_bounds(buckets);
    force_monotonic(buckets);
    if (buckets.size() < 2) {
        return nothing;
    }
    const double observations = buckets.back().count;
    if (observations == 0) {
        return nothing;
    }
    double rank = q * observations;
    const auto found = std::partition_point(buckets.begin(), std::prev(buckets.end()),
                                            [&](const Bucket& bucket) { return !(bucket.count >= rank); });
    if (found == std::prev(buckets.end())) {
        return std::prev(found)->upper_bound;
    }
    if (found == buckets.begin() && found->upper_bound <= 0) {
        return found->upper_bound;
    }
    double start = 0;
    double count = found->count;
    if (found != buckets.begin()) {
        start = std::prev(found)->upper_bound;
        count -= std::prev(found)->count;
        rank -= std::prev(found)->count;
    }
    return start + (found->upper_bound - start) * (rank / count);
}

Vector histogram_quantile(double q, const Vector& elements, Nanos at) {
    // In order of first appearance; two metrics stay two groups, which are then refused for their same labels.
    std::vector<std::pair<Labels, std::vector<Bucket>>> groups;
    std::map<Labels, std::size_t> index;
    for (const auto& element : elements) {
        const auto bound = go_number(label(element.labels, "le"));
        if (!bound || std::isnan(*bound)) {
            continue;
        }
        Labels rest = element.labels;
        rest.erase("le");
        const auto [found, added] = index.emplace(rest, groups.size());
        if (added) {
            groups.emplace_back(std::move(rest), std::vector<Bucket>{});
        }
        groups[found->second].second.push_back({*bound, element.value});
    }
    Vector result;
    for (auto& [labels, buckets] : groups) {
        labels.erase(metric_name);
        result.push_back({std::move(labels), at, bucket_quantile(q, std::move(buckets))});
    }
    refuse_same_labels(result);
    return result;
}

} // namespace sluice::series::promql
