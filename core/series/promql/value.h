#pragma once
#include "base/nanos.h"
#include "series/labels.h"
#include "series/series_store.h"

#include <variant>
#include <vector>

namespace sluice::series::promql {

struct Scalar {
    Nanos at;
    double value = 0;
};

/// One series of an instant answer.
struct Element {
    Labels labels;
    Nanos at;
    double value = 0;
};
using Vector = std::vector<Element>;

/// One series of an answer to a range selector.
struct Stretch {
    Labels labels;
    std::vector<Point> points; ///< no stale markers among them
};
using Matrix = std::vector<Stretch>;

using Value = std::variant<Scalar, Vector, Matrix>;

} // namespace sluice::series::promql
