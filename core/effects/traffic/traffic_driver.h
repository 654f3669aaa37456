#pragma once
#include "base/json.h"
#include "base/result.h"
#include "kubernetes/client.h"
#include "kubernetes/prepared_write.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::effects {

/// Arm → per cent of new requests, as commanded; sums to 100. What the arms really get is observed elsewhere.
using Split = std::map<std::string, int>;

std::string to_text(const Split& split); ///< "blue 75, green 25"

/// A place where traffic is split between arms.
///
/// Every write expects what was read when it was prepared. The order of the writes is part of the driver: between any
/// two of them no request goes to an arm that has a share neither before nor after, and what takes traffic away from an
/// arm stands as early as it can.
class TrafficDriver {
public:
    virtual ~TrafficDriver() = default;

    /// `bad_input`, with the reachable weights, for a split that this driver can't command.
    virtual Result<void> check(const Split& target) const = 0;

    /// What is commanded now. `conflict` when the objects contradict each other or each path goes somewhere else.
    virtual void read(const kubernetes::Ask& ask, std::function<void(Result<Split>)> done) = 0;

    /// The writes, in order, that lead from what is there to the target; empty when it is so already. `final`: the arm
    /// that gets everything becomes the primary one, and what was put up for the canary is taken away.
    virtual void prepare(const Split& target, bool final, const kubernetes::Ask& ask,
                         std::function<void(Result<std::vector<kubernetes::PreparedWrite>>)> done) = 0;
};

/// A plan's traffic entry with its arms resolved. Objects and services are "namespace/name".
struct TrafficSpec {
    std::string driver;  ///< "ingress-backend" or "nginx-canary"
    std::string primary; ///< the Ingress that is there anyhow
    std::string canary;  ///< nginx-canary: the second one; need not exist
    std::string path;    ///< only this path of the Ingress ("/api"); empty = every path that leads to one of the arms
    std::map<std::string, std::string> sides;    ///< nginx-canary: "primary" → arm, "canary" → arm
    std::map<std::string, std::string> services; ///< arm → service; all in the namespace of the Ingress
};

/// `bad_input` for an unknown driver, a missing side, or a service in another namespace (an Ingress can't name it).
Result<std::unique_ptr<TrafficDriver>> make_driver(kubernetes::Client& client, const TrafficSpec& spec);

} // namespace sluice::effects
