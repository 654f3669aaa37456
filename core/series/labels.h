#pragma once
#include <map>
#include <string>
#include <string_view>

namespace sluice::series {

/// What tells one series from another. Sorted by name; the metric's own name stands under `metric_name`.
/// A label that is missing and one that is empty mean the same (Prometheus), so no empty values are kept.
using Labels = std::map<std::string, std::string, std::less<>>;

inline constexpr std::string_view metric_name = "__name__";

/// Value of a label, or "" when it is missing.
std::string_view label(const Labels& labels, std::string_view name);

/// As Prometheus prints a series: `nova_http_requests_total{code="500", version="v1.2.3"}`; `{}` when there are none.
std::string to_text(const Labels& labels);

/// A string in double quotes with Go's escapes, as PromQL and the text format read it.
std::string in_quotes(std::string_view text);

} // namespace sluice::series
