#pragma once
#include "base/json.h"
#include "base/result.h"
#include "series/promql/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::series {

/// `{"resultType":…,"result":…}` as Prometheus' API writes it: values as strings, times in seconds with up to three
/// decimals. Text, not Json: a time such as 1767225600.5 must keep its spelling.
std::string prometheus_data(const promql::Value& value);

/// The whole body of a good answer: `{"status":"success","data":…}`.
std::string prometheus_success(const promql::Value& value);

/// The whole body of a refusal. `bad_input` is "bad_data", `refused` is "execution", `timed_out` is "timeout", all else
/// "internal".
std::string prometheus_failure(const Error& error);
/// The HTTP status that goes with it: 400, 422, 503, 500.
int prometheus_status(const Error& error);

/// What came back for an instant query.
struct PrometheusAnswer {
    promql::Value value;
    std::vector<std::string> warnings; ///< the answer may be partial (a store that was not reachable, say)
};

/// Reads an answer of `/api/v1/query`. Errors: "status":"error" (`bad_input` for bad_data, `timed_out` for timeout or
/// canceled, else `refused`; an answer with status error is an error even if data came along), anything that is not
/// such an answer (`corrupt`). `where` goes into errors.
Result<PrometheusAnswer> parse_prometheus_answer(std::string_view body, std::string_view where);

} // namespace sluice::series
