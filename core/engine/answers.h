#pragma once
#include "base/scheduler.h"
#include "engine/journal.h"

#include <set>

namespace sluice::engine {

/// `--assume-yes`, for rehearsals: answers confirms and approvals after 5 s of the rehearsal's time, a decide by its
/// default, and advances a hold that asks. Never triage, an override or an action in doubt.
class Answers {
public:
    Answers(Scheduler& scheduler, Journal& journal);
    ~Answers();

private:
    void look();
    void answer(const plan::Step& step);
    void approve(const plan::Step& step);

    Scheduler& scheduler_;
    Journal& journal_;
    std::set<std::string> asked_; ///< "step/attempt" for which an answer is on its way
    std::set<TimerId> timers_;
};

} // namespace sluice::engine
