#pragma once
/// Metrics that are derived from others by arithmetic.
#include "analysis/latest.h"
#include "plan/formula.h"

namespace sluice::analysis {

/// A plan's derived metric, its formulas read once.
class Derived {
public:
    /// `bad_input` with the metric's name for a formula that can't be read, or a part that the plan has not.
    static Result<Derived> make(const plan::Plan& plan, const plan::Metric& metric);

    const std::string& name() const { return metric_.name; }
    /// The metrics that it is made of; none twice.
    const std::set<std::string>& parts() const { return parts_; }

    /// What the latest answers come to at `now`, one reading an arm, or one of the whole. A source error of a part
    /// outweighs no data, which outweighs a value; NaN (0 / 0) is no data. As old as the oldest part.
    series::SampleBatch at(const Latest& latest, Nanos now) const;

private:
    series::Reading reading(const std::string& arm, const Latest& latest, Nanos now) const;

    plan::Metric metric_;
    std::map<std::string, plan::Metric> sources_; ///< by name
    std::set<std::string> parts_;
    std::vector<std::string> arms_; ///< those that it has a value for; one "" = the whole
    std::map<std::string, plan::Formula> formulas_;
};

} // namespace sluice::analysis
