#pragma once
#include "effects/traffic/nginx_canary.h"
#include "effects/traffic/traffic_driver.h"

namespace sluice::effects {

/// Weighted split by ingress-nginx's canary annotations (nginx_canary.h). Reaches every whole per cent.
class NginxCanaryDriver : public TrafficDriver {
public:
    NginxCanaryDriver(kubernetes::Client& client, CanarySettings settings);

    Result<void> check(const Split& target) const override;
    void read(const kubernetes::Ask& ask, std::function<void(Result<Split>)> done) override;
    void prepare(const Split& target, bool final, const kubernetes::Ask& ask,
                 std::function<void(Result<std::vector<kubernetes::PreparedWrite>>)> done) override;

private:
    void read_both(const kubernetes::Ask& ask, std::function<void(Result<CanaryState>)> done);

    kubernetes::Client& client_;
    CanarySettings settings_;
};

} // namespace sluice::effects
