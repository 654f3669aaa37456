#include "series/prometheus_json.h"

#include "series/go_number.h"

#include <cmath>
#include <fmt/format.h>

namespace sluice::series {
namespace {

std::string quoted_json(std::string_view text) {
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string labels_json(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        out += (out.empty() ? "" : ",") + quoted_json(name) + ":" + quoted_json(value);
    }
    return "{" + out + "}";
}

/// `prometheus/util/jsonutil`: whole seconds, then three decimals unless they are zero.
std::string time_json(Nanos at) {
    const std::int64_t milliseconds = at.count / 1'000'000;
    const std::int64_t size = std::abs(milliseconds);
    std::string text = fmt::format("{}{}", milliseconds < 0 ? "-" : "", size / 1000);
    if (size % 1000 != 0) {
        text += fmt::format(".{:03}", size % 1000);
    }
    return text;
}

std::string pair_json(Nanos at, double value) {
    return "[" + time_json(at) + ",\"" + go_text(value) + "\"]";
}

struct DataWriter {
    std::string operator()(const promql::Scalar& scalar) const {
        // Prometheus writes scalars by another path than vectors: no exponents, and no zeros at the end of the time.
        std::string time = time_json(scalar.at);
        if (time.find('.') != std::string::npos) {
            time.erase(time.find_last_not_of('0') + 1);
        }
        return R"({"resultType":"scalar","result":[)" + time + ",\"" + go_text_plain(scalar.value) + "\"]}";
    }
    std::string operator()(const promql::Vector& vector) const {
        std::string out;
        for (const auto& element : vector) {
            out += (out.empty() ? "" : ",") + (R"({"metric":)" + labels_json(element.labels)) + R"(,"value":)" +
                   pair_json(element.at, element.value) + "}";
        }
        return R"({"resultType":"vector","result":[)" + out + "]}";
    }
    std::string operator()(const promql::Matrix& matrix) const {
        std::string out;
        for (const auto& stretch : matrix) {
            std::string points;
            for (const auto& point : stretch.points) {
                points += (points.empty() ? "" : ",") + pair_json(point.at, point.value);
            }
            out += (out.empty() ? "" : ",") + (R"({"metric":)" + labels_json(stretch.labels)) + R"(,"values":[)" +
                   points + "]}";
        }
        return R"({"resultType":"matrix","result":[)" + out + "]}";
    }
};

/// Thrown inside this file only.
struct Unfit {
    std::string what;
};

const Json& member(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key)) {
        throw Unfit{fmt::format("'{}' is missing", key)};
    }
    return object[key];
}

std::pair<Nanos, double> pair_of(const Json& pair) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_string()) {
        throw Unfit{"a value is not a pair of time and text"};
    }
    const auto value = go_number(pair[1].get_ref<const std::string&>());
    const double time = pair[0].get<double>();
    if (!value || !(std::abs(time) < 9e9)) {
        throw Unfit{"a value or time is not a number"};
    }
    return {milliseconds(std::llround(time * 1000)), *value};
}

Labels labels_of(const Json& metric) {
    Labels labels;
    if (!metric.is_object()) {
        throw Unfit{"'metric' is not an object"};
    }
    for (const auto& [name, value] : metric.items()) {
        if (!value.is_string()) {
            throw Unfit{"a label's value is not a string"};
        }
        if (!value.get_ref<const std::string&>().empty()) {
            labels.emplace(name, value.get<std::string>());
        }
    }
    return labels;
}

promql::Value value_of(const Json& data) {
    const Json& type = member(data, "resultType");
    const Json& result = member(data, "result");
    if (type == "scalar") {
        const auto [at, value] = pair_of(result);
        return promql::Scalar{at, value};
    }
    if ((type != "vector" && type != "matrix") || !result.is_array()) {
        throw Unfit{"the result is neither a scalar nor a vector nor a matrix"};
    }
    if (type == "vector") {
        promql::Vector vector;
        for (const auto& element : result) {
            const auto [at, value] = pair_of(member(element, "value"));
            vector.push_back({labels_of(member(element, "metric")), at, value});
        }
        return vector;
    }
    promql::Matrix matrix;
    for (const auto& element : result) {
        promql::Stretch stretch{labels_of(member(element, "metric")), {}};
        for (const auto& pair : member(element, "values")) {
            const auto [at, value] = pair_of(pair);
            stretch.points.push_back({at, value});
        }
        matrix.push_back(std::move(stretch));
    }
    return matrix;
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

} // namespace

std::string prometheus_data(const promql::Value& value) {
    return std::visit(DataWriter{}, value);
}

std::string prometheus_success(const promql::Value& value) {
    return R"({"status":"success","data":)" + prometheus_data(value) + "}";
}

int prometheus_status(const Error& error) {
    switch (error.code) {
    case ErrorCode::bad_input:
        return 400;
    case ErrorCode::refused:
        return 422;
    case ErrorCode::timed_out:
        return 503;
    default:
        return 500;
    }
}

std::string prometheus_failure(const Error& error) {
    const int status = prometheus_status(error);
    const char* type = status == 400   ? "bad_data"
                       : status == 422 ? "execution"
                       : status == 503 ? "timeout"
                                       : "internal";
    const std::string text = error.code == ErrorCode::bad_input && !error.where.empty()
                                 ? error.where + ": parse error: " + error.what
                                 : error.what;
    return fmt::format(R"({{"status":"error","errorType":"{}","error":{}}})", type, quoted_json(text));
}

Result<PrometheusAnswer> parse_prometheus_answer(std::string_view body, std::string_view where) {
    const auto parsed = parse_json(body, where);
    if (!parsed) {
        return fail(ErrorCode::corrupt, "the answer is not JSON", std::string(where),
                    "is this the address of a Prometheus?");
    }
    const std::string status = parsed->is_object() ? text_of(*parsed, "status") : "";
    if (status == "error") {
        const std::string type = text_of(*parsed, "errorType");
        const auto code = type == "bad_data"                        ? ErrorCode::bad_input
                          : type == "timeout" || type == "canceled" ? ErrorCode::timed_out
                                                                    : ErrorCode::refused;
        return fail(code, type + ": " + text_of(*parsed, "error"), std::string(where));
    }
    if (status != "success") {
        return fail(ErrorCode::corrupt, "the answer is not one of the Prometheus query API", std::string(where),
                    "is this the address of a Prometheus?");
    }
    try {
        PrometheusAnswer answer{value_of(member(*parsed, "data")), {}};
        if (const auto warnings = parsed->find("warnings"); warnings != parsed->end() && warnings->is_array()) {
            for (const auto& warning : *warnings) {
                answer.warnings.push_back(warning.is_string() ? warning.get<std::string>() : warning.dump());
            }
        }
        return answer;
    } catch (const Unfit& unfit) {
        return fail(ErrorCode::corrupt, unfit.what, std::string(where));
    }
}

} // namespace sluice::series
