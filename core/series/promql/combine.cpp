#include "series/promql/fault.h"
#include "series/promql/operators.h"
#include "series/promql/power.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace sluice::series::promql {
namespace {

bool drops_name(const Binary& how) {
    return how.yields_bool || !is_comparison(how.op);
}

/// The labels by which elements of both sides find each other.
Labels signature(const Binary& how, const Labels& labels) {
    Labels kept;
    for (const auto& [name, value] : labels) {
        const bool listed = std::ranges::find(how.labels, name) != how.labels.end();
        if (how.on ? listed : !listed && name != metric_name) {
            kept.emplace(name, value);
        }
    }
    return kept;
}

Labels result_labels(const Binary& how, Labels labels) {
    if (drops_name(how)) {
        labels.erase(metric_name);
    }
    erase_if(labels, [&](const auto& entry) {
        const bool listed = std::ranges::find(how.labels, entry.first) != how.labels.end();
        return how.on ? !listed : listed;
    });
    return labels;
}

/// Value and whether the element stays.
std::pair<double, bool> apply(const Binary& how, double left, double right) {
    if (!is_comparison(how.op)) {
        return {arithmetic(how.op, left, right), true};
    }
    const bool holds = compares(how.op, left, right);
    return how.yields_bool ? std::pair{holds ? 1.0 : 0.0, true} : std::pair{left, holds};
}

Vector set_operation(const Binary& how, const Vector& left, const Vector& right) {
    std::set<Labels> there;
    const Vector& sought = how.op == Operator::either ? left : right;
    for (const auto& element : sought) {
        there.insert(signature(how, element.labels));
    }
    Vector result;
    if (how.op == Operator::either) {
        result = left;
        std::ranges::copy_if(right, std::back_inserter(result),
                             [&](const Element& element) { return !there.contains(signature(how, element.labels)); });
        return result;
    }
    std::ranges::copy_if(left, std::back_inserter(result), [&](const Element& element) {
        return there.contains(signature(how, element.labels)) == (how.op == Operator::both);
    });
    return result;
}

Vector one_to_one(const Binary& how, const Vector& left, const Vector& right, Nanos at) {
    if (left.empty() || right.empty()) {
        return {};
    }
    std::map<Labels, const Element*> partners;
    for (const auto& element : right) {
        const auto [found, added] = partners.emplace(signature(how, element.labels), &element);
        if (!added) {
            throw ExecutionFault{"found duplicate series for the match group " + to_text(found->first) +
                                 " on the right hand-side of the operation: [" + to_text(element.labels) + ", " +
                                 to_text(found->second->labels) +
                                 "];many-to-many matching not allowed: matching labels must be unique on one side"};
        }
    }
    Vector result;
    std::set<Labels> matched;
    for (const auto& element : left) {
        const auto sought = signature(how, element.labels);
        const auto partner = partners.find(sought);
        if (partner == partners.end()) {
            continue;
        }
        const auto [value, stays] = apply(how, element.value, partner->second->value);
        if (!stays) {
            continue;
        }
        if (!matched.insert(sought).second) {
            throw ExecutionFault{
                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"};
        }
        result.push_back({result_labels(how, element.labels), at, value});
    }
    refuse_same_labels(result);
    return result;
}

Vector with_scalar(const Binary& how, const Vector& vector, double scalar, bool scalar_left, Nanos at) {
    Vector result;
    for (const auto& element : vector) {
        auto [value, stays] = scalar_left ? apply(how, scalar, element.value) : apply(how, element.value, scalar);
        if (!stays) {
            continue;
        }
        if (scalar_left && is_comparison(how.op) && !how.yields_bool) {
            value = element.value; // a filter keeps the vector's value, on whichever side it stands
        }
        result.push_back({element.labels, at, value});
    }
    return drops_name(how) ? without_names(std::move(result)) : result;
}

} // namespace

void refuse_same_labels(const Vector& vector) {
    std::set<Labels> seen;
    for (const auto& element : vector) {
        if (!seen.insert(element.labels).second) {
            throw ExecutionFault{"vector cannot contain metrics with the same labelset"};
        }
    }
}

void NamesTaken::note(const Labels& before) {
    const auto name = label(before, metric_name);
    several_ = several_ || (name_ && *name_ != name);
    if (!name_) {
        name_ = name;
    }
}

void NamesTaken::refuse_same(const Vector& without) const {
    if (several_) {
        refuse_same_labels(without);
    }
}

Vector without_names(Vector vector) {
    NamesTaken names;
    for (auto& element : vector) {
        names.note(element.labels);
        element.labels.erase(metric_name);
    }
    names.refuse_same(vector);
    return vector;
}

double arithmetic(Operator op, double left, double right) {
    switch (op) {
    case Operator::add:
        return left + right;
    case Operator::subtract:
        return left - right;
    case Operator::multiply:
        return left * right;
    case Operator::divide:
        return left / right;
    case Operator::modulo:
        return std::fmod(left, right);
    case Operator::power:
        return power(left, right);
    default:
        return std::nan("");
    }
}

bool compares(Operator op, double left, double right) {
    switch (op) {
    case Operator::equal:
        return left == right;
    case Operator::not_equal:
        return left != right;
    case Operator::less:
        return left < right;
    case Operator::less_equal:
        return left <= right;
    case Operator::greater:
        return left > right;
    case Operator::greater_equal:
        return left >= right;
    default:
        return false;
    }
}

Value combine(const Binary& how, const Value& left, const Value& right, Nanos at) {
    const auto* left_scalar = std::get_if<Scalar>(&left);
    const auto* right_scalar = std::get_if<Scalar>(&right);
    if (left_scalar != nullptr && right_scalar != nullptr) {
        return Scalar{at, apply(how, left_scalar->value, right_scalar->value).first};
    }
    if (left_scalar != nullptr) {
        return with_scalar(how, std::get<Vector>(right), left_scalar->value, true, at);
    }
    if (right_scalar != nullptr) {
        return with_scalar(how, std::get<Vector>(left), right_scalar->value, false, at);
    }
    const auto& left_vector = std::get<Vector>(left);
    const auto& right_vector = std::get<Vector>(right);
    return is_set(how.op) ? set_operation(how, left_vector, right_vector)
                          : one_to_one(how, left_vector, right_vector, at);
}

} // namespace sluice::series::promql
