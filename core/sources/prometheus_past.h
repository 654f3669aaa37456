#pragma once
#include "series/promql_range.h"
#include "sources/prometheus_questions.h"

/// What a metric was before it was polled, by Prometheus' range queries (/api/v1/query_range).
namespace sluice::sources {

/// The instants of a span of time at which it is asked, `step` apart.
using series::promql::Instants;

/// Divides a span so that no part has more than `most` instants (at least 1), the newest part first: what was just
/// before now is what a gate needs and a person looks at.
std::vector<Instants> parts(const Instants& span, std::int64_t most);

/// "/api/v1/query_range?query=…&start=…&end=…&step=…"; times to the millisecond.
std::string range_path(const std::string& query, const Instants& instants);

/// Judges the answers as polls at these instants would have been judged, oldest first: each batch counts as received
/// at its instant. `replies`: one a question, each a matrix. The first error among them is the answer, since half an
/// answer (a value without its age) can't be judged.
Result<std::vector<series::SampleBatch>>
judge_past(const PrometheusQuestions& questions, const PrometheusQuestions::Replies& replies, const Instants& instants);

} // namespace sluice::sources
