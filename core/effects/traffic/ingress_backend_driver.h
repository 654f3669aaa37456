#pragma once
#include "effects/traffic/ingress_backends.h"
#include "effects/traffic/traffic_driver.h"

namespace sluice::effects {

/// Switches the backend Service of an Ingress: one arm has everything, at once. Reaches 0 and 100 only.
class IngressBackendDriver : public TrafficDriver {
public:
    IngressBackendDriver(kubernetes::Client& client, kubernetes::ObjectRef ingress, ArmServices services,
                         std::string path);

    Result<void> check(const Split& target) const override;
    void read(const kubernetes::Ask& ask, std::function<void(Result<Split>)> done) override;
    void prepare(const Split& target, bool final, const kubernetes::Ask& ask,
                 std::function<void(Result<std::vector<kubernetes::PreparedWrite>>)> done) override;

private:
    kubernetes::Client& client_;
    kubernetes::ObjectRef ingress_;
    ArmServices services_;
    std::string path_;
};

} // namespace sluice::effects
