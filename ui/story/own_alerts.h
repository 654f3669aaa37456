#pragma once
/// The alerts that the plan itself watches for (`alerts:`), as they stand at a moment. Pure.
#include "release/state.h"

#include <QString>
#include <string>
#include <vector>

namespace sluice::story {

struct OwnAlert {
    const plan::Alert* planned = nullptr;
    std::string key, arm; ///< "id", or "id/arm" of one that is judged by arm
    const release::AlertState* state = nullptr;

    /// It fires, and nobody has said that he has seen it.
    bool unseen() const { return state->firing() && state->acknowledged_by.empty(); }
    QString title(const release::Release& release) const; ///< with its arm
};

/// Those that have a state, in the plan's order. Point into the release.
std::vector<OwnAlert> own_alerts(const release::Release& release);

} // namespace sluice::story
