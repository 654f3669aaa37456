#include "sources/kafka_lag.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace sluice::sources {
namespace {

using series::Reading;
using series::Status;

std::string place(const PartitionLag& at) {
    return fmt::format("{} {}/{}", at.group, at.topic, at.partition);
}

Reading reading_of(const PartitionLag& at, const LagMetric& metric, Nanos now) {
    Reading reading;
    reading.arm = metric.arm;
    reading.labels = {{"group", at.group}, {"topic", at.topic}, {"partition", std::to_string(at.partition)}};
    reading.measured_at = now;
    reading.received_at = now;
    if (const auto lag = at.lag()) {
        reading.value = static_cast<double>(*lag);
        return reading;
    }
    reading.status = Status::source_error;
    reading.detail = place(at) + ": " + (at.trouble.empty() ? "the commit lies past the end" : at.trouble);
    return reading;
}

} // namespace

series::SampleBatch judge(const LagMetric& metric, const LagAnswer& answer, Nanos now) {
    if (!answer.failure.empty()) {
        auto batch = series::without_value(metric.name, Status::source_error, now, answer.failure);
        batch.unit = metric.unit;
        batch.readings.front().arm = metric.arm;
        return batch;
    }
    series::SampleBatch batch;
    batch.metric = metric.name;
    batch.unit = metric.unit;
    batch.received_at = now;
    for (const auto& topic : answer.missing_topics) {
        batch.degraded.push_back(fmt::format("topic {} is not known to the cluster", topic));
    }

    std::vector<Reading> found;
    std::map<std::string, int> without_commit; // by group and topic
    for (const auto& at : answer.partitions) {
        if (!at.committed && at.trouble.empty()) {
            without_commit[at.group + " " + at.topic] += at.end.value_or(0) > 0 ? 1 : 0;
        } else {
            found.push_back(reading_of(at, metric, now));
        }
    }
    for (const auto& [where, partitions] : without_commit) {
        if (partitions > 0) {
            batch.degraded.push_back(fmt::format("{}: {} partition(s) with messages and no commit", where, partitions));
        }
    }
    std::ranges::copy(answer.failures, std::back_inserter(batch.degraded));

    const auto failing = std::ranges::find(found, Status::source_error, &Reading::status);
    const bool keeps_parts = metric.reduce == Reduce::each || metric.reduce == Reduce::any;
    if (!keeps_parts && (failing != found.end() || !answer.failures.empty())) {
        const std::string why = failing != found.end() ? failing->detail : answer.failures.front();
        batch.readings = series::without_value(metric.name, Status::source_error, now, why).readings;
    } else if (found.empty()) {
        const auto status = answer.failures.empty() ? Status::no_data : Status::source_error;
        const std::string why = !answer.failures.empty()                                      ? answer.failures.front()
                                : answer.partitions.empty() && !answer.missing_topics.empty() ? batch.degraded.front()
                                                                                              : "no commit";
        batch.readings = series::without_value(metric.name, status, now, why).readings;
    } else {
        batch.readings = reduce(std::move(found), metric.reduce, metric.at_least);
    }
    for (auto& reading : batch.readings) {
        reading.arm = metric.arm;
    }
    conclude(batch);
    return batch;
}

} // namespace sluice::sources
