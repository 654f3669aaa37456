#pragma once
/// The samples' way into a release: what gates, triggers and sources say now (DESIGN.md, "One idea", the lower line).
#include "analysis/latest.h"
#include "engine/journal.h"
#include "series/sample.h"

namespace sluice::engine {

class Watch {
public:
    Watch(Scheduler& scheduler, Journal& journal) : scheduler_(scheduler), journal_(journal) {}

    /// A poll's answer: reported as the source's state, kept as the latest, then `evaluate`.
    void take(series::SampleBatch batch);

    /// Puts what every hold at work and every armed trigger says now to the release. Called after each poll, and when a
    /// time is due: data grows old without a poll.
    void evaluate();

    const analysis::Latest& latest() const { return latest_; }

private:
    void read_holds();
    void read_triggers();
    void wake_waiting();

    Scheduler& scheduler_;
    Journal& journal_;
    analysis::Latest latest_;
};

} // namespace sluice::engine
