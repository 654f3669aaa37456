#include "report/recorded_lag.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace sluice::report {
namespace {

using session::Reading;
using session::SampleStatus;

/// Which partition a series is of; nothing for labels of another kind.
std::optional<kafka::PartitionLag> place_of(const std::string& labels) {
    const Json json = Json::parse(labels, nullptr, false);
    kafka::PartitionLag at;
    if (!json.is_object() || json.size() != 3) {
        return std::nullopt;
    }
    std::string partition;
    for (const auto& [name, into] : {std::pair{"group", &at.group}, {"topic", &at.topic}, {"partition", &partition}}) {
        const auto found = json.find(name);
        if (found == json.end() || !found->is_string()) {
            return std::nullopt;
        }
        *into = found->get<std::string>();
    }
    const char* end = partition.data() + partition.size();
    const auto [after, error] = std::from_chars(partition.data(), end, at.partition);
    return error == std::errc() && after == end && at.partition >= 0 ? std::optional(at) : std::nullopt;
}

/// The last answer up to `time`; what failed after it is told.
const Reading* last_answer(const session::Line& heads, Nanos time, RecordedLag& lag) {
    for (const Reading* head = heads.at(time);; --head) {
        if (head->status == SampleStatus::ok) {
            return head;
        }
        lag.failure = lag.failing_since ? lag.failure : head->detail;
        lag.failing_since = head->at;
        if (head == heads.readings().data()) {
            return nullptr;
        }
    }
}

} // namespace

std::optional<RecordedLag> recorded_lag(const session::Readings& readings, const std::string& metric, Nanos time) {
    const auto lines = readings.of(kafka::partitions_of(metric));
    const auto heads = std::find_if(lines.begin(), lines.end(), [](auto* line) { return line->key().labels == "{}"; });
    if (heads == lines.end() || (*heads)->at(time) == nullptr) {
        return std::nullopt;
    }
    RecordedLag lag;
    const Reading* answer = last_answer(**heads, time, lag);
    if (answer == nullptr) {
        return lag;
    }
    lag.answered = true;
    lag.report.at = answer->at;
    auto head = kafka::read_head(answer->detail);
    if (!head) {
        lag.failure = "what is recorded of this answer can't be read: was it written by a newer program?";
        return lag;
    }
    lag.failed_groups = std::move(head->failed_groups);
    lag.left_out = head->left_out;
    lag.report.missing_topics = std::move(head->missing_topics);
    lag.report.failures = std::move(head->failures);
    std::map<std::string, kafka::GroupReport> groups;
    for (const auto& name : head->groups) {
        auto& group = groups[name];
        group.name = name;
        if (const auto state = head->states.find(name); state != head->states.end()) {
            group.members = state->second;
        }
    }
    for (const session::Line* line : lines) {
        const Reading* told = line == *heads ? nullptr : line->at(answer->at);
        if (told == nullptr || told->at < head->since) {
            continue;
        }
        const auto place = place_of(line->key().labels);
        auto row = place ? kafka::read_row(told->detail, *place) : std::nullopt;
        if (!row) {
            ++lag.unreadable;
            continue;
        }
        auto& group = groups[place->group];
        group.name = place->group;
        group.rows.push_back(*std::move(row));
    }
    for (auto& [name, group] : groups) {
        std::sort(group.rows.begin(), group.rows.end(), [](const auto& a, const auto& b) {
            return std::tie(a.at.topic, a.at.partition) < std::tie(b.at.topic, b.at.partition);
        });
        kafka::sum_up(group);
        lag.report.groups.push_back(std::move(group));
    }
    return lag;
}

} // namespace sluice::report
