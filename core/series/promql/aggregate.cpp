#include "series/promql/operators.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace sluice::series::promql {
namespace {

struct Group {
    Labels labels;
    double value = 0;
    double count = 0;
};

Labels group_labels(const Aggregate& how, const Labels& labels) {
    Labels kept;
    for (const auto& [name, value] : labels) {
        const bool listed = std::ranges::find(how.labels, name) != how.labels.end();
        if (how.without ? !listed && name != metric_name : listed) {
            kept.emplace(name, value);
        }
    }
    return kept;
}

/// The mean moves by value/n − mean/n: both parts divided, so that large values do not overflow; infinities stay.
void move_mean(Group& group, double value) {
    if (std::isinf(group.value)) {
        if (std::isinf(value) && (group.value > 0) == (value > 0)) {
            return;
        }
        if (!std::isinf(value) && !std::isnan(value)) {
            return;
        }
    }
    group.value += value / group.count - group.value / group.count;
}

void add(Aggregation kind, Group& group, double value) {
    group.count += 1;
    switch (kind) {
    case Aggregation::sum:
        group.value += value;
        return;
    case Aggregation::avg:
        move_mean(group, value);
        return;
    case Aggregation::max:
        if (group.value < value || std::isnan(group.value)) {
            group.value = value;
        }
        return;
    case Aggregation::min:
        if (group.value > value || std::isnan(group.value)) {
            group.value = value;
        }
        return;
    case Aggregation::count:
        return;
    }
}

} // namespace

Vector aggregate(const Aggregate& how, const Vector& over, Nanos at) {
    std::vector<Group> groups;
    std::map<Labels, std::size_t> index;
    for (const auto& element : over) {
        Labels labels = group_labels(how, element.labels);
        const auto [found, added] = index.emplace(labels, groups.size());
        if (added) {
            groups.push_back({std::move(labels), element.value, 1});
        } else {
            add(how.kind, groups[found->second], element.value);
        }
    }
    Vector result;
    for (auto& group : groups) {
        const double value = how.kind == Aggregation::count ? group.count : group.value;
        result.push_back({std::move(group.labels), at, value});
    }
    return result;
}

} // namespace sluice::series::promql
