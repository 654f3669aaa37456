#include "plan/formula.h"

#include "series/promql.h"
#include "series/promql/expression.h"
#include "series/promql/operators.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace sluice::plan {
namespace {

namespace promql = series::promql;
using Part = Formula::Part;

/// Why an expression is no formula; thrown by the walk below, becomes an Error at `read`.
struct Refusal {
    std::string what;
    std::string remedy;
};

constexpr const char* what_can_be = "numbers, + - * / % ^, parentheses and abs() over metrics of the plan";

Part part_of(const promql::Selector& selector) {
    Part part;
    if (selector.range != Nanos{} || selector.offset != Nanos{}) {
        throw Refusal{fmt::format("'{}' asks for other times than now", selector.text()),
                      "ask for them in the query of the metric that it is derived from"};
    }
    for (const auto& matcher : selector.matchers) {
        const bool names = matcher.kind() == series::Matcher::Kind::equal;
        if (names && matcher.label() == series::metric_name) {
            part.metric = matcher.value();
        } else if (names && matcher.label() == "arm" && !matcher.value().empty()) {
            part.arm = matcher.value();
        } else {
            throw Refusal{fmt::format("'{}' chooses by '{}'", selector.text(), matcher.label()),
                          "a metric is chosen by its name, and by one arm: name{arm=\"green\"}"};
        }
    }
    return part;
}

/// Looks at every node once: with `of` it reckons, without it only says what the formula names.
struct Walk {
    std::vector<Part>* named = nullptr;
    const std::function<double(const Part&)>* of = nullptr;

    double at(const promql::Expression& expression) const { return std::visit(*this, expression.node); }

    double operator()(const promql::Literal& literal) const { return literal.value; }
    double operator()(const promql::Selector& selector) const {
        const Part part = part_of(selector);
        if (named != nullptr && std::ranges::find(*named, part) == named->end()) {
            named->push_back(part);
        }
        return of != nullptr ? (*of)(part) : std::numeric_limits<double>::quiet_NaN();
    }
    double operator()(const promql::Call& call) const {
        if (call.function != promql::Function::abs) {
            throw Refusal{"of the functions a formula can have abs() alone", what_can_be};
        }
        return std::abs(at(*call.arguments.front()));
    }
    double operator()(const promql::Aggregate&) const {
        throw Refusal{"a formula has one value of each metric, so there is nothing to aggregate", what_can_be};
    }
    double operator()(const promql::Binary& binary) const {
        if (promql::is_comparison(binary.op) || promql::is_set(binary.op)) {
            throw Refusal{"a formula answers with a number and compares nothing",
                          "the limit is the gate's or the trigger's: must"};
        }
        if (binary.on || !binary.labels.empty()) {
            throw Refusal{"a formula has one value of each metric, so there is nothing to match", what_can_be};
        }
        const double left = at(*binary.left);
        return promql::arithmetic(binary.op, left, at(*binary.right));
    }
    double operator()(const promql::Negation& negation) const { return -at(*negation.of); }
};

} // namespace

Result<Formula> Formula::read(std::string_view text) {
    auto parsed = promql::parse(text);
    if (!parsed) {
        return failed(parsed);
    }
    Formula formula;
    try {
        Walk{&formula.parts_}.at(parsed->root());
    } catch (const Refusal& refusal) {
        return fail(ErrorCode::bad_input, refusal.what, {}, refusal.remedy);
    }
    if (formula.parts_.empty()) {
        return fail(ErrorCode::bad_input, "it names no metric", {}, "a formula is over metrics of the plan");
    }
    formula.query_ = std::make_shared<const promql::Query>(*std::move(parsed));
    return formula;
}

double Formula::value(const std::function<double(const Part&)>& of) const {
    return Walk{nullptr, &of}.at(query_->root());
}

} // namespace sluice::plan
