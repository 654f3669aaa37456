#pragma once
/// What readings make of the release: gates, triggers, severity, sources, baselines; the part of `apply` that is about
/// them.
#include "release/apply_people.h"

namespace sluice::release {

/// One overload an event type.
class FoldMeasures : public FoldPeople {
public:
    using FoldPeople::FoldPeople;
    using FoldPeople::operator();

    void operator()(const GateChanged& e);
    void operator()(const HoldHeartbeat& e);
    void operator()(const TriggerChanged& e);
    void operator()(const AlertChanged& e);
    void operator()(const AlertSent& e);
    void operator()(const AlertTold& e);
    void operator()(const AlertAcknowledged& e);
    void operator()(const ProposalAnswered& e);
    void operator()(const SeverityDeclared& e);
    void operator()(const SeverityCleared& e);
    void operator()(const SourceChanged& e);
    void operator()(const BaselineCaptured& e);

protected:
    /// It has run till now: a crash takes nothing of that any more.
    void prove(HoldState& clock) const;
    /// The clock of an important gate.
    void take_own_clock(StepState& step, const HoldChanged& e) const;
    static void freeze(TriggerState& trigger, Nanos at);
    /// What was pending before an absence counts if that was short, and then leaves at least ten seconds to go
    /// (ref/semantics.md, "Verdicts"; Prometheus' rules/manager.go, RestoreForState).
    void thaw(TriggerState& trigger, const std::string& key, Nanos last_known) const;
    void thaw(AlertState& alert, const std::string& key, Nanos last_known) const;
    /// Until when a proposal that is made now can be answered; 0 = for ever.
    Nanos end_of_grace(const std::string& key) const;

private:
    /// Since when what lasts so long counts as true, when it was frozen at that moment.
    Nanos counts_from(Nanos since, Nanos frozen_at, Nanos lasts, Nanos last_known) const;
};

} // namespace sluice::release
