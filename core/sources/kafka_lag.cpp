#include "sources/kafka_lag.h"

#include "kafka/lag_report.h"

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

/// What the groups' own states say of their lag: while members change nobody reads, or not all, and where there are
/// none nobody may read what is there (who assigns himself his partitions is no member). A group that has read all
/// needs none.
class Members {
public:
    explicit Members(const LagAnswer& answer) {
        std::map<std::string, bool> has_read_all;
        for (const auto& at : answer.partitions) {
            if (const auto lag = at.lag()) {
                const auto known = has_read_all.emplace(at.group, true).first;
                known->second = known->second && *lag == 0;
            }
        }
        for (const auto& [group, state] : answer.group_states) {
            const auto read = has_read_all.find(group);
            if (kafka::is_rebalancing(state)) {
                rebalancing_.push_back(group);
            } else if (kafka::has_no_members(state) && (read == has_read_all.end() || !read->second)) {
                empty_.push_back(group);
            }
        }
    }

    /// Empty when nobody is.
    std::string rebalancing() const { return named(rebalancing_, "is rebalancing", "are rebalancing"); }
    std::string without_members() const { return named(empty_, "has no members", "have no members"); }

    std::string told_of(const std::string& group) const {
        return std::ranges::binary_search(rebalancing_, group) ? "group " + group + " is rebalancing"
               : std::ranges::binary_search(empty_, group)     ? "group " + group + " has no members"
                                                               : "";
    }

private:
    static std::string named(const std::vector<std::string>& groups, const char* does, const char* do_so) {
        return groups.empty()       ? ""
               : groups.size() == 1 ? fmt::format("group {} {}", groups.front(), does)
                                    : fmt::format("groups {} and {} more {}", groups.front(), groups.size() - 1, do_so);
    }

    std::vector<std::string> rebalancing_, empty_; ///< sorted
};

Reading reading_of(const PartitionLag& at, const LagMetric& metric, const std::string& about_members, Nanos now) {
    Reading reading;
    reading.arm = metric.arm;
    reading.labels = {{"group", at.group}, {"topic", at.topic}, {"partition", std::to_string(at.partition)}};
    reading.measured_at = now;
    reading.received_at = now;
    if (const auto lag = at.lag()) {
        reading.value = static_cast<double>(*lag);
        reading.detail = about_members;
        return reading;
    }
    reading.status = Status::source_error;
    reading.detail = place(at) + ": " + (at.trouble.empty() ? "the commit lies past the end" : at.trouble);
    return reading;
}

} // namespace

series::SampleBatch judge(const LagMetric& metric, const LagAnswer& answer, Nanos now,
                          const std::vector<std::string>& told) {
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
    batch.degraded = told;
    for (const auto& topic : answer.missing_topics) {
        batch.degraded.push_back(fmt::format("topic {} is not known to the cluster", topic));
    }

    const Members members(answer);
    std::vector<Reading> found;
    std::map<std::string, int> without_commit; // by group and topic
    for (const auto& at : answer.partitions) {
        if (!at.committed && at.trouble.empty()) {
            without_commit[at.group + " " + at.topic] += at.end.value_or(0) > 0 ? 1 : 0;
        } else {
            found.push_back(reading_of(at, metric, members.told_of(at.group), now));
        }
    }
    for (const auto& [where, partitions] : without_commit) {
        if (partitions > 0) {
            batch.degraded.push_back(fmt::format("{}: {} partition(s) with messages and no commit", where, partitions));
        }
    }
    std::ranges::copy(answer.failures, std::back_inserter(batch.degraded));
    std::string about_members = members.rebalancing();
    if (!about_members.empty()) {
        batch.degraded.push_back(about_members);
    }
    about_members +=
        (about_members.empty() || members.without_members().empty() ? "" : "; ") + members.without_members();

    const auto failing = std::ranges::find(found, Status::source_error, &Reading::status);
    const bool keeps_parts = plan::keeps_series(metric.reduce);
    if (!keeps_parts && (failing != found.end() || !answer.failures.empty())) {
        const std::string why = failing != found.end() ? failing->detail : answer.failures.front();
        batch.readings = series::without_value(metric.name, Status::source_error, now, why).readings;
    } else if (found.empty()) {
        const auto status = answer.failures.empty() ? Status::no_data : Status::source_error;
        std::string why = !answer.failures.empty()                                      ? answer.failures.front()
                          : answer.partitions.empty() && !answer.missing_topics.empty() ? batch.degraded[told.size()]
                                                                                        : "no commit";
        why += status == Status::no_data && !about_members.empty() ? "; " + about_members : "";
        batch.readings = series::without_value(metric.name, status, now, why).readings;
    } else {
        batch.readings = reduce(std::move(found), metric.reduce, metric.at_least);
    }
    for (auto& reading : batch.readings) {
        reading.arm = metric.arm;
        if (reading.status == Status::ok && !keeps_parts) {
            reading.detail = about_members; // of all groups that went into it
        }
    }
    conclude(batch);
    return batch;
}

} // namespace sluice::sources
