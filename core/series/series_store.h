#pragma once
#include "base/nanos.h"
#include "series/labels.h"
#include "series/matcher.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace sluice::series {

/// Prometheus' "this series has ended" value: a NaN told apart by its bits (0x7ff0000000000002), never by comparing.
double stale_marker();
bool is_stale(double value);

struct Point {
    Nanos at; ///< whole milliseconds, as Prometheus keeps them
    double value = 0;
};

/// One labelled series, oldest point first, times strictly ascending.
class Series {
public:
    explicit Series(Labels labels) : labels_(std::move(labels)) {}
    const Labels& labels() const { return labels_; }
    /// Without the metric's name; the same storage at each call.
    const Labels& nameless() const;
    std::span<const Point> points() const { return std::span(points_).subspan(dropped_); }

    /// Last point at or before `t` (a stale marker counts as a point), or nothing.
    std::optional<Point> last_at(Nanos t) const;
    /// The points of `from` ≤ time ≤ `to`, stale markers among them.
    std::span<const Point> between(Nanos from, Nanos to) const;

private:
    friend class SeriesStore;
    void drop_before(Nanos t);
    Labels labels_;
    mutable std::optional<Labels> nameless_; ///< made when it is first asked for
    std::vector<Point> points_;
    std::size_t dropped_ = 0; ///< points at the front that have been given up
    std::uint32_t life_ = 1;  ///< how many series have had this place
    bool forgotten_ = false;
};

/// Where a store keeps a series: quicker than by labels. Once the series is forgotten it stands for none, for ever; one
/// that was never given by a store stands for none as well.
struct SeriesId {
    std::uint32_t place = 0;
    std::uint32_t life = 0;

    bool operator==(const SeriesId&) const = default;
};

/// Labelled series in memory: what the range's Prometheus and `sluicectl evaluate` answer from.
///
/// Not thread-safe. Times are cut to whole milliseconds on entry. Points older than the newest of their series by more
/// than `retention` are dropped.
class SeriesStore {
public:
    explicit SeriesStore(Nanos retention = hours(24)) : retention_(retention) {}

    /// Adds a point. `__name__` must be among the labels; empty labels are dropped. Returns false and changes nothing
    /// if the series has a point at that time or later.
    bool append(Labels labels, Nanos at, double value);

    /// The series of these labels (empty ones dropped), made if there is none. One that is made has no points yet.
    SeriesId add(Labels labels);
    bool holds(SeriesId id) const;
    /// As by labels; false also for a series that the store does not hold.
    bool append(SeriesId id, Nanos at, double value);
    bool mark_stale(SeriesId id, Nanos at);

    /// Ends a series: from `at` on, instant selectors no longer see it. False if it does not exist or has newer points.
    bool mark_stale(const Labels& labels, Nanos at);

    /// Gives up all points before `t`, and the series that have none left: retention alone never forgets a series that
    /// has ended. Pointers to series are good no more.
    void forget_before(Nanos t);

    /// Series for which all matchers hold, sorted by labels: so a Prometheus server gives them to a query (it merges
    /// its own storage with what may be remote), and sums round alike.
    std::vector<const Series*> select(std::span<const Matcher> matchers) const;

    const Series* find(const Labels& labels) const;
    /// Its place; one that stands for none when there is no such series.
    SeriesId id(const Labels& labels) const;
    std::size_t size() const { return by_labels_.size(); }
    /// Time of the newest point of all; nothing in an empty store.
    std::optional<Nanos> newest() const { return newest_; }

private:
    Nanos retention_;
    std::map<Labels, std::uint32_t> by_labels_;
    std::map<std::string, std::vector<std::uint32_t>, std::less<>> by_name_; ///< each sorted by labels
    std::vector<Series> series_;                                             ///< by place
    std::vector<std::uint32_t> free_;                                        ///< places of forgotten series
    std::optional<Nanos> newest_;
};

} // namespace sluice::series
