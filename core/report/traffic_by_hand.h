#pragma once
#include "report/by_hand.h"

#include <functional>

namespace sluice::report {

/// The program with the options of a connection and a namespace; an empty one is left out.
using Kubectl = std::function<std::vector<std::string>(const std::string& connection, const std::string& name_space)>;

/// A shift by kubectl, in the order of the driver's own writes (effects/traffic/nginx_canary.h): traffic is never, on
/// its way, further from where it is wanted. Empty where nothing is known of that traffic.
ByHand traffic_by_hand(const plan::Plan& plan, const plan::Shift& shift, const Kubectl& kubectl);

} // namespace sluice::report
