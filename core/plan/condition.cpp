#include "plan/condition.h"

#include "base/pattern.h"
#include "plan/fill.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

Truth truth(bool value) {
    return value ? Truth::yes : Truth::no;
}

Evaluation evaluate_is(const Condition& condition, const Scope& scope) {
    const auto filled = fill(condition.text, scope);
    if (!filled) {
        return {Truth::unknown, filled.error().what};
    }
    if (*filled != "true" && *filled != "false") {
        return {Truth::unknown, fmt::format("'{}' is '{}', neither true nor false", condition.text, *filled)};
    }
    return {truth(*filled == "true"), fmt::format("{} is {}", condition.text, *filled)};
}

Evaluation evaluate_variable(const Condition& condition, const Scope& scope) {
    const auto found = scope.find(condition.name);
    if (found == scope.end()) {
        return {Truth::unknown, fmt::format("{} has no value", condition.name)};
    }
    const std::string& value = found->second;
    if (condition.test == Condition::Test::matches) {
        const auto pattern = Pattern::compile(condition.values.empty() ? "" : condition.values.front());
        if (!pattern) {
            return {Truth::unknown, pattern.error().what};
        }
        const bool matches = pattern->found_in(value);
        return {truth(matches), fmt::format("{} is '{}', which {} '{}'", condition.name, value,
                                            matches ? "matches" : "does not match", condition.values.front())};
    }
    for (const std::string& candidate : condition.values) {
        const auto filled = fill(candidate, scope);
        if (!filled) {
            return {Truth::unknown, filled.error().what};
        }
        if (*filled == value) {
            return {Truth::yes, fmt::format("{} is '{}'", condition.name, value)};
        }
    }
    return {Truth::no, fmt::format("{} is '{}'", condition.name, value)};
}

Evaluation evaluate_parts(const Condition& condition, const Scope& scope, const MetricLookup& lookup) {
    // `all` is decided by the first no, `any` by the first yes; an unknown counts only if nothing decides.
    const Truth decisive = condition.kind == Condition::Kind::all ? Truth::no : Truth::yes;
    Evaluation result{decisive == Truth::no ? Truth::yes : Truth::no, {}};
    for (const Condition& part : condition.parts) {
        Evaluation one = evaluate(part, scope, lookup);
        if (one.truth == decisive) {
            return one;
        }
        if (one.truth == Truth::unknown && result.truth != Truth::unknown) {
            result = std::move(one);
        } else if (result.truth != Truth::unknown) {
            result.why += (result.why.empty() ? "" : " and ") + one.why;
        }
    }
    return result;
}

} // namespace

Evaluation evaluate(const Condition& condition, const Scope& scope, const MetricLookup& lookup) {
    switch (condition.kind) {
    case Condition::Kind::is:
        return evaluate_is(condition, scope);
    case Condition::Kind::variable:
        return evaluate_variable(condition, scope);
    case Condition::Kind::metric: {
        const Truth answer = lookup ? lookup(condition) : Truth::unknown;
        if (!condition.must.states.empty()) {
            const char* so = answer == Truth::yes ? "so" : answer == Truth::no ? "not so" : "not known";
            return {answer, fmt::format("that {}{} {} is {}", condition.name,
                                        condition.arm.empty() ? "" : " of " + condition.arm, condition.must.text, so)};
        }
        const char* word = answer == Truth::yes ? "is" : answer == Truth::no ? "is not" : "can't be told to be";
        return {answer, fmt::format("{}{} {} {}", condition.name, condition.arm.empty() ? "" : " of " + condition.arm,
                                    word, condition.must.text)};
    }
    case Condition::Kind::all:
    case Condition::Kind::any:
        return evaluate_parts(condition, scope, lookup);
    case Condition::Kind::negation: {
        if (condition.parts.empty()) {
            return {};
        }
        Evaluation part = evaluate(condition.parts.front(), scope, lookup);
        if (part.truth != Truth::unknown) {
            part.truth = truth(part.truth == Truth::no);
        }
        return part;
    }
    }
    return {};
}

bool looks_at(const Condition& condition, const std::function<bool(const std::string& metric)>& is_meant) {
    return (condition.kind == Condition::Kind::metric && is_meant(condition.name)) ||
           std::any_of(condition.parts.begin(), condition.parts.end(),
                       [&](const Condition& part) { return looks_at(part, is_meant); });
}

} // namespace sluice::plan
