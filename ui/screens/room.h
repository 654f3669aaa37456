#pragma once
#include <algorithm>
#include <utility>

/// How the cockpit shares a screen, in pixels, until a person moves a border. Pure.
namespace sluice::screens {

constexpr int low_screen = 900; ///< below this height there is less air and rows are lower

/// Of the plan list and the traffic panel, on a screen of this width. The middle gets the rest.
constexpr std::pair<int, int> side_widths(int width) {
    return {std::clamp(width * 215 / 1000, 256, 440), std::clamp(width * 196 / 1000, 288, 400)};
}

/// Of the audit log, where `room` is left below the top bar and `bars` stand over the log: a fifth, less beside the
/// scrubber; always its head and three rows.
constexpr int audit_height(int room, int bars) {
    return std::max(room * (bars > 60 ? 15 : 21) / 100, 102);
}

} // namespace sluice::screens
