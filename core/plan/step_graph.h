#pragma once
/// Which step comes before which: `needs`, and that whoever needs a group or a decision needs what stands in it.
#include "plan/model.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sluice::plan {

class StepGraph {
public:
    /// Of the steps in `timed` what their `not-before` counts from comes before them too: it starts to count when that
    /// is over.
    explicit StepGraph(const Plan& plan, const std::set<StepId>& timed = {});

    /// True when `later` can start only after `earlier` is done. False for unknown ids and for the step itself.
    bool comes_before(const StepId& earlier, const StepId& later) const;

    /// Steps that wait for each other, as "a → b → a"; empty when there are none. `first` is one that has `needs` of
    /// its own or, failing that, any of them.
    std::vector<StepId> cycle() const;

    /// Forward steps so that each comes after what it waits for, otherwise as in the file. Needs a graph without
    /// cycles.
    std::vector<std::size_t> order(const std::vector<Step>& steps) const;

private:
    void add(const std::vector<Step>& steps, const std::set<StepId>& timed);
    std::map<StepId, std::size_t> index_;
    std::vector<StepId> ids_;
    std::vector<std::vector<std::size_t>> before_; ///< direct
    std::vector<std::vector<bool>> ancestors_;
};

} // namespace sluice::plan
