#pragma once
#include "analysis/derive.h"
#include "base/scheduler.h"
#include "sources/source.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace sluice::sources {

struct PolledMetric {
    std::string name;
    std::unique_ptr<Source> source;
    Nanos interval = seconds(5); ///< at least 100 ms
    Nanos timeout = seconds(5);  ///< how long one poll may take
    bool backs_off = true;       ///< false: an answer costs nobody anything, so it is asked for as often after errors
};

/// Polls metrics at their intervals, on the Scheduler, and hands every batch on.
///
/// A metric's polls lie on a grid from `start`, so that a late answer does not shift the later ones; a slot whose
/// predecessor is still in flight is left out. After each source error in a row the distance doubles, up to 30 s (or
/// the interval, if that is longer), for those that back off; the first answer brings it back. A server that asks to
/// be left alone (Retry-After) is, at most five minutes. Poll n of a metric has the key "poll/METRIC/n".
///
/// A derived metric is handed on behind an answer to one of those that it is made of, as soon as none of these is owed:
/// so it never mixes an answer of this instant with one of the last. Until then the Poller owes it too.
class Poller {
public:
    using Receive = std::function<void(const series::SampleBatch&)>;
    Poller(Scheduler& scheduler, Receive receive) : scheduler_(scheduler), receive_(std::move(receive)) {}
    Poller(const Poller&) = delete;
    ~Poller() { stop(); }

    /// Before `start`.
    void add(PolledMetric metric);
    /// And after all that it is made of.
    void add(analysis::Derived metric);
    void start();
    /// No poll begins any more; what is in flight is dropped when its answer comes, and programs are ended.
    void stop();

    /// True while a poll that is due by now has not been answered, for at most `patience` after its slot: what is
    /// judged meanwhile would be judged by old data. A source that takes longer holds nothing up.
    bool owes() const;
    static constexpr Nanos patience = seconds(1);

    /// How old the newest good reading of a metric is now; nothing before the first one or for an unknown name.
    std::optional<Nanos> age(const std::string& metric) const;

private:
    struct Polled {
        PolledMetric metric;
        TimerId timer = TimerId::none;
        Nanos due;
        std::uint64_t polls = 0;
        int errors_in_row = 0;
        std::optional<Nanos> newest;
    };
    struct DerivedMetric {
        analysis::Derived derived;
        std::set<std::string> polled; ///< what it is made of in the end, whatever is derived in between
    };
    void begin(Polled& polled);
    void take(Polled& polled, const series::SampleBatch& batch);
    void arm(Polled& polled, Nanos rest);
    /// What is to be handed on behind this answer, in that order.
    std::vector<series::SampleBatch> derive(const series::SampleBatch& answer);
    bool is_due(const std::string& polled) const;

    Scheduler& scheduler_;
    Receive receive_;
    std::map<std::string, Polled> metrics_; ///< by name: the order in which polls of one instant begin
    std::vector<DerivedMetric> derived_;    ///< each behind what it is made of
    analysis::Latest latest_;               ///< of what they are made of
    bool deriving_ = false;                 ///< an answer was handed on, and not yet all that is derived from it
    bool running_ = false;
};

} // namespace sluice::sources
