#pragma once
#include "series/exposition_lines.h"
#include "series/series_store.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::series {

/// What of the answers of an endpoint is taken. An error of these fails the scrape as a text that can't be read does.
struct ScrapeRules {
    /// Whether a series (as it will be in the store) is kept; all are without it. Asked when the series first shows,
    /// and again when it has been away: its answer must be always the same.
    std::function<Result<bool>(const Labels&)> keeps = {};
    /// Asked before anything is written: with how many series the store does not have yet.
    std::function<Result<void>(std::size_t fresh)> admits = {};
    /// Samples whose own timestamp lies further from that of the scrape are left out.
    std::optional<Nanos> most_behind = {};
    std::optional<Nanos> most_ahead = {};
};

/// One scraped endpoint: puts its answers into a store as Prometheus does. A series that an answer no longer names gets
/// a stale marker at once; a failed scrape ends all of them. `up` is written beside them.
///
/// A series is known again by its bytes in the text, so that only one that is new costs its labels.
class ScrapedTarget {
public:
    /// `target_labels` (job, instance, …) are added to every series; a sample's own label of that name becomes
    /// `exported_NAME` (honor_labels: false).
    ScrapedTarget(SeriesStore& store, Labels target_labels, ScrapeRules rules = {});
    ScrapedTarget(const ScrapedTarget&) = delete;
    ScrapedTarget(ScrapedTarget&&) = default;

    /// From the next answer on others hold, for all series; what is in the store stays.
    void change_rules(ScrapeRules rules);

    /// Reads an answer and takes what the rules keep of it. After an error (of `read_exposition`, or of the rules) the
    /// store is as it was: `failed` is the caller's.
    Result<void> take(std::string_view text, std::string_view source, const ExpositionBudget& budget,
                      ExpositionFormat format, Nanos at);
    /// All of an answer that has been read, whatever the rules.
    void take(const Exposition& answer, Nanos at);
    void failed(Nanos at);

    /// How many spellings of series are remembered: at most twice those of the last answer, and 1,000.
    std::size_t spellings() const { return known_.size(); }

private:
    /// A series as it is written in the answers.
    struct Known {
        std::string written;
        SeriesId id;             ///< where it is in the store, once it is
        bool kept = false;       ///< by the rules
        std::uint32_t next = 0;  ///< the one that stood behind it in the last answer
        std::uint64_t seen = 0;  ///< the last answer that had it
        std::uint64_t fresh = 0; ///< the last answer in which the store did not have it
    };
    struct Taken {
        std::uint32_t known;
        double value;
        std::optional<Nanos> at;
    };
    class Sink;

    Labels labelled(Labels labels) const;
    void write(SeriesId id, std::optional<Nanos> own_time, Nanos at, double value);
    void end_the_others(Nanos at);
    void forget_the_unseen(std::size_t seen);
    void note_up(Nanos at, double value);

    SeriesStore& store_;
    Labels target_labels_;
    ScrapeRules rules_;
    SeriesId up_;
    std::uint64_t answer_ = 0;              ///< number of the one that is being taken
    std::vector<SeriesId> live_, was_live_; ///< of this answer and the last; those with times of their own not
    std::vector<std::uint64_t> live_in_;    ///< by place in the store: the last answer that was written there
    std::deque<Known> known_;               ///< stays where it is: the keys below lie in it
    std::unordered_map<std::string_view, std::uint32_t> by_written_;
    std::vector<Taken> taken_;
};

} // namespace sluice::series
