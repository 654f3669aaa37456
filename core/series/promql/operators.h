#pragma once
#include "series/promql/expression.h"
#include "series/promql/value.h"

namespace sluice::series::promql {

/// Aggregates by labels; groups come in the order in which they first appear (Prometheus 2.42, engine.go aggregation).
Vector aggregate(const Aggregate& how, const Vector& over, Nanos at);

double arithmetic(Operator op, double left, double right);
bool compares(Operator op, double left, double right);

/// Takes the metric's name away. Throws `ExecutionFault` where two elements differ by nothing else (Prometheus' engine
/// refuses a vector with the same labels twice; all else that makes one can't have them).
Vector without_names(Vector vector);

/// Throws `ExecutionFault` where two elements have the same labels.
void refuse_same_labels(const Vector& vector);

/// One operator between vectors, a vector and a scalar, or scalars. Throws `ExecutionFault` when a match is not
/// one-to-one.
Value combine(const Binary& how, const Value& left, const Value& right, Nanos at);

} // namespace sluice::series::promql
