#pragma once
/// The samples' way into a release: what gates, triggers and sources say now (DESIGN.md, "One idea", the lower line).
#include "analysis/gate.h"
#include "analysis/latest.h"
#include "analysis/trend.h"
#include "engine/baselines.h"
#include "engine/journal.h"
#include "engine/sample_counts.h"
#include "series/sample.h"

#include <functional>
#include <optional>
#include <set>

namespace sluice::engine {

class Watch {
public:
    Watch(Scheduler& scheduler, Journal& journal) : scheduler_(scheduler), journal_(journal) {}
    Watch(const Watch&) = delete;
    ~Watch();

    /// Whether answers of this instant are still to come (sources::Poller::owes). While they are, nothing is judged, so
    /// that no gate holds by old data and is breached by new data in the same second; but not for longer than
    /// `patience`.
    void wait_while(std::function<bool()> owed, Nanos patience);

    /// A poll's answer: reported as the source's state, kept as the latest, judged with the others of its instant.
    void take(series::SampleBatch batch);

    /// A time is due: judges too, since data grows old without a poll, and gives the release a Tick.
    void tick();

    /// A trigger is armed: one that asks only values is read now, since no reading will come that could have it read.
    void armed();

    /// A step begins. Shadow gates before it are told as they stand now, since nothing waited for them; those of a hold
    /// are told with its others.
    void begun(const release::StepId& step);

    /// A clock was set back to zero, of the hold (gate "") or of an important gate on one arm: what it is of counts its
    /// samples anew.
    void restarted(const release::StepId& step, const std::string& gate, const std::string& arm);

    /// A step has ended well: if gates are counted from it, what was measured meanwhile is put to the release.
    void capture(const release::StepId& step);

    /// What was asked for afterwards of a metric: gates can be counted from it. Nothing is judged by it, and no hold
    /// counts it.
    void remember(const std::vector<series::SampleBatch>& past);

    const analysis::Latest& latest() const { return latest_; }

    /// The metrics are other ones from here on: what the last ones said counts no more.
    void forget();

    /// The session was taken up: what was at work while the program was away was not measured all the time.
    void was_away();

private:
    using Clock = std::pair<std::string, std::string>; ///< of an important gate, on an arm; {"", ""}: of the hold

    /// Puts what every hold at work and every armed trigger says now to the release: once an instant.
    void judge();
    void judge_in_time();
    bool anything_to_judge() const;
    void read_holds();
    void read_triggers();
    void read_alerts();
    void read_trigger(const plan::Trigger& trigger);
    /// Time has passed, and this is what is measured.
    release::Tick now() const;
    void wake_waiting();
    std::optional<release::GateReadings> readings_of(const plan::Step& step, const plan::Hold& hold);
    void count_anew(const plan::Step& step, const plan::Hold& hold, const std::set<Clock>& breached,
                    release::GateReadings& readings);
    std::vector<analysis::GateVerdict> judged(const plan::Gate& gate) const;

    Scheduler& scheduler_;
    Journal& journal_;
    analysis::Latest latest_;
    analysis::Trends trends_; ///< of the gates of holds at work
    analysis::History history_;
    Baselines baselines_;
    SampleCounts counts_;
    std::function<bool()> owed_;
    Nanos patience_;
    TimerId late_ = TimerId::none;  ///< when it judges although not all have answered
    TimerId armed_ = TimerId::none; ///< when it reads the triggers that ask only values
    bool ticked_ = false;           ///< a Tick is to follow
};

} // namespace sluice::engine
