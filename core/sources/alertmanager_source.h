#pragma once
#include "sources/one_get_source.h"
#include "sources/reduce.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::sources {

struct AlertMetric {
    std::string name;
    std::string unit;
    std::vector<std::string> matchers; ///< as Alertmanager writes them: `severity="critical"`
    std::string by_arm;                ///< label whose value names the arm; empty = one value
    std::map<std::string, std::string> arms;
    Reduce reduce = Reduce::none;
};

/// What an answer of Alertmanager's `GET /api/v2/alerts` (OpenAPI of 0.25) comes to: how many alerts fire, of the whole
/// or of each arm (0 where none does); with `each` one reading of 1 an alert, with its labels. An answer that is no
/// list of alerts is a source error. Pure.
series::SampleBatch judge_alerts(const AlertMetric& metric, const Result<net::HttpResponse>& response, Nanos now);

/// Asks for the alerts that are active, and neither silenced nor inhibited nor unprocessed. What Alertmanager holds is
/// as of now: whether a rule is evaluated at all only its Prometheus knows.
class AlertmanagerSource : public OneGetSource {
public:
    AlertmanagerSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint, AlertMetric metric);
};

} // namespace sluice::sources
