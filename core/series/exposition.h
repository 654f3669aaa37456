#pragma once
#include "base/nanos.h"
#include "base/result.h"
#include "series/labels.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::series {

enum class MetricType { untyped, counter, gauge, histogram, summary };

/// "untyped", "counter", …
const char* name(MetricType type);

/// What the `# HELP` and `# TYPE` lines say about a metric name.
struct MetricFamily {
    MetricType type = MetricType::untyped;
    std::string help;
};

struct ExposedSample {
    Labels labels; ///< `__name__` among them
    double value = 0;
    std::optional<Nanos> at; ///< the line's own timestamp, seldom there
};

/// One answer of a `/metrics` endpoint.
struct Exposition {
    std::map<std::string, MetricFamily, std::less<>> families;
    std::vector<ExposedSample> samples; ///< in the order of the lines
};

struct ExpositionBudget {
    std::size_t bytes = 64u << 20;
    std::size_t samples = 1'000'000;
    std::size_t labels_each = 64;
};

/// How an answer is written.
enum class ExpositionFormat {
    text,         ///< Prometheus' own, 0.0.4
    open_metrics, ///< OpenMetrics 1.0
};

/// By the answer's Content-Type, parameters and case apart. None at all means the text format, as exporters written by
/// hand have it; anything else (a login page, protobuf) is `bad_input`, naming it.
Result<ExpositionFormat> exposition_format(std::string_view content_type);

/// Reads the Prometheus text format 0.0.4 as Go's expfmt does, with quoted UTF-8 names (`{"my.metric", l="x"} 1`).
///
/// `bad_input` with where = "SOURCE:LINE:COLUMN" (column in characters, from 1) for: a label that stands twice, a
/// second HELP or TYPE, a TYPE after samples of that name, an unknown type or escape, a float in Go's `p` or `_`
/// spelling, a last line without its end (the answer was cut off), and budgets. Timestamps are milliseconds and may
/// have a sign.
///
/// OpenMetrics differs: timestamps are seconds with decimals, `# EOF` must be the last line, exemplars are read and
/// dropped, an empty line or another comment is refused. Names stay as they are written (`x_total`, `x_created`); of
/// types that the text format does not have, unknown becomes untyped, gaugehistogram histogram, info and stateset
/// gauge.
Result<Exposition> parse_exposition(std::string_view text, std::string_view source, const ExpositionBudget& budget = {},
                                    ExpositionFormat format = ExpositionFormat::text);

} // namespace sluice::series
