#pragma once
/// How bad it is, what answers to it; and other ways through the same plan. Part of the model (model.h).
#include "plan/condition.h"
#include "plan/step.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::plan {

/// One level, worse than those that stand before it in the plan.
struct SeverityLevel {
    std::string id;
    std::string title;
    std::string response;          ///< what it asks for, for people; template
    std::optional<Condition> when; ///< declares it by itself; empty = only a person does
    std::string option;            ///< the rollback option that it proposes; empty = none
    Position at;
};

/// Another way through the plan, for a contingency; chosen at the start, never later.
struct Variant {
    std::string id;
    std::string title;
    std::set<StepId> omit;
    std::map<StepId, Approve> approve; ///< other approvals
    std::map<StepId, Step> replace;    ///< other bodies for the same places
    bool window = true;                ///< false: no phase is bound by the calendar
    Position at;
};

/// The evidence of an earlier session that a plan asks for before it starts.
struct RequiredSession {
    std::string plan;         ///< id
    std::string environment;  ///< template; empty = any
    std::string outcome;      ///< done | rolled-back; empty = any that ended
    std::string mode;         ///< run | rehearse; empty = any
    bool rolled_back = false; ///< a rollback must have been carried out in it
    Nanos within = {};
    Position at;
};

} // namespace sluice::plan
