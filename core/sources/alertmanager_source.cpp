#include "sources/alertmanager_source.h"

#include "base/json.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

using series::Reading;
using series::Status;

Result<std::vector<series::Labels>> firing(const Result<net::HttpResponse>& response) {
    if (!response) {
        return failed(response);
    }
    if (response->status != 200) {
        return fail(ErrorCode::refused, fmt::format("HTTP status {}", response->status));
    }
    const auto json = parse_json(response->body, "");
    if (!json || !json->is_array()) {
        return fail(ErrorCode::corrupt, "the answer is no list of alerts");
    }
    std::vector<series::Labels> all;
    for (const Json& alert : *json) {
        const auto labels = alert.is_object() ? alert.find("labels") : alert.end();
        if (!alert.is_object() || labels == alert.end() || !labels->is_object()) {
            return fail(ErrorCode::corrupt, "an alert without labels");
        }
        series::Labels own;
        for (const auto& [name, value] : labels->items()) {
            if (!value.is_string()) {
                return fail(ErrorCode::corrupt, "an alert whose labels are no text");
            }
            own[name] = value.get<std::string>();
        }
        all.push_back(std::move(own));
    }
    return all;
}

Reading reading_of(const std::string& arm, double value, Nanos now) {
    Reading reading;
    reading.arm = arm;
    reading.value = value;
    reading.measured_at = now;
    reading.received_at = now;
    return reading;
}

/// The alerts of one arm, or of the whole, as the metric wants them.
std::vector<Reading> readings_of(const AlertMetric& metric, const std::string& match, const std::string& arm,
                                 const std::vector<series::Labels>& alerts, Nanos now) {
    std::vector<Reading> each;
    for (const auto& labels : alerts) {
        if (metric.by_arm.empty() || series::label(labels, metric.by_arm) == match) {
            each.push_back(reading_of(arm, 1, now));
            each.back().labels = labels;
            each.back().labels.erase(metric.by_arm);
        }
    }
    const bool keeps = plan::keeps_series(metric.reduce);
    if (keeps && !each.empty()) {
        return each;
    }
    return {reading_of(arm, static_cast<double>(each.size()), now)};
}

std::string path_of(const AlertMetric& metric) {
    std::string path = "/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false";
    for (const auto& matcher : metric.matchers) {
        path += "&filter=" + percent_encoded(matcher);
    }
    return path;
}

} // namespace

series::SampleBatch judge_alerts(const AlertMetric& metric, const Result<net::HttpResponse>& response, Nanos now) {
    const auto alerts = firing(response);
    if (!alerts) {
        auto batch = series::without_value(metric.name, Status::source_error, now, reason(alerts.error()));
        batch.unit = metric.unit;
        return batch;
    }
    series::SampleBatch batch;
    batch.metric = metric.name;
    batch.unit = metric.unit;
    batch.received_at = now;
    if (metric.by_arm.empty()) {
        batch.readings = readings_of(metric, "", "", *alerts, now);
    }
    for (const auto& [match, arm] : metric.arms) {
        std::ranges::move(readings_of(metric, match, arm, *alerts, now), std::back_inserter(batch.readings));
    }
    conclude(batch);
    return batch;
}

AlertmanagerSource::AlertmanagerSource(net::HttpClient& http, Scheduler& scheduler, HttpEndpoint endpoint,
                                       AlertMetric metric)
    : OneGetSource(http, scheduler, std::move(endpoint), path_of(metric),
                   [metric](const Result<net::HttpResponse>& response, Nanos, Nanos now) {
                       return judge_alerts(metric, response, now);
                   }) {}

} // namespace sluice::sources
