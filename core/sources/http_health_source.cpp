#include "sources/http_health_source.h"

#include "base/json.h"
#include "sources/reduce.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

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
        // A limiter in front answers 429: that tells of how often is asked, not of the health.
        const bool limited = !health.healthy && response->status == 429;
        reading.status = limited ? series::Status::source_error : series::Status::ok;
        reading.value = health.healthy ? 1 : 0;
        reading.detail = limited ? "HTTP status 429" : std::move(health.why);
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
