#pragma once
#include "plan/loader.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::screens {

/// A plan as it was read from the disk, with what is found out there about it.
struct PlanReading {
    std::shared_ptr<const plan::Plan> plan; ///< null: it can't be used
    std::vector<plan::Diagnostic> diagnostics;
    std::vector<plan::Diagnostic> not_rehearsed; ///< what a rehearsal lacks
    /// Files that a rehearsal lacks, by variant ("" = the plan as it stands).
    std::map<std::string, std::vector<plan::Diagnostic>> missing;
};

/// Reads and checks; any thread but the GUI's.
PlanReading read_plan(const std::string& file);

} // namespace sluice::screens
