#include "sources/kafka_question.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <set>
#include <span>
#include <tuple>

namespace sluice::sources {
namespace {

using Clock = std::chrono::steady_clock;
using Place = std::pair<std::string, std::int32_t>; ///< topic, partition

constexpr std::size_t partitions_per_call = 1000;

bool is_away(rd_kafka_resp_err_t error) {
    switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
        return true;
    default:
        return false;
    }
}

/// One question under way.
class Asking {
public:
    Asking(rd_kafka_t* client, const LagQuestion& question, bool explicit_partitions, std::chrono::milliseconds ceiling,
           const std::atomic<bool>& stop)
        : client_(client), question_(question), explicit_partitions_(explicit_partitions),
          ends_at_(Clock::now() + ceiling), call_(ceiling / 2), stop_(stop) {}

    LagAnswer ask() {
        if (!question_.topics.empty() || explicit_partitions_) {
            ask_partitions();
        }
        if (answer_.failure.empty()) {
            ask_commits();
        }
        if (answer_.failure.empty()) {
            ask_ends();
        }
        std::ranges::sort(answer_.partitions, [](const PartitionLag& a, const PartitionLag& b) {
            return std::tie(a.group, a.topic, a.partition) < std::tie(b.group, b.topic, b.partition);
        });
        std::ranges::sort(answer_.failures);
        if (stop_) {
            answer_ = {};
            answer_.failure = "stopped";
        }
        return std::move(answer_);
    }

private:
    /// Milliseconds that a call may still take.
    int left() const {
        const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(ends_at_ - Clock::now());
        return stop_ ? 0 : static_cast<int>(std::max<std::int64_t>(0, std::min(rest, call_).count()));
    }
    bool over() const { return stop_ || Clock::now() >= ends_at_; }

    void ask_partitions() {
        if (question_.topics.empty()) {
            ask_metadata(nullptr);
            return;
        }
        for (const auto& name : question_.topics) {
            const KafkaTopic topic(rd_kafka_topic_new(client_, name.c_str(), nullptr));
            if (topic == nullptr) {
                answer_.failures.push_back("topic " + name + ": " + told(rd_kafka_last_error()));
            } else {
                ask_metadata(topic.get());
            }
            if (!answer_.failure.empty()) {
                return;
            }
        }
    }

    void ask_metadata(rd_kafka_topic_t* topic) {
        const rd_kafka_metadata_t* metadata = nullptr;
        const auto error = rd_kafka_metadata(client_, topic == nullptr ? 1 : 0, topic, &metadata, left());
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            answer_.failure = told(error);
            return;
        }
        for (int i = 0; i < metadata->topic_cnt; ++i) {
            const auto& found = metadata->topics[i];
            const std::string name = found.topic;
            if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
                answer_.missing_topics.push_back(name);
            } else if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR && found.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) {
                answer_.failures.push_back("topic " + name + ": " + told(found.err));
            } else if (topic != nullptr || !name.starts_with("__")) { // internal topics have no consumers of ours
                for (int p = 0; p < found.partition_cnt; ++p) {
                    leaders_[{name, found.partitions[p].id}] = found.partitions[p].leader;
                }
            }
        }
        rd_kafka_metadata_destroy(metadata);
    }

    void ask_commits() {
        if (leaders_.empty() && (!question_.topics.empty() || explicit_partitions_)) {
            return; // nothing to name: every topic is missing
        }
        const KafkaQueue queue(rd_kafka_queue_new(client_));
        const KafkaOptions options(rd_kafka_AdminOptions_new(client_, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS));
        char ignored[128];
        rd_kafka_AdminOptions_set_request_timeout(options.get(), std::max(left(), 1), ignored, sizeof ignored);
        KafkaPartitions named;
        if (!leaders_.empty()) {
            named.reset(rd_kafka_topic_partition_list_new(static_cast<int>(leaders_.size())));
            for (const auto& [place, leader] : leaders_) {
                rd_kafka_topic_partition_list_add(named.get(), place.first.c_str(), place.second);
            }
        }
        for (std::size_t i = 0; i < question_.groups.size(); ++i) {
            KafkaGroupOffsets request(rd_kafka_ListConsumerGroupOffsets_new(question_.groups[i].c_str(), named.get()));
            auto* pointer = request.get();
            // NOLINTNEXTLINE(performance-no-int-to-ptr): librdkafka only hands it back
            rd_kafka_AdminOptions_set_opaque(options.get(), reinterpret_cast<void*>(i));
            rd_kafka_ListConsumerGroupOffsets(client_, &pointer, 1, options.get(), queue.get());
        }
        std::set<std::size_t> waiting;
        for (std::size_t i = 0; i < question_.groups.size(); ++i) {
            waiting.insert(i);
        }
        while (!waiting.empty() && !over()) {
            const KafkaEvent event(rd_kafka_queue_poll(queue.get(), std::min(left(), 100)));
            if (event != nullptr &&
                rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT) {
                const auto index = reinterpret_cast<std::size_t>(rd_kafka_event_opaque(event.get()));
                waiting.erase(index);
                take_commits(question_.groups[index], event.get());
            }
        }
        for (const auto index : waiting) {
            answer_.failures.push_back("group " + question_.groups[index] + ": " + told(RD_KAFKA_RESP_ERR__TIMED_OUT));
        }
    }

    void take_commits(const std::string& group, rd_kafka_event_t* event) {
        if (const auto error = rd_kafka_event_error(event); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            answer_.failures.push_back("group " + group + ": " + told(error));
            return;
        }
        std::size_t count = 0;
        const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event);
        const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
        for (std::size_t i = 0; i < count; ++i) {
            if (const auto* error = rd_kafka_group_result_error(groups[i]); error != nullptr) {
                answer_.failures.push_back("group " + group + ": " + told(rd_kafka_error_code(error)));
                continue;
            }
            const auto* partitions = rd_kafka_group_result_partitions(groups[i]);
            for (int p = 0; partitions != nullptr && p < partitions->cnt; ++p) {
                const auto& element = partitions->elems[p];
                PartitionLag lag{group, element.topic, element.partition, {}, {}, {}};
                if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                    lag.trouble = told(element.err);
                } else if (element.offset >= 0) {
                    lag.committed = element.offset;
                }
                answer_.partitions.push_back(std::move(lag));
            }
        }
    }

    void ask_ends() {
        std::map<std::int32_t, std::vector<Place>> by_leader; // −1 where it is not known
        std::set<Place> seen;
        for (const auto& lag : answer_.partitions) {
            const Place place{lag.topic, lag.partition};
            if (seen.insert(place).second) {
                const auto known = leaders_.find(place);
                by_leader[known == leaders_.end() ? -1 : known->second].push_back(place);
            }
        }
        for (const auto& [leader, places] : by_leader) {
            for (std::size_t i = 0; i < places.size(); i += partitions_per_call) {
                ask_ends_of(std::span(places).subspan(i, std::min(partitions_per_call, places.size() - i)));
            }
        }
        for (auto& lag : answer_.partitions) {
            const Place place{lag.topic, lag.partition};
            if (const auto end = ends_.find(place); end != ends_.end()) {
                lag.end = end->second;
            } else if (lag.trouble.empty()) {
                lag.trouble = troubles_.contains(place) ? troubles_[place] : told(RD_KAFKA_RESP_ERR__TIMED_OUT);
            }
        }
    }

    void ask_ends_of(std::span<const Place> places) {
        if (over()) {
            return;
        }
        const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
        for (const auto& [topic, partition] : places) {
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = RD_KAFKA_OFFSET_END;
        }
        const auto error = rd_kafka_offsets_for_times(client_, list.get(), std::max(left(), 1));
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            for (int i = 0; i < list->cnt; ++i) {
                const auto& element = list->elems[i];
                const Place place{element.topic, element.partition};
                if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                    troubles_[place] = told(element.err);
                } else if (element.offset >= 0) {
                    ends_[place] = element.offset;
                } else {
                    troubles_[place] = "no end offset came back";
                }
            }
            return;
        }
        // One bad partition fails the call for all, while their errors read "none". Halving finds it; where the leader
        // is away, halving would only wait longer.
        if (is_away(error) || places.size() == 1) {
            for (const auto& place : places) {
                troubles_[place] = told(error);
            }
            return;
        }
        ask_ends_of(places.first(places.size() / 2));
        ask_ends_of(places.subspan(places.size() / 2));
    }

    rd_kafka_t* client_;
    const LagQuestion& question_;
    bool explicit_partitions_;
    Clock::time_point ends_at_;
    std::chrono::milliseconds call_; ///< what one call may take, so that one leader that is away does not use up all
    const std::atomic<bool>& stop_;
    std::map<Place, std::int32_t> leaders_;
    std::map<Place, std::int64_t> ends_;
    std::map<Place, std::string> troubles_;
    LagAnswer answer_;
};

} // namespace

std::string told(rd_kafka_resp_err_t error) {
    return is_away(error) ? "the broker did not answer" : std::string(rd_kafka_err2str(error));
}

LagAnswer ask_lag(rd_kafka_t* client, const LagQuestion& question, bool explicit_partitions,
                  std::chrono::milliseconds ceiling, const std::atomic<bool>& stop) {
    return Asking(client, question, explicit_partitions, ceiling, stop).ask();
}

} // namespace sluice::sources
