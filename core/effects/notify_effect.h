#pragma once
#include "effects/http_effect.h"

namespace sluice::effects {

/// One channel that a message goes to.
struct Delivery {
    std::string channel;
    net::HttpClient* http = nullptr;
    HttpSpec call;
};

/// A message to one or more channels, one after the other; each gets it whatever became of the one before.
///
/// Keyed when all channels know a message that comes twice, else opaque. Done when all answered 2xx. The result is
/// {"told": [channels], "failed": {channel: why}}. It can't be read back.
std::unique_ptr<Effect> notify_effect(Scheduler& scheduler, std::vector<Delivery> deliveries);

} // namespace sluice::effects
