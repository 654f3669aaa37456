#include "kafka/lag.h"

#include "kafka/broker_error.h"
#include "kafka/groups.h"
#include "kafka/list_offsets.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <tuple>

namespace sluice::kafka {
namespace {

constexpr std::size_t few_topics = 8; ///< more than that are found faster among all of the cluster
/// librdkafka keeps what is asked in lists that it walks: the time of 65,000 at once would grow with their square.
constexpr std::size_t groups_at_once = 500;
/// It asks for the coordinator of each group under way again whenever one more broker is connected: few, until all are.
constexpr std::size_t groups_at_first = 16;
constexpr std::chrono::milliseconds beside_at_most{1000}; ///< what is asked for the screen keeps no gate waiting longer

/// One question under way.
class Asking {
public:
    Asking(const Call& call, const LagQuestion& question)
        : call_(call), question_(question), explicit_partitions_(call.settings.explicit_partitions) {}

    LagAnswer ask() {
        if (const auto late = too_late(call_, "lag"); late && !call_.stop) {
            answer_.failure = late->what;
            return std::move(answer_);
        }
        const bool wants_states = question_.group_states && call_.states != nullptr;
        if (wants_states) {
            call_.states->ask(call_);
        }
        if (question_.whole_log) {
            (void)whole_log(
                call_); // connects while the groups are asked; what is wrong with it is told when it is used
        }
        if (!question_.topics.empty() || explicit_partitions_) {
            ask_partitions();
        }
        if (answer_.failure.empty()) {
            ask_commits();
        }
        if (answer_.failure.empty()) {
            ask_leaders();
            ask_ends();
        }
        if (wants_states && answer_.failure.empty()) {
            answer_.group_states = call_.states->of(call_, question_.groups);
        }
        std::ranges::sort(answer_.partitions, [](const PartitionLag& a, const PartitionLag& b) {
            return std::tie(a.group, a.topic, a.partition) < std::tie(b.group, b.topic, b.partition);
        });
        std::ranges::sort(answer_.failures);
        if (call_.stop) {
            answer_ = {};
            answer_.failure = "stopped";
        }
        return std::move(answer_);
    }

private:
    void ask_partitions() {
        if (question_.topics.empty()) {
            ask_metadata(nullptr);
            return;
        }
        for (const auto& name : question_.topics) {
            const TopicHandle topic(rd_kafka_topic_new(call_.client, name.c_str(), nullptr));
            if (topic == nullptr) {
                failed_with("topic " + name, rd_kafka_last_error());
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
        const auto error = rd_kafka_metadata(call_.client, topic == nullptr ? 1 : 0, topic, &metadata, call_.left());
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
                failed_with("topic " + name, found.err);
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
            answer_.failed_groups = question_.groups; // nothing to name: no topic could be asked
            return;
        }
        if (question_.groups.empty()) {
            return;
        }
        const auto call = asks_groups(call_, question_.groups.front());
        if (!call) {
            answer_.failure = call.error().what;
            return;
        }
        if (!ask_commits_of(*call)) {
            give_up_groups(call_);
        }
    }

    /// False when a group did not answer.
    bool ask_commits_of(const Call& call) {
        const Queue queue(rd_kafka_queue_new(call.client));
        const Options options = options_for_group(call, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
        Partitions named;
        if (!leaders_.empty()) {
            named.reset(rd_kafka_topic_partition_list_new(static_cast<int>(leaders_.size())));
            for (const auto& [place, leader] : leaders_) {
                rd_kafka_topic_partition_list_add(named.get(), place.first.c_str(), place.second);
            }
        }
        const auto& groups = question_.groups;
        std::set<std::size_t> waiting;
        std::size_t sent = 0, allowed = groups_at_first;
        // However many they are, as long as answers come they are waited for.
        const auto some_time = [&] { return Call::Clock::now() + std::chrono::milliseconds(call_.left()); };
        auto until = some_time();
        while ((sent < groups.size() || !waiting.empty()) && !call_.over() && Call::Clock::now() < until) {
            for (; sent < groups.size() && waiting.size() < allowed; ++sent) {
                const GroupOffsets request(rd_kafka_ListConsumerGroupOffsets_new(groups[sent].c_str(), named.get()));
                auto* pointer = request.get();
                // NOLINTNEXTLINE(performance-no-int-to-ptr): librdkafka only hands it back
                rd_kafka_AdminOptions_set_opaque(options.get(), reinterpret_cast<void*>(sent));
                rd_kafka_ListConsumerGroupOffsets(call.client, &pointer, 1, options.get(), queue.get());
                waiting.insert(sent);
            }
            const Event event(rd_kafka_queue_poll(queue.get(), std::min(call_.left(), 100)));
            if (event == nullptr && sent < groups.size()) {
                allowed +=
                    groups_at_once; // those of a coordinator that is away must not keep the others from being asked
                until = some_time();
            } else if (event != nullptr &&
                       rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LISTCONSUMERGROUPOFFSETS_RESULT) {
                const auto index = reinterpret_cast<std::size_t>(rd_kafka_event_opaque(event.get()));
                waiting.erase(index);
                until = some_time();
                allowed += allowed < groups_at_once ? 1 : 0; // twice as many with each round trip
                take_commits(groups[index], event.get());
            }
        }
        for (; sent < groups.size(); ++sent) {
            waiting.insert(sent);
        }
        for (const auto index : waiting) {
            group_failed(question_.groups[index], RD_KAFKA_RESP_ERR__TIMED_OUT);
        }
        return waiting.empty();
    }

    void take_commits(const std::string& group, rd_kafka_event_t* event) {
        if (const auto error = rd_kafka_event_error(event); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            group_failed(group, error);
            return;
        }
        std::size_t count = 0;
        const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event);
        const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count);
        for (std::size_t i = 0; i < count; ++i) {
            if (const auto* error = rd_kafka_group_result_error(groups[i]); error != nullptr) {
                group_failed(group, rd_kafka_error_code(error));
                continue;
            }
            const auto* partitions = rd_kafka_group_result_partitions(groups[i]);
            for (int p = 0; partitions != nullptr && p < partitions->cnt; ++p) {
                const auto& element = partitions->elems[p];
                PartitionLag lag{group, element.topic, element.partition, {}, {}, {}, {}};
                if (element.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                    lag.trouble = told(element.err);
                } else if (element.offset >= 0) {
                    lag.committed = element.offset;
                }
                answer_.partitions.push_back(std::move(lag));
            }
        }
    }

    /// Who leads what the groups have committed to: one partition without a leader, or of a topic that is gone, would
    /// lose a whole call for end offsets.
    void ask_leaders() {
        std::set<std::string> topics;
        for (const auto& lag : answer_.partitions) {
            if (!leaders_.contains({lag.topic, lag.partition})) {
                topics.insert(lag.topic);
            }
        }
        if (topics.size() > few_topics) {
            ask_leaders_of(nullptr, topics);
        }
        // All topics are only those that this user may see: for the others, each has an answer of its own.
        for (auto name = topics.begin(); name != topics.end() && !call_.over();) {
            const std::string one = *name++;
            if (const TopicHandle topic(rd_kafka_topic_new(call_.client, one.c_str(), nullptr)); topic != nullptr) {
                ask_leaders_of(topic.get(), topics);
            }
        }
    }

    /// Takes from `topics` those about which it got an answer.
    void ask_leaders_of(rd_kafka_topic_t* topic, std::set<std::string>& topics) {
        const rd_kafka_metadata_t* answered = nullptr;
        if (rd_kafka_metadata(call_.client, topic == nullptr ? 1 : 0, topic, &answered, call_.left()) !=
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            return; // they are asked for as they are
        }
        const Metadata metadata(answered);
        for (int i = 0; i < metadata->topic_cnt; ++i) {
            const auto& found = metadata->topics[i];
            if (topics.erase(found.topic) == 0) {
                continue;
            }
            auto& trouble = topic_troubles_[found.topic];
            trouble = found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ? "the topic is not there"
                      : found.err != RD_KAFKA_RESP_ERR_NO_ERROR && found.err != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE
                          ? told(found.err)
                          : "the topic has no such partition";
            for (int p = 0; p < found.partition_cnt; ++p) {
                leaders_[{found.topic, found.partitions[p].id}] = found.partitions[p].leader;
            }
        }
    }

    /// Why its end can't be asked; empty when it can.
    std::string unasked(const Place& place) const {
        if (const auto known = leaders_.find(place); known != leaders_.end()) {
            return known->second < 0 ? "the partition has no leader" : "";
        }
        const auto topic = topic_troubles_.find(place.first);
        return topic == topic_troubles_.end() ? "" : topic->second;
    }

    /// At best one leader's partitions a call.
    ListedOffsets list_ends(const Call& call, const std::set<Place>& places) const {
        std::map<std::int32_t, std::vector<Place>> by_leader; // −1 where it is not known
        for (const auto& place : places) {
            const auto known = leaders_.find(place);
            by_leader[known == leaders_.end() ? -1 : known->second].push_back(place);
        }
        ListedOffsets ends;
        for (const auto& [leader, some] : by_leader) {
            list_offsets(call, some, RD_KAFKA_OFFSET_END, ends);
        }
        return ends;
    }

    void ask_ends() {
        std::set<Place> places;
        for (auto& lag : answer_.partitions) {
            if (const auto why = unasked({lag.topic, lag.partition}); why.empty()) {
                places.insert({lag.topic, lag.partition});
            } else if (lag.trouble.empty()) {
                lag.trouble = why;
            }
        }
        // The log's end goes first: what comes in between must not look like an open transaction.
        if (question_.whole_log) {
            for (const auto& [place, error] : ask_high(places)) {
                if (is_away(error)) {
                    places.erase(place); // waiting for it again would cost the others their time
                }
            }
        }
        const ListedOffsets ends = list_ends(call_, places);
        for (auto& lag : answer_.partitions) {
            const Place place{lag.topic, lag.partition};
            if (const auto end = ends.found.find(place); end != ends.found.end() && end->second >= 0) {
                lag.end = end->second;
            } else if (lag.trouble.empty()) {
                const auto trouble = ends.troubles.find(place);
                lag.trouble = end != ends.found.end()          ? "no end offset came back"
                              : trouble != ends.troubles.end() ? told(trouble->second)
                                                               : told(RD_KAFKA_RESP_ERR__TIMED_OUT);
            }
        }
        if (!question_.whole_log) {
            ask_high_of_those_ahead();
        }
        if (question_.whole_log_beside && !question_.whole_log) {
            ask_high_beside();
        }
    }

    void ask_high_of_those_ahead() {
        std::set<Place> past;
        for (const auto& lag : answer_.partitions) {
            if (lag.committed && lag.end && *lag.committed > *lag.end) {
                past.insert({lag.topic, lag.partition});
            }
        }
        if (!past.empty()) {
            ask_high(past);
        }
    }

    /// Where a commit lies past the end `high` makes a lag of it, and was asked for already.
    void ask_high_beside() {
        std::map<Place, std::int64_t> stable;
        std::set<Place> places;
        for (const auto& lag : answer_.partitions) {
            if (lag.end && !lag.high && (!lag.committed || *lag.committed <= *lag.end)) {
                stable[{lag.topic, lag.partition}] = *lag.end;
                places.insert({lag.topic, lag.partition});
            }
        }
        Call brief = call_;
        const auto now = Call::Clock::now();
        brief.most = std::min(call_.most, beside_at_most / 2);
        brief.ends_at = now + std::min<Call::Clock::duration>(beside_at_most, (call_.ends_at - now) / 2);
        const auto whole = whole_log(brief);
        if (!whole || brief.over()) {
            return;
        }
        const ListedOffsets high = list_ends(*whole, places);
        // What came since the ends were asked for is no open transaction: the end has moved there meanwhile.
        std::set<Place> apart;
        for (const auto& [place, at] : high.found) {
            if (at > stable[place]) {
                apart.insert(place);
            }
        }
        const ListedOffsets now_stable = list_ends(brief, apart);
        for (auto& lag : answer_.partitions) {
            const Place place{lag.topic, lag.partition};
            const auto top = high.found.find(place);
            const auto moved = now_stable.found.find(place);
            if (!places.contains(place) || top == high.found.end() || top->second < 0) {
                continue;
            }
            if (!apart.contains(place) || (moved != now_stable.found.end() && moved->second >= top->second)) {
                lag.high = lag.end;
            } else if (moved != now_stable.found.end() && moved->second >= 0) {
                lag.high = top->second;
            }
        }
    }

    /// Gives what could not be asked.
    std::map<Place, rd_kafka_resp_err_t> ask_high(const std::set<Place>& places) {
        const auto whole = whole_log(call_);
        if (!whole) {
            return {};
        }
        const ListedOffsets high = list_ends(*whole, places);
        for (auto& lag : answer_.partitions) {
            if (const auto end = high.found.find({lag.topic, lag.partition});
                end != high.found.end() && end->second >= 0) {
                lag.high = end->second;
            }
        }
        return high.troubles;
    }

    void group_failed(const std::string& group, rd_kafka_resp_err_t error) {
        answer_.failed_groups.push_back(group);
        failed_with("group " + group, error);
    }

    void failed_with(const std::string& about, rd_kafka_resp_err_t error) {
        answer_.failures.push_back(about + ": " + told(error));
        answer_.refused = answer_.refused || is_refusal(error);
    }

    const Call& call_;
    const LagQuestion& question_;
    bool explicit_partitions_;
    std::map<Place, std::int32_t> leaders_;             ///< −1: the partition has none
    std::map<std::string, std::string> topic_troubles_; ///< of topics whose metadata were asked
    LagAnswer answer_;
};

} // namespace

std::optional<std::int64_t> PartitionLag::lag() const {
    if (!committed || !end) {
        return std::nullopt;
    }
    if (*committed > *end) { // who reads uncommitted messages is ahead of an open transaction
        return high && *committed <= *high ? std::optional<std::int64_t>(0) : std::nullopt;
    }
    return *end - *committed;
}

LagAnswer ask_lag(const Call& call, const LagQuestion& question) {
    return Asking(call, question).ask();
}

} // namespace sluice::kafka
