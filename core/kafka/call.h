#pragma once
#include "kafka/broker_error.h"
#include "kafka/handles.h"
#include "kafka/settings.h"

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace sluice::kafka {

class StatesBeside;

/// What a question has on the worker thread: the client, and how long it may still block.
struct Call {
    using Clock = std::chrono::steady_clock;

    rd_kafka_t* client = nullptr;
    const Settings& settings;
    Clock::time_point ends_at;
    std::chrono::milliseconds most; ///< what one blocking call may take, so that one leader that is away is not all
    const std::atomic<bool>& stop;  ///< the connection goes away
    std::map<std::string, Client>* others = nullptr; ///< clients with other settings, made when they are needed
    StatesBeside* states = nullptr;                  ///< the connection's (groups.h)

    /// Milliseconds that the next blocking call may take.
    int left() const;
    bool over() const { return stop || Clock::now() >= ends_at; }
    bool pause() const; ///< waits a little; false: the call is over
};

/// A question that waited behind others until its own time was over: nobody was asked.
std::optional<Error> too_late(const Call& call, const std::string& about);

/// The same call by a client that sees a log up to its high watermark: that of a plan may end at the last stable offset
/// (read_committed), behind which an open transaction keeps it.
Result<Call> whole_log(const Call& call);

/// The same call by a client that may ask for commits. librdkafka 2.0.2 follows no null pointer only where a client is
/// of a group: one of none dies of the answer NOT_COORDINATOR. This is of the first group that is asked for, and never
/// joins it.
Result<Call> asks_groups(const Call& call, const std::string& group);

/// The same call by a client for what is told beside other answers. Its connections carry nothing else: a long answer
/// keeps no other waiting behind it, and librdkafka closes a connection by which a request had no answer in time.
Result<Call> asks_beside(const Call& call);

/// The client of `asks_groups` goes away, and with it what it was asked and has not answered; the next one is new. No
/// queue or options of it may be left.
void give_up_groups(const Call& call);

/// Waits for the answer to an Admin request, the one event of that type, as long as one blocking call may take. An
/// error of the whole answer, and none in that time, is one about `about` (broker_error.h).
Result<Event> answer_of(const Call& call, rd_kafka_queue_t* queue, rd_kafka_event_type_t type,
                        const std::string& about);

/// Options of an Admin request that may take as long as the call has left.
Options options_for(const Call& call, rd_kafka_admin_op_t operation);

/// Options of an Admin request that goes to a group's coordinator: it waits until its client goes away.
/// librdkafka 2.0.2 ends the process when a coordinator that was away comes back after the time of such a request is
/// over, so that time must never be over: who is not answered gives the client up (give_up_groups).
Options options_for_group(const Call& call, rd_kafka_admin_op_t operation);

/// Who hears of a producer's message, and of what goes wrong with a connection. Each is called within rd_kafka_poll.
struct Hearer {
    void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr;
    void* opaque = nullptr;
    void (*failed)(rd_kafka_t*, int error, const char* reason, void*) = nullptr; ///< `reason` may name addresses
};

/// A client with the settings; `more` goes before all of them. `bad_input` when librdkafka does not take one.
Result<Client> make_client(const Settings& settings, rd_kafka_type_t type,
                           const std::map<std::string, std::string>& more = {}, Hearer hearer = {});

/// The property that makes a client one of a group; none for none.
std::map<std::string, std::string> group_id(const std::string& group);

/// Asks again while a group's coordinator or (no group) the controller is moving to another broker, until the call is
/// over.
template <typename Ask>
auto once_settled(const Call& call, const std::string& group, const Ask& ask) {
    const auto first = group.empty() ? Result<Call>(call) : asks_groups(call, group);
    decltype(ask(call)) answer = first ? ask(*first) : decltype(ask(call))(failed(first));
    if (!answer && !group.empty() && answer.error().code == ErrorCode::unreachable) {
        give_up_groups(call);
    }
    while (!answer && is_moving(answer.error()) && call.pause()) {
        // librdkafka keeps asking whom it knows; a new client finds out anew who it is.
        const auto client = make_client(call.settings, RD_KAFKA_CONSUMER, group_id(group));
        if (!client) {
            break;
        }
        Call again = call;
        again.client = client->get();
        answer = ask(again);
    }
    return answer;
}

} // namespace sluice::kafka
