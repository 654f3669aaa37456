#include "kafka/message.h"

#include "kafka/broker_error.h"
#include "kafka/call.h"
#include "kafka/topics.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace sluice::kafka {
namespace {

struct Report {
    std::optional<Sent> sent;
    std::string about;
};

void delivered(rd_kafka_t* client, const rd_kafka_message_t* message, void* opaque) {
    auto& report = *static_cast<Report*>(opaque);
    Sent sent;
    sent.partition = message->partition;
    sent.offset = message->offset;
    const auto status = rd_kafka_message_status(message);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        sent.state = Sent::State::kept;
    } else {
        sent.state = status == RD_KAFKA_MSG_STATUS_NOT_PERSISTED ? Sent::State::not_kept : Sent::State::unknown;
        char words[256];
        const auto fatal = rd_kafka_fatal_error(client, words, sizeof words);
        const bool purged =
            message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
        sent.error = error_of(fatal != RD_KAFKA_RESP_ERR_NO_ERROR ? fatal
                              : purged                            ? RD_KAFKA_RESP_ERR__TIMED_OUT
                                                                  : message->err,
                              report.about);
    }
    report.sent = std::move(sent);
}

/// Why no replica in sync has taken a message in time, where the brokers tell: a leader that is not there, or too few
/// replicas. Empty: they don't.
std::string missing_at(const Call& call, const Message& message) {
    const auto topic = describe_topic(call, message.topic);
    if (!topic) {
        return {};
    }
    if (topic->leaderless > 0) {
        return fmt::format("{} of {} partitions have no leader", topic->leaderless, topic->partitions);
    }
    if (topic->under_replicated > 0) {
        const auto configs = configs_of(call, message.topic);
        const auto least = configs ? configs->find("min.insync.replicas") : Configs::const_iterator();
        return fmt::format("{} of {} partitions lack replicas in sync{}", topic->under_replicated, topic->partitions,
                           configs && least != configs->end() ? fmt::format(" (replication {}, min.insync.replicas {})",
                                                                            topic->replication, least->second.value)
                                                              : "");
    }
    return {};
}

Sent not_kept(Error error) {
    Sent sent;
    sent.state = Sent::State::not_kept;
    sent.error = std::move(error);
    return sent;
}

} // namespace

/// A part of the call is kept back, to ask why it was not taken.
Sent send(const Call& whole, const Message& message) {
    Report report{{}, "message to " + message.topic};
    if (auto late = too_late(whole, report.about)) {
        late->code = ErrorCode::refused; // nothing was sent
        return not_kept(*std::move(late));
    }
    Call call = whole;
    const auto all = std::chrono::duration_cast<std::chrono::milliseconds>(whole.ends_at - Call::Clock::now());
    call.ends_at -= std::min(all / 4, std::chrono::milliseconds(2000));
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(call.ends_at - Call::Clock::now());
    auto producer = make_client(call.settings, RD_KAFKA_PRODUCER,
                                {{"acks", "all"},
                                 {"enable.idempotence", "true"},
                                 {"linger.ms", "0"},
                                 {"partitioner", "murmur2_random"},
                                 {"message.timeout.ms", std::to_string(std::max<std::int64_t>(rest.count(), 1))}},
                                {&delivered, &report});
    if (!producer) {
        return not_kept(producer.error());
    }
    rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
    for (const auto& [name, value] : message.headers) {
        rd_kafka_header_add(headers, name.c_str(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    }
    const auto queued = rd_kafka_producev(
        producer->get(), RD_KAFKA_V_TOPIC(message.topic.c_str()), RD_KAFKA_V_PARTITION(message.partition),
        RD_KAFKA_V_KEY(message.key.empty() ? nullptr : message.key.data(), message.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(message.payload.data()), message.payload.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (queued != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_headers_destroy(headers);
        return not_kept(error_of(queued, report.about));
    }
    while (!report.sent && !call.over()) {
        rd_kafka_poll(producer->get(), std::clamp(call.left(), 1, 100));
    }
    if (!report.sent) { // what was never sent was not kept; of what is under way nobody knows
        rd_kafka_purge(producer->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        rd_kafka_flush(producer->get(), 500);
    }
    Sent sent;
    sent.error = error_of(RD_KAFKA_RESP_ERR__TIMED_OUT, report.about);
    sent = report.sent.value_or(sent);
    if (sent.state != Sent::State::kept && sent.error.code == ErrorCode::unreachable) {
        if (const std::string why = missing_at(whole, message); !why.empty()) {
            sent.error.what = report.about + ": not taken in time: " + why;
            sent.error.remedy = "see to the brokers, then try again";
        }
    }
    return sent;
}

} // namespace sluice::kafka
