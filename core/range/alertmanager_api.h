#pragma once
#include "base/scheduler.h"
#include "range/alert_rules.h"
#include "range/faults.h"
#include "range/http_server.h"

namespace sluice::range {

/// An Alertmanager that shows what the simulated Prometheus' rules fire, and the alerts that faults bring (`alert
/// NAME{severity="page"}`). Nothing is silenced or inhibited in it.
///
/// Served, as Alertmanager 0.25 does: `GET /api/v2/alerts` with `filter=` and `active=`, `/api/v2/status`,
/// `/-/healthy`, `/-/ready`.
class AlertmanagerApi {
public:
    AlertmanagerApi(const Scheduler& scheduler, const AlertRules& rules, const FaultBoard& faults)
        : scheduler_(scheduler), rules_(rules), faults_(faults) {}

    Answer handle(const Asked& asked) const;

private:
    Answer alerts(const Asked& asked) const;
    std::vector<Alert> firing() const;

    const Scheduler& scheduler_;
    const AlertRules& rules_;
    const FaultBoard& faults_;
};

} // namespace sluice::range
