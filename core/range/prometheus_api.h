#pragma once
#include "base/scheduler.h"
#include "range/alert_rules.h"
#include "range/faults.h"
#include "range/http_server.h"
#include "range/load/load_model.h"
#include "series/scraped_target.h"
#include "series/series_store.h"

#include <functional>
#include <map>

namespace sluice::range {

/// A Prometheus that scrapes the load model on the Scheduler's clock and answers queries by the evaluator of
/// core/series. It has history when it starts, so that windows such as `[5m]` are full.
///
/// Served: `/api/v1/query` and `/api/v1/query_range` (GET, and POST as a form), `/api/v1/status/buildinfo`,
/// `/-/healthy`, `/-/ready`.
/// While the fault `no data` holds nothing is scraped: what is there gets old, and vanishes after five minutes.
class PrometheusApi {
public:
    struct Watched {
        /// Whether pods of that arm are still meant to run: then a failed scrape is `up` 0, else the target just ends.
        std::function<bool(const ArmKey&)> meant_to_run;
        /// What other exporters show (consumer lag, the ingress controller), by job.
        std::function<std::map<std::string, series::Exposition>()> exporters;
        std::vector<AlertRule> rules = {}; ///< evaluated after each scrape, also while none succeeds
    };

    PrometheusApi(Scheduler& scheduler, LoadModel& load, const FaultBoard& faults, std::string job, Watched watched,
                  Nanos interval);
    ~PrometheusApi();
    PrometheusApi(const PrometheusApi&) = delete;
    PrometheusApi& operator=(const PrometheusApi&) = delete;

    /// Scrapes as if it had run since `from`, then goes on by itself.
    void start(Nanos from);

    Answer handle(const Asked& asked);

    const series::SeriesStore& store() const { return store_; }
    const AlertRules& rules() const { return rules_; }

private:
    struct Target {
        series::ScrapedTarget scraped;
        series::Labels up;
        bool down = false;
    };
    Target& target(const ArmKey& arm);
    void scrape(Nanos at);
    void schedule(Nanos at);
    Answer query(const Asked& asked);
    Answer query_range(const Asked& asked);

    Scheduler& scheduler_;
    LoadModel& load_;
    const FaultBoard& faults_;
    std::string job_;
    Watched watched_;
    Nanos interval_;
    TimerId timer_ = TimerId::none;
    series::SeriesStore store_;
    std::map<ArmKey, Target> targets_;
    std::map<std::string, series::ScrapedTarget> exporters_;
    AlertRules rules_;
};

} // namespace sluice::range
