#pragma once
#include <optional>
#include <span>
#include <vector>

namespace sluice::panels {

/// A mark on a line, and how wide its words are; pixels.
struct LabelWish {
    double x = 0;
    double width = 0;
    double reach = 0; ///< of the mark's shape to each side
    int weight = 0;   ///< who keeps his words where two would overlap: the heavier, then the earlier
};

/// Where the words of a mark stand.
struct LabelPlace {
    std::size_t wish = 0; ///< which of the wishes
    double left = 0;
    int row = 0; ///< 0 = next to the line

    friend bool operator==(const LabelPlace&, const LabelPlace&) = default;
};

/// Words beside their marks, right of them if there is room, else left; in `rows` rows above a line from `left` to
/// `right`. No two overlap, and none is crossed by the stem that leads from its mark to words in a row above. Who finds
/// no room has none: all are marked all the same. In the order of the wishes.
std::vector<LabelPlace> place_labels(std::span<const LabelWish> wishes, double left, double right, int rows);

} // namespace sluice::panels
