#pragma once
#include "effects/effect.h"
#include "effects/traffic/traffic_driver.h"

#include <memory>
#include <string>

namespace sluice::effects {

struct ShiftSpec {
    std::string traffic; ///< name of the split, for people: "edge"
    Split target;        ///< every arm, sums to 100
    bool final = false;  ///< TrafficDriver::prepare
};

/// Convergent. Settles when the split that is commanded afterwards, read again, is the target; the result is
/// {"split": {arm: per cent}, "writes": what was done, in order}. `driver` must outlive it.
///
/// Reading back asks the driver what it would still have to do: nothing = matches.
std::unique_ptr<Effect> shift_effect(kubernetes::Client& client, TrafficDriver& driver, ShiftSpec spec);

} // namespace sluice::effects
