#include "charts/span.h"

#include <algorithm>
#include <cmath>

namespace sluice::charts {

Span zoomed(Span span, double factor, Nanos about) {
    const auto away = [&](Nanos t) {
        return Nanos{about.count + std::llround(static_cast<double>((t - about).count) / factor)};
    };
    return {away(span.from), away(span.to)};
}

Span panned(Span span, Nanos by) {
    return {span.from + by, span.to + by};
}

Span kept_within(Span wanted, Span all, Nanos shortest) {
    if (wanted.length() < shortest) {
        const Nanos middle = wanted.from + wanted.length() / 2;
        wanted = {middle - shortest / 2, middle - shortest / 2 + shortest};
    }
    if (wanted.length() >= all.length()) {
        return all;
    }
    if (wanted.from < all.from) {
        return panned(wanted, all.from - wanted.from);
    }
    if (wanted.to > all.to) {
        return panned(wanted, all.to - wanted.to);
    }
    return wanted;
}

Span snapped(Span span, int columns) {
    const std::int64_t column = std::max<std::int64_t>(1, (span.length().count + columns - 1) / columns);
    const std::int64_t remainder = ((span.to.count % column) + column) % column;
    const Nanos to{remainder == 0 ? span.to.count : span.to.count - remainder + column};
    return {to - Nanos{column} * columns, to};
}

double TimeScale::x_of(Nanos t) const {
    return left + width * static_cast<double>((t - span.from).count) / static_cast<double>(span.length().count);
}

Nanos TimeScale::at(double x) const {
    return {span.from.count + std::llround((x - left) / width * static_cast<double>(span.length().count))};
}

} // namespace sluice::charts
