#pragma once
#include "base/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::series::promql {
class Query;
}

namespace sluice::plan {

/// How a metric is derived from others (PLAN.md, "Metrics, gates, holds, triggers"): arithmetic as PromQL writes and
/// reckons it, in which names are metrics of the plan. `errors / requests`, `latency{arm="green"} - 50`.
///
/// Numbers, + - * / % ^, parentheses, a sign, abs(); no more: what spans series belongs into the metrics' own queries.
/// Immutable and cheap to copy; any thread may use it.
class Formula {
public:
    /// `bad_input` with where = "LINE:COLUMN" within the formula.
    static Result<Formula> read(std::string_view text);

    /// Another metric, as the formula names it.
    struct Part {
        std::string metric;
        std::string arm; ///< empty = the arm that is asked for, or the whole of a metric that has no arms
        auto operator<=>(const Part&) const = default;
    };
    /// Each once, in the order in which they stand there; at least one.
    const std::vector<Part>& parts() const { return parts_; }

    /// NaN and infinities come as IEEE 754 has them: 0 / 0 is NaN. `of` is asked for every part.
    double value(const std::function<double(const Part&)>& of) const;

private:
    std::shared_ptr<const series::promql::Query> query_;
    std::vector<Part> parts_;
};

} // namespace sluice::plan
