#include "series/promql/signatures.h"

#include <utility>

namespace sluice::series::promql {

const Signature* function_named(std::string_view name) {
    using enum ValueKind;
    static const std::vector<Signature> all{
        {"rate", Function::rate, {matrix}, vector},
        {"increase", Function::increase, {matrix}, vector},
        {"histogram_quantile", Function::histogram_quantile, {scalar, vector}, vector},
        {"timestamp", Function::timestamp, {vector}, vector},
        {"time", Function::time, {}, scalar},
        {"vector", Function::vector, {scalar}, vector},
        {"scalar", Function::scalar, {vector}, scalar},
        {"abs", Function::abs, {vector}, vector},
        {"absent", Function::absent, {vector}, vector},
    };
    for (const auto& signature : all) {
        if (signature.name == name) {
            return &signature;
        }
    }
    return nullptr;
}

std::optional<Aggregation> aggregation_named(std::string_view name) {
    using enum Aggregation;
    for (const auto& [text, kind] : {std::pair<std::string_view, Aggregation>{"sum", sum},
                                     {"avg", avg},
                                     {"min", min},
                                     {"max", max},
                                     {"count", count}}) {
        if (text == name) {
            return kind;
        }
    }
    return std::nullopt;
}

std::optional<Operator> operator_named(std::string_view text) {
    using enum Operator;
    for (const auto& [sign, op] : {std::pair<std::string_view, Operator>{"+", add},
                                   {"-", subtract},
                                   {"*", multiply},
                                   {"/", divide},
                                   {"%", modulo},
                                   {"^", power},
                                   {"==", equal},
                                   {"!=", not_equal},
                                   {"<", less},
                                   {"<=", less_equal},
                                   {">", greater},
                                   {">=", greater_equal},
                                   {"and", both},
                                   {"or", either},
                                   {"unless", unless}}) {
        if (sign == text) {
            return op;
        }
    }
    return std::nullopt;
}

int strength(Operator op) {
    switch (op) {
    case Operator::either:
        return 1;
    case Operator::both:
    case Operator::unless:
        return 2;
    case Operator::add:
    case Operator::subtract:
        return 4;
    case Operator::multiply:
    case Operator::divide:
    case Operator::modulo:
        return 5;
    case Operator::power:
        return 6;
    default:
        return 3;
    }
}

} // namespace sluice::series::promql
