#pragma once
#include <vector>

namespace sluice::panels {

/// What a column of a table would like, in pixels.
struct ColumnWish {
    int wanted = 0; ///< all that stands in it is readable
    int least = 0;  ///< it may be cut down to this; no more than `wanted`
    int share = 1;  ///< of what is left over, against the other columns
    int yields = 0; ///< 0 = it stays; else the column with the highest number goes first when there is no room
};

/// The columns' widths in `room`; 0 = not shown. Columns that yield go before any is cut; then those that can be cut
/// are, in proportion to what they can give. What is left over goes to all by share, but no further than `most`
/// altogether: figures that stand far apart are not read together. The last shown column takes the rest of the room.
std::vector<int> fit_columns(std::vector<ColumnWish> wishes, int room, int most);

} // namespace sluice::panels
