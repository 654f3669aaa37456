#pragma once
/// What `sluicectl state` tells of time: planned against actual, the estimate of the end, and until when a rollback
/// fits.
#include "release/state.h"

namespace sluicectl {

/// The instant as of which to estimate: now for a go-live at work; the last event's for what is over or rehearsed.
sluice::Nanos present(const sluice::release::Release& release);

void print_times(const sluice::release::Release& release, sluice::Nanos now);
sluice::Json times_json(const sluice::release::Release& release, sluice::Nanos now);

} // namespace sluicectl
