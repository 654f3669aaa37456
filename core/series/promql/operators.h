#pragma once
#include "series/promql/expression.h"
#include "series/promql/value.h"

namespace sluice::series::promql {

/// Aggregates by labels; groups come in the order in which they first appear (Prometheus 2.42, engine.go aggregation).
Vector aggregate(const Aggregate& how, const Vector& over, Nanos at);

double arithmetic(Operator op, double left, double right);
bool compares(Operator op, double left, double right);

/// One operator between vectors, a vector and a scalar, or scalars. Throws `ExecutionFault` when a match is not
/// one-to-one.
Value combine(const Binary& how, const Value& left, const Value& right, Nanos at);

} // namespace sluice::series::promql
