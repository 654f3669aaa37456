#include "panels/scrubber_labels.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sluice::panels {
namespace {

constexpr double beside = 4; ///< from a mark to its words
constexpr double apart = 8;  ///< between words
constexpr double stem = 2;   ///< to each side of a stem

using Stretch = std::pair<double, double>;

bool is_free(const std::vector<Stretch>& taken, const Stretch& wanted, double gap) {
    return std::ranges::none_of(taken, [&](const Stretch& other) {
        return wanted.first < other.second + gap && other.first < wanted.second + gap;
    });
}

} // namespace

std::vector<LabelPlace> place_labels(std::span<const LabelWish> wishes, double left, double right, int rows) {
    std::vector<std::size_t> order(wishes.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(-wishes[a].weight, wishes[a].x) < std::pair(-wishes[b].weight, wishes[b].x);
    });
    std::vector<std::vector<Stretch>> words(static_cast<std::size_t>(rows)), stems(static_cast<std::size_t>(rows));
    const auto fits = [&](const Stretch& label, double x, int row) {
        const auto at = static_cast<std::size_t>(row);
        if (!is_free(words[at], label, apart) || !is_free(stems[at], label, stem)) {
            return false;
        }
        for (std::size_t below = 0; below <= at; ++below) { // its own stem
            if (!is_free(words[below], {x, x}, stem)) {
                return false;
            }
        }
        return true;
    };
    std::vector<LabelPlace> placed;
    const auto place = [&](std::size_t i) {
        const auto& wish = wishes[i];
        const double away = wish.reach + beside;
        for (int row = 0; row < rows; ++row) {
            for (const double from : {wish.x + away, wish.x - away - wish.width}) {
                const Stretch label{from, from + wish.width};
                if (label.first >= left && label.second <= right && fits(label, wish.x, row)) {
                    words[static_cast<std::size_t>(row)].push_back(label);
                    for (int below = 0; below <= row; ++below) {
                        stems[static_cast<std::size_t>(below)].emplace_back(wish.x, wish.x);
                    }
                    placed.push_back({i, from, row});
                    return;
                }
            }
        }
    };
    for (const std::size_t i : order) {
        if (wishes[i].width > 0) {
            place(i);
        }
    }
    std::ranges::sort(placed, {}, &LabelPlace::wish);
    return placed;
}

} // namespace sluice::panels
