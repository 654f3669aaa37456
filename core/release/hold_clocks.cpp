#include "release/hold_clocks.h"

#include "release/decide.h"

#include <algorithm>

namespace sluice::release {

std::vector<OwnClock> own_clocks(const Release& release, const plan::Step& step, const plan::Hold& hold, Nanos now) {
    std::vector<OwnClock> clocks;
    const StepState& state = release.at(step.id);
    const auto busy = arms_with_traffic(release);
    for (const auto& gate : hold.gates) {
        if (!gate.has_own_clock() || state.set_aside.contains(gate.id)) {
            continue;
        }
        const auto before = clocks.size();
        for (const auto& [key, told] : state.gates) {
            if (!key_names(key, gate.id)) {
                continue;
            }
            const std::string arm = key == gate.id ? "" : key.substr(gate.id.size() + 1);
            if (arm.empty() || arm == gate.arm || busy.contains(arm)) {
                clocks.push_back({&gate, arm, std::min(gate.for_, told.own.held_at(now)), told.own.running});
            }
        }
        if (clocks.size() == before) {
            clocks.push_back({&gate, gate.arm, {}, false});
        }
    }
    return clocks;
}

Nanos left_of_hold(const Release& release, const plan::Step& step, const plan::Hold& hold, Nanos now) {
    Nanos left = std::max(Nanos{}, hold.for_ - release.at(step.id).hold.held_at(now));
    for (const auto& clock : own_clocks(release, step, hold, now)) {
        left = std::max(left, clock.left());
    }
    return left;
}

std::optional<Nanos> next_heartbeat(const StepState& state) {
    std::optional<Nanos> next;
    const auto look = [&](const HoldState& clock) {
        if (clock.running && (!next || clock.mark + hold_heartbeat < *next)) {
            next = clock.mark + hold_heartbeat;
        }
    };
    look(state.hold);
    for (const auto& [key, gate] : state.gates) {
        look(gate.own);
    }
    return next;
}

} // namespace sluice::release
