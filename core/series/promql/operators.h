#pragma once
#include "series/promql/expression.h"
#include "series/promql/value.h"

#include <optional>
#include <string>

namespace sluice::series::promql {

/// Aggregates by labels; groups come in the order in which they first appear (Prometheus 2.42, engine.go aggregation).
Vector aggregate(const Aggregate& how, const Vector& over, Nanos at);

double arithmetic(Operator op, double left, double right);
bool compares(Operator op, double left, double right);

/// Throws `ExecutionFault` where two elements have the same labels (Prometheus' engine refuses such a vector).
void refuse_same_labels(const Vector& vector);

/// Series whose metric's name is taken away: what had one name has different labels without it too, so that they need a
/// look only where there were several.
class NamesTaken {
public:
    void note(const Labels& before);
    /// `without`: those that were noted, as they are now.
    void refuse_same(const Vector& without) const;

private:
    std::optional<std::string> name_;
    bool several_ = false;
};

/// Takes the metric's name away. Throws `ExecutionFault` where two elements differ by nothing else.
Vector without_names(Vector vector);

/// One operator between vectors, a vector and a scalar, or scalars. Throws `ExecutionFault` when a match is not
/// one-to-one.
Value combine(const Binary& how, const Value& left, const Value& right, Nanos at);

} // namespace sluice::series::promql
