#pragma once
#include "base/nanos.h"
#include "base/result.h"
#include "series/promql/value.h"
#include "series/series_store.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Instant queries in the part of PromQL that release gates use, answering as Prometheus 2.42 does to the last digit.
///
/// Understood: selectors (= != =~ !~, `[5m]`, `offset`), rate, increase, sum/avg/min/max/count with by or without,
/// histogram_quantile, timestamp, time, vector, scalar, abs, absent, the arithmetic and comparison operators (with
/// `bool`), one-to-one matching with `on` and `ignoring`, and/or/unless. Anything else is refused, never guessed.
/// tests/live/prometheus_test.py holds it against that Prometheus, and lists the few differences with their reasons.
namespace sluice::series::promql {

struct Expression;

/// A query that was read and checked. Cheap to copy; immutable, so any thread may use it.
class Query {
public:
    explicit Query(std::shared_ptr<const Expression> root, std::string text);
    const Expression& root() const { return *root_; }
    const std::string& text() const { return text_; }

    struct UsedSelector {
        std::string text; ///< without range and offset: what a freshness question asks for
        /// No result without it; false under `or`, right of `unless` and in absent(), where finding nothing is normal.
        bool essential = true;
    };
    /// Each different series selector of the query, once, for `time() - timestamp(SELECTOR)`.
    std::vector<UsedSelector> selectors() const;

    /// How far before its instant it looks: the longest range (`look_back` of a selector without one) with its offset.
    /// Zero when it looks at no series.
    Nanos reach() const;
    /// The shortest range of all its range selectors; nothing when it has none.
    std::optional<Nanos> shortest_range() const;

private:
    std::shared_ptr<const Expression> root_;
    std::string text_;
};

/// Reads and checks types. `bad_input` (Prometheus: 400 bad_data) with where = "LINE:COLUMN" for syntax, wrong types,
/// what is not supported, and budgets: 16,384 bytes, depth 64.
Result<Query> parse(std::string_view text);

/// Answers as of `at` (cut to milliseconds), looking back 5 minutes for instant selectors. `refused` (Prometheus: 422
/// execution) when the data don't fit the query: a match that is not one-to-one, or two results with the same labels.
Result<Value> evaluate(const Query& query, const SeriesStore& store, Nanos at);

/// Prometheus' look-back for instant selectors.
inline constexpr Nanos look_back = minutes(5);

} // namespace sluice::series::promql
