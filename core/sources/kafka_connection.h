#pragma once
#include "base/result.h"
#include "base/scheduler.h"
#include "sources/kafka_lag.h"
#include "sources/kafka_settings.h"

#include <functional>
#include <memory>
#include <string>

namespace sluice::sources {

/// One Kafka cluster, with a worker thread of its own for librdkafka's blocking calls.
///
/// Made, used and destroyed on the engine thread, which needs an event loop. Questions are asked one after the other.
/// Destroying it waits for the call under way, at most half the settings' ceiling, and calls nobody.
class KafkaConnection {
public:
    /// `bad_input` when librdkafka does not take the settings. Does not connect yet: that shows at the first question.
    static Result<std::unique_ptr<KafkaConnection>> make(Scheduler& scheduler, const KafkaSettings& settings);
    ~KafkaConnection();

    /// `done` is called once, through the Scheduler, with work `key` in flight until then.
    void ask(LagQuestion question, std::string key, std::function<void(LagAnswer)> done);

private:
    class Worker;
    explicit KafkaConnection(std::unique_ptr<Worker> worker);
    std::unique_ptr<Worker> worker_;
};

} // namespace sluice::sources
