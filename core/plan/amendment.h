#pragma once
/// What lies between two texts of a plan: for changing a plan while it runs (PLAN.md; DESIGN.md, `do … amend`). Pure.
#include "plan/model.h"

#include <set>
#include <string>
#include <vector>

namespace sluice::plan {

/// One part of a plan that is not the same in both. Parts are compared as they are written, white space and comments
/// aside: a step without those that stand in it, a phase without its steps, one connection, one metric, one trigger …
struct PartChange {
    enum class What { added, removed, changed } what = What::changed;
    std::string kind; ///< "step", "phase", "connection", "metric", "arm", "traffic", "variable", "trigger", "option",
                      ///< "file" for one that it names, or "plan" for a key at its top
    std::string name; ///< of a step its id as in the model: "to-50", of an option's "to-blue/shift"

    bool operator==(const PartChange&) const = default;
};

/// "step to-50 removed"
std::string to_text(const PartChange& change);

/// All of them, in the order of the new plan, then what was removed. Both must be texts of plans that load.
std::vector<PartChange> changes_between(const std::string& before, const std::string& after);

/// The metrics that ask or reckon something else than before, or are in one of the plans only: not those of which only
/// the title, the interval, the age of data or what a rehearsal tells differs.
std::set<std::string> metrics_asked_otherwise(const Plan& before, const Plan& after);

/// Unified, three lines of context, without a head; empty when they are the same.
std::string unified_diff(const std::string& before, const std::string& after);

/// The same of whole plans: of the plan's text, and of each file that it names ("file holidays.txt changed").
std::vector<PartChange> changes_between(const Plan& before, const Plan& after);
std::string unified_diff(const Plan& before, const Plan& after);

} // namespace sluice::plan
