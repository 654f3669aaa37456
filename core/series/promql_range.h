#pragma once
#include "series/promql.h"

/// Range queries: what an instant query would have answered at each of many instants (Prometheus' /api/v1/query_range).
namespace sluice::series::promql {

/// `from`, `from + step`, … up to and with `to`. `step` is more than 0.
struct Instants {
    Nanos from, to, step;

    /// How many there are; 0 when `to` is before `from`.
    std::int64_t count() const {
        // Whoever asks may name any two times: unsigned, their distance does not overflow.
        const auto length = static_cast<std::uint64_t>(to.count) - static_cast<std::uint64_t>(from.count);
        return to < from ? 0 : static_cast<std::int64_t>(length / static_cast<std::uint64_t>(step.count)) + 1;
    }
    friend bool operator==(const Instants&, const Instants&) = default;
};

/// Most instants of one query, as Prometheus has it.
inline constexpr std::int64_t most_instants = 11'000;

/// Each series once, sorted by labels, with the instants at which it answered; a scalar is one series without labels.
/// `bad_input` for a query that answers with ranges itself and for more than `most_instants`; `refused` as of
/// `evaluate`, whichever instant it is.
Result<Matrix> evaluate_range(const Query& query, const SeriesStore& store, const Instants& instants);

} // namespace sluice::series::promql
