#pragma once
#include "series/exposition.h"
#include "series/series_store.h"

#include <set>

namespace sluice::series {

/// One scraped endpoint: puts its answers into a store as Prometheus does. A series that an answer no longer names gets
/// a stale marker at once; a failed scrape ends all of them. `up` is written beside them.
class ScrapedTarget {
public:
    /// `target_labels` (job, instance, …) are added to every series; a sample's own label of that name becomes
    /// `exported_NAME` (honor_labels: false).
    ScrapedTarget(SeriesStore& store, Labels target_labels);

    void take(const Exposition& answer, Nanos at);
    void failed(Nanos at);

private:
    void note_up(Nanos at, double value);
    SeriesStore& store_;
    Labels target_labels_;
    std::set<Labels> current_;
};

} // namespace sluice::series
