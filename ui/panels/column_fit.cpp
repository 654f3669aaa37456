#include "panels/column_fit.h"

#include <algorithm>
#include <cstdint>

namespace sluice::panels {

std::vector<int> fit_columns(std::vector<ColumnWish> wishes, int room, int most) {
    std::vector<int> widths(wishes.size(), 0);
    if (wishes.empty()) {
        return widths;
    }
    const auto sum = [&](int ColumnWish::*part) {
        int all = 0;
        for (const auto& wish : wishes) {
            all += wish.*part;
        }
        return all;
    };
    while (sum(&ColumnWish::least) > room) {
        const auto first = std::max_element(wishes.begin(), wishes.end(),
                                            [](const auto& a, const auto& b) { return a.yields < b.yields; });
        if (first->yields == 0) {
            break;
        }
        *first = {0, 0, 0, 0};
    }
    const int wanted = sum(&ColumnWish::wanted), least = sum(&ColumnWish::least);
    const int spare = std::max(0, std::min(room, std::max(most, wanted)) - wanted);
    const int shares = std::max(1, sum(&ColumnWish::share));
    const int missing = std::max(0, wanted - room), can_give = std::max(1, wanted - least);
    int used = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        const auto& wish = wishes[i];
        const auto gives = std::int64_t{wish.wanted - wish.least} * std::min(missing, can_give);
        widths[i] = wish.wanted - static_cast<int>((gives + can_give - 1) / can_give) + spare * wish.share / shares;
        used += widths[i];
        last = wish.wanted > 0 ? i : last;
    }
    widths[last] = std::max(8, widths[last] + room - used);
    return widths;
}

} // namespace sluice::panels
