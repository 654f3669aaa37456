#pragma once
#include "base/nanos.h"
#include "series/matcher.h"

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace sluice::series::promql {

enum class ValueKind { scalar, vector, matrix };
/// "scalar", "instant vector", "range vector".
const char* name(ValueKind kind);

enum class Operator {
    add,
    subtract,
    multiply,
    divide,
    modulo,
    power,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    both,
    either,
    unless, ///< and, or, unless
};
constexpr bool is_comparison(Operator op) {
    return op >= Operator::equal && op <= Operator::greater_equal;
}
constexpr bool is_set(Operator op) {
    return op >= Operator::both;
}

enum class Function { rate, increase, histogram_quantile, timestamp, time, vector, scalar, abs, absent };
enum class Aggregation { sum, avg, min, max, count };

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

struct Literal {
    double value = 0;
};

struct Selector {
    std::vector<Matcher> matchers; ///< the metric's name among them
    Nanos range;                   ///< zero = an instant selector
    Nanos offset;                  ///< looks back by so much; negative looks ahead

    /// Without range and offset; reads back as the same selector.
    std::string text() const;
};

struct Call {
    Function function{};
    std::vector<ExpressionPtr> arguments;
};

struct Aggregate {
    Aggregation kind{};
    bool without = false;
    std::vector<std::string> labels;
    ExpressionPtr of;
};

struct Binary {
    Operator op{};
    bool yields_bool = false;
    bool on = false; ///< `on (labels)`; else all labels but those
    std::vector<std::string> labels;
    ExpressionPtr left, right;
};

struct Negation {
    ExpressionPtr of;
};

/// One node of a query's tree, types already checked.
struct Expression {
    ValueKind kind = ValueKind::scalar;
    int depth = 1; ///< nodes down to the deepest leaf
    std::variant<Literal, Selector, Call, Aggregate, Binary, Negation> node;
};

} // namespace sluice::series::promql
