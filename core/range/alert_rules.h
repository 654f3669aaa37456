#pragma once
#include "range/load/profile.h"
#include "series/promql.h"
#include "series/series_store.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::range {

/// When the simulated Prometheus fires: each series of `expression` that has stood for `lasts`.
struct AlertRule {
    std::string name;       ///< label alertname
    std::string severity;   ///< label
    std::string expression; ///< PromQL; what it answers is in breach
    Nanos lasts;
};

/// One that fires, with `alertname` among its labels.
struct Alert {
    series::Labels labels;
    Nanos since;
};

/// Those of the platform that the profile describes: HighErrorRate, ConsumerLagHigh, PodsRestarting.
std::vector<AlertRule> rules_of(const Profile& profile);

/// Evaluates alerting rules over a store and writes the series `ALERTS{alertname, alertstate, …}` into it, as
/// Prometheus does: 1 while pending or firing, ended when it is over.
class AlertRules {
public:
    /// The rules must be valid PromQL of the kind that core/series understands; others never fire.
    explicit AlertRules(const std::vector<AlertRule>& rules);

    void evaluate(series::SeriesStore& store, Nanos at);

    /// Those that fired when it was evaluated last.
    std::vector<Alert> firing() const;

private:
    struct Active {
        Nanos since;
        bool firing = false;
    };
    struct Rule {
        AlertRule rule;
        series::promql::Query query;
        std::map<series::Labels, Active> active; ///< by the labels of the series in breach
    };
    std::vector<Rule> rules_;
};

} // namespace sluice::range
