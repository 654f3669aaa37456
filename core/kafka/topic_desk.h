#pragma once
#include "base/nanos.h"
#include "kafka/config_change.h"
#include "kafka/message.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::net {
class HttpClient;
}

namespace sluice::kafka {

class Connection;

/// Where topics are asked for and changed. That is the brokers themselves, or, in a rehearsal, the simulated production
/// beside its brokers: librdkafka's mock knows no Admin request for topics, and makes every topic that is named.
///
/// On the engine thread; `done` comes once, later, but not after the desk is gone.
class TopicDesk {
public:
    struct Ask {
        std::string key;       ///< of the work in flight
        Nanos ceiling;         ///< real time
        bool messages = false; ///< of a description: count them, too
    };
    template <typename T>
    using Done = std::function<void(Result<T>)>;

    virtual ~TopicDesk() = default;

    virtual void partitions(std::vector<std::string> topics, Ask ask, Done<std::map<std::string, int>> done) = 0;
    virtual void describe(std::string topic, Ask ask, Done<Topic> done) = 0;
    virtual void setting(ConfigOwner owner, std::string key, Ask ask, Done<std::string> done) = 0; ///< as setting_of
    virtual void create(NewTopic topic, bool validate, Ask ask, Done<void> done) = 0;

    /// Waits until the brokers show what was named, and tells what others have set meanwhile. `unreachable`: it can
    /// have happened.
    virtual void configure(std::string topic, ConfigChange change, bool validate, Ask ask, Done<ConfigChange> done) = 0;

    /// Whether the topic takes this message, as far as that is known before it is sent: brokers tell when it is.
    virtual void admit(const Message& message, Ask ask, Done<void> done) = 0;
};

/// `connection` (and `http`) must outlive it.
std::unique_ptr<TopicDesk> broker_desk(Connection& connection);

/// At `url`:
///   GET  /topics/NAME           {"partitions", "replication", "config": {name: {"value", "own"}}}
///   GET  /brokers/ID            {"config"}, likewise
///   POST /topics                {"name", "partitions", "replication", "config", "validate"}
///   POST /topics/NAME/config    {"own": all that is set afterwards, "validate"}
///   POST /topics/NAME/message   {"key": whether it has one}: would it be taken?
/// 403, 404, 409 and 422 with the reason as text.
std::unique_ptr<TopicDesk> simulated_desk(Connection& connection, net::HttpClient& http, std::string url);

} // namespace sluice::kafka
