#pragma once
/// What readings make of the release: gates, triggers, sources, baselines; the part of `apply` that is about them.
#include "release/apply_people.h"

namespace sluice::release {

/// "trigger" or "trigger/arm"; so for gates.
std::string key_of(const std::string& name, const std::string& arm);
bool key_names(const std::string& key, const std::string& name);

/// One overload an event type.
class FoldMeasures : public FoldPeople {
public:
    using FoldPeople::FoldPeople;
    using FoldPeople::operator();

    void operator()(const GateChanged& e);
    void operator()(const TriggerChanged& e);
    void operator()(const SourceChanged& e);
    void operator()(const BaselineCaptured& e);

protected:
    static void freeze(TriggerState& trigger, Nanos at);
};

} // namespace sluice::release
