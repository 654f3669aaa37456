#pragma once
#include "kafka/handles.h"
#include "kafka/settings.h"

#include <atomic>
#include <chrono>
#include <map>
#include <string>

namespace sluice::kafka {

/// What a question has on the worker thread: the client, and how long it may still block.
struct Call {
    using Clock = std::chrono::steady_clock;

    rd_kafka_t* client = nullptr;
    const Settings& settings;
    Clock::time_point ends_at;
    std::chrono::milliseconds most; ///< what one blocking call may take, so that one leader that is away is not all
    const std::atomic<bool>& stop;  ///< the connection goes away

    /// Milliseconds that the next blocking call may take.
    int left() const;
    bool over() const { return stop || Clock::now() >= ends_at; }
};

/// Waits for the answer to an Admin request, the one event of that type. An error of the whole answer, and none when
/// the call is over, is one about `about` (broker_error.h).
Result<Event> answer_of(const Call& call, rd_kafka_queue_t* queue, rd_kafka_event_type_t type,
                        const std::string& about);

/// Options of an Admin request that may take as long as the call has left.
Options options_for(const Call& call, rd_kafka_admin_op_t operation);

/// Who hears of a producer's message.
struct Hearer {
    void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr;
    void* opaque = nullptr;
};

/// A client with the settings; `more` goes before all of them. `bad_input` when librdkafka does not take one.
Result<Client> make_client(const Settings& settings, rd_kafka_type_t type,
                           const std::map<std::string, std::string>& more = {}, Hearer hearer = {});

} // namespace sluice::kafka
