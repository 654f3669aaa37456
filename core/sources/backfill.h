#pragma once
#include "sources/prometheus_past.h"
#include "sources/source.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace sluice::sources {

/// Asks afterwards for what no poll has seen: what was before a metric's first answer, and the gaps in which none was
/// answered, whatever the reason (the desk slept, its network was lost, the program was down).
///
/// It begins with an answer, so that nobody is asked who is not there; one request at a time for all metrics together,
/// the newest part first, beside the polls and without keeping them waiting. What is asked is `interval` apart. What
/// could not be had is not asked for again.
class Backfill {
public:
    struct Metric {
        std::string name;
        Source* source = nullptr; ///< that has a past; outlives this
        Nanos interval;           ///< of its polls
        Nanos before;             ///< how far to look back at the first answer
        Nanos remembered = {};    ///< how far gates look back: so much is asked for again after was_answered
    };
    enum class Why { before, gap, again }; ///< again: it was watched, and who watched has forgotten it
    using Receive = std::function<void(Why, const std::vector<series::SampleBatch>&)>;

    /// `receive`: a part of a metric's past, oldest first. Of several batches in a row without a value only the first
    /// is among them.
    explicit Backfill(Receive receive) : receive_(std::move(receive)) {}
    Backfill(const Backfill&) = delete;

    void add(Metric metric);

    /// A session is gone on with: this metric was answered last then.
    void was_answered(const std::string& metric, Nanos until);

    /// An answer to a poll of any metric.
    void take(const series::SampleBatch& answer);

    /// Nothing is asked any more, and what comes is dropped.
    void stop();

    /// A late answer, or one that was left out, is no gap.
    static Nanos shortest_gap(Nanos interval);

    static constexpr Nanos longest_gap = hours(24); ///< of longer ones the newest part is asked for
    static constexpr std::int64_t instants_at_once =
        720; ///< far below what a Prometheus allows: each is judged at once
    static_assert(instants_at_once <= series::promql::most_instants);

private:
    struct Watched {
        Metric metric;
        std::optional<Nanos> answered; ///< when, last
        bool begun = false;            ///< an answer was taken
        std::uint64_t asked = 0;
    };
    struct Part {
        Watched* of;
        Why why;
        Instants instants;
    };
    void ask(Watched& watched, Why why, Nanos from, Nanos to);
    void ask_next();

    Receive receive_;
    std::map<std::string, Watched> metrics_;
    std::deque<Part> parts_; ///< still to be asked; the first is on its way while `asking_`
    bool asking_ = false;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace sluice::sources
