#include "sources/http_health_source.h"

#include "base/json.h"
#include "sources/reduce.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

/// Of an answer that is not wanted: what it tells of who asks, and not of the health; else nothing.
std::string about_us(const HealthMetric& metric, const net::HttpResponse& response) {
    if (response.status == 429) {
        return "HTTP status 429"; // of a limiter in front: we ask too often
    }
    const bool kept_out = response.status == 401 || response.status == 403;
    return metric.through_proxy && kept_out && is_of_api_server(response)
               ? fmt::format("the cluster does not let us ask ({})", response.status)
               : "";
}

series::SampleBatch judged(const HealthMetric& metric, const Result<net::HttpResponse>& response, Nanos now) {
    series::SampleBatch batch;
    batch.metric = metric.name;
    batch.unit = metric.unit;
    batch.received_at = now;
    series::Reading reading;
    reading.arm = metric.arm;
    reading.received_at = now;
    reading.measured_at = now;
    if (response) {
        Health health = metric.rule(*response);
        const std::string other = health.healthy ? "" : about_us(metric, *response);
        reading.status = other.empty() ? series::Status::ok : series::Status::source_error;
        reading.value = health.healthy ? 1 : 0;
        reading.detail = other.empty() ? std::move(health.why) : other;
    } else {
        reading.status = series::Status::source_error;
        reading.detail = reason(response.error());
    }
    batch.readings.push_back(std::move(reading));
    conclude(batch);
    return batch;
}

} // namespace

HealthRule status_and_json(std::vector<int> statuses, std::string pointer, std::string expected) {
    return [statuses = std::move(statuses), pointer = std::move(pointer),
            expected = std::move(expected)](const net::HttpResponse& response) -> Health {
        const bool wanted = statuses.empty() ? response.status >= 200 && response.status < 300
                                             : std::ranges::find(statuses, response.status) != statuses.end();
        if (!wanted) {
            return {false, fmt::format("HTTP status {}", response.status)};
        }
        if (pointer.empty()) {
            return {true, ""};
        }
        const auto body = parse_json(response.body, "");
        if (!body) {
            return {false, "the answer is not JSON"};
        }
        try {
            const Json::json_pointer where(pointer);
            if (!body->contains(where)) {
                return {false, fmt::format("nothing stands at {}", pointer)};
            }
            const Json& value = body->at(where);
            const std::string text = value.is_string() ? value.get<std::string>()
                                                       : value.dump(-1, ' ', false, Json::error_handler_t::replace);
            return {text == expected,
                    text == expected ? "" : fmt::format("{} is '{}', not '{}'", pointer, text, expected)};
        } catch (const Json::exception&) {
            return {false, fmt::format("'{}' is not a JSON pointer into the answer", pointer)};
        }
    };
}

HttpHealthSource::HttpHealthSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint,
                                   HealthMetric metric)
    : OneGetSource(http, scheduler, std::move(endpoint), metric.path,
                   [metric](const Result<net::HttpResponse>& response, Nanos, Nanos now) {
                       return judged(metric, response, now);
                   }) {}

} // namespace sluice::sources
