#include "series/go_number.h"
#include "series/promql.h"
#include "series/promql/expression.h"
#include "series/promql/fault.h"
#include "series/promql/functions.h"
#include "series/promql/operators.h"
#include "series/promql/parser.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <set>

namespace sluice::series::promql {
namespace {

constexpr std::size_t max_query = 16'384;

/// As Prometheus writes a time into a value: milliseconds divided by 1000.
double in_seconds(Nanos t) {
    return static_cast<double>(t.count / 1'000'000) / 1000;
}

/// Folds one query over the store at one instant.
class Evaluator {
public:
    Evaluator(const SeriesStore& store, Nanos at) : store_(store), at_(at) {}

    Value evaluate(const Expression& expression) const {
        return std::visit([this](const auto& node) { return of(node); }, expression.node);
    }

private:
    Value of(const Literal& literal) const { return Scalar{at_, literal.value}; }

    Value of(const Selector& selector) const {
        if (selector.range == Nanos{0}) {
            return instant(selector, false);
        }
        const Nanos to = at_ - selector.offset;
        Matrix matrix;
        for (const auto* series : store_.select(selector.matchers)) {
            Stretch stretch{series->labels(), {}};
            take_points(*series, to - selector.range, to, stretch.points);
            if (!stretch.points.empty()) {
                matrix.push_back(std::move(stretch));
            }
        }
        return matrix;
    }

    static void take_points(const Series& series, Nanos from, Nanos to, std::vector<Point>& points) {
        const auto all = series.between(from, to);
        points.clear();
        std::ranges::copy_if(all, std::back_inserter(points), [](const Point& one) { return !is_stale(one.value); });
    }

    /// `own_time` puts each point's own time into the value, for timestamp(), and takes the name away.
    Vector instant(const Selector& selector, bool own_time) const {
        const Nanos reference = at_ - selector.offset;
        Vector vector;
        NamesTaken names;
        for (const auto* series : store_.select(selector.matchers)) {
            const auto point = series->last_at(reference);
            if (point && point->at >= reference - look_back && !is_stale(point->value)) {
                names.note(series->labels());
                vector.push_back({own_time ? series->nameless() : series->labels(), at_,
                                  own_time ? in_seconds(point->at) : point->value});
            }
        }
        if (own_time) {
            names.refuse_same(vector);
        }
        return vector;
    }

    Value of(const Negation& negation) const {
        Value value = evaluate(*negation.of);
        if (auto* scalar = std::get_if<Scalar>(&value)) {
            scalar->value = -scalar->value;
            return value;
        }
        Vector vector = without_names(std::get<Vector>(std::move(value)));
        for (auto& element : vector) {
            element.value = -element.value;
        }
        return vector;
    }

    Value of(const Binary& binary) const {
        return combine(binary, evaluate(*binary.left), evaluate(*binary.right), at_);
    }

    Value of(const Aggregate& how) const { return aggregate(how, std::get<Vector>(evaluate(*how.of)), at_); }

    Value of(const Call& call) const {
        switch (call.function) {
        case Function::rate:
        case Function::increase:
            return over_range(call);
        case Function::histogram_quantile: {
            const double q = std::get<Scalar>(evaluate(*call.arguments[0])).value;
            return histogram_quantile(q, std::get<Vector>(evaluate(*call.arguments[1])), at_);
        }
        case Function::timestamp:
            return timestamp(*call.arguments[0]);
        case Function::time:
            return Scalar{at_, in_seconds(at_)};
        case Function::vector:
            return Vector{{{}, at_, std::get<Scalar>(evaluate(*call.arguments[0])).value}};
        case Function::scalar: {
            const auto vector = std::get<Vector>(evaluate(*call.arguments[0]));
            return Scalar{at_, vector.size() == 1 ? vector.front().value : std::nan("")};
        }
        case Function::abs: {
            Vector vector = without_names(std::get<Vector>(evaluate(*call.arguments[0])));
            for (auto& element : vector) {
                element.value = std::abs(element.value);
            }
            return vector;
        }
        case Function::absent:
            return absent(*call.arguments[0]);
        }
        throw ExecutionFault{"a function without a meaning"};
    }

    Value over_range(const Call& call) const {
        const auto& selector = std::get<Selector>(call.arguments[0]->node);
        const Nanos to = at_ - selector.offset;
        Vector vector;
        NamesTaken names;
        std::vector<Point> points;
        for (const auto* series : store_.select(selector.matchers)) {
            take_points(*series, to - selector.range, to, points);
            const auto value = extrapolated_increase(points, to - selector.range, to, call.function == Function::rate);
            if (value) {
                names.note(series->labels());
                vector.push_back({series->nameless(), at_, *value});
            }
        }
        names.refuse_same(vector);
        return vector;
    }

    /// Of a selector: when each point was scraped. Of anything else: now.
    Value timestamp(const Expression& argument) const {
        if (const auto* selector = std::get_if<Selector>(&argument.node)) {
            return instant(*selector, true);
        }
        Vector vector = without_names(std::get<Vector>(evaluate(argument)));
        for (auto& element : vector) {
            element.value = in_seconds(at_);
        }
        return vector;
    }

    /// 1 with the labels that the selector's `=` matchers fix, when it finds nothing.
    Value absent(const Expression& argument) const {
        if (!std::get<Vector>(evaluate(argument)).empty()) {
            return Vector{};
        }
        Labels labels;
        if (const auto* selector = std::get_if<Selector>(&argument.node)) {
            std::set<std::string> seen;
            for (const auto& matcher : selector->matchers) {
                if (matcher.label() == metric_name) {
                    continue;
                }
                if (matcher.kind() == Matcher::Kind::equal && seen.insert(matcher.label()).second) {
                    labels[matcher.label()] = matcher.value();
                } else {
                    labels.erase(matcher.label());
                }
            }
        }
        erase_if(labels, [](const auto& entry) { return entry.second.empty(); });
        return Vector{{std::move(labels), at_, 1}};
    }

    const SeriesStore& store_;
    Nanos at_;
};

} // namespace

Query::Query(std::shared_ptr<const Expression> root, std::string text)
    : root_(std::move(root)), text_(std::move(text)) {}

Result<Query> parse(std::string_view text) {
    if (text.size() > max_query) {
        return fail(ErrorCode::bad_input, fmt::format("the query is longer than {} bytes", max_query), "1:1");
    }
    try {
        return Query(read_expression(text), std::string(text));
    } catch (const Fault& fault) {
        return fail(ErrorCode::bad_input, fault.what, line_and_column(text, fault.at), fault.remedy);
    }
}

Result<Value> evaluate(const Query& query, const SeriesStore& store, Nanos at) {
    try {
        return Evaluator(store, {at.count - at.count % 1'000'000}).evaluate(query.root());
    } catch (const ExecutionFault& fault) {
        return fail(ErrorCode::refused, fault.what, query.text());
    }
}

} // namespace sluice::series::promql
