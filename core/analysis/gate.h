#pragma once
/// Gates: does a metric stand where it must, now, for each arm that counts?
#include "analysis/history.h"
#include "analysis/latest.h"

#include <functional>
#include <optional>
#include <vector>

namespace sluice::analysis {

struct GateVerdict {
    std::string gate;
    std::string arm; ///< "" = the whole
    Verdict verdict = Verdict::no_data;
    bool close = false; ///< holds, but within 10 % of its limit
    std::optional<double> value;
    std::optional<plan::Must> limit; ///< in the metric's unit; none where what it is counted from is not known
    std::optional<double> headroom;  ///< share of the limit that is left: 0.26 of < 1 → 0.74; negative when breached
    std::optional<Nanos> breach_in;  ///< at the present slope, if it holds and goes there (analysis/trend.h)
    std::string why;                 ///< for people
    std::vector<series::Sample> evidence;
};

/// The average that was captured (plan::Against::captured), of a metric and an arm (of the whole, if the metric has no
/// arms); else why there is none.
using BaselineOf =
    std::function<History::Earlier(const plan::Against& against, const std::string& metric, const std::string& arm)>;

constexpr double close_share = 0.10; ///< PLAN.md: within 10 % of its limit a gate is close

/// (limit − value)/|limit| for "<", the other way round for ">"; none for equality or a limit of 0. Of a limit that is
/// counted `from` a value: how much of the difference that is allowed is left.
std::optional<double> headroom(const plan::Must& must, double value, std::optional<double> from = {});

/// One verdict an arm: the gate's own, else each arm with traffic (but the one that it is compared with as it is now),
/// else the whole.
std::vector<GateVerdict> judge(const plan::Gate& gate, const plan::Metric& metric, const Latest& latest,
                               const std::set<std::string>& with_traffic, Nanos now, const BaselineOf& baselines = {},
                               const History& history = {});

} // namespace sluice::analysis
