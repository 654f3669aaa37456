#include "kafka/connection.h"
#include "kafka/topic_desk.h"

namespace sluice::kafka {
namespace {

class BrokerDesk : public TopicDesk {
public:
    explicit BrokerDesk(Connection& connection) : connection_(connection) {}

    void partitions(std::vector<std::string> topics, Ask ask, Done<std::map<std::string, int>> done) override {
        connection_.call<Result<std::map<std::string, int>>>(
            std::move(ask.key), ask.ceiling,
            [topics = std::move(topics)](const Call& call) { return partitions_of(call, topics); }, std::move(done));
    }

    void describe(std::string topic, Ask ask, Done<Topic> done) override {
        connection_.call<Result<Topic>>(
            std::move(ask.key), ask.ceiling,
            [name = std::move(topic)](const Call& call) {
                auto found = describe_topic(call, name);
                if (found) {
                    auto configs = configs_of(call, name);
                    if (configs) {
                        found->config = std::move(*configs);
                    } else {
                        found->config_error = plain(configs.error());
                    }
                }
                return found;
            },
            std::move(done));
    }

    void create(NewTopic topic, bool validate, Ask ask, Done<void> done) override {
        connection_.call<Result<void>>(
            std::move(ask.key), ask.ceiling,
            [topic = std::move(topic), validate](const Call& call) { return create_topic(call, topic, validate); },
            std::move(done));
    }

    void configure(std::string topic, ConfigChange change, bool validate, Ask ask, Done<void> done) override {
        connection_.call<Result<void>>(
            std::move(ask.key), ask.ceiling,
            [topic = std::move(topic), change = std::move(change), validate](const Call& call) -> Result<void> {
                const auto now = configs_of(call, topic);
                if (!now) {
                    Error error = now.error(); // nothing was sent yet
                    error.code = error.code == ErrorCode::unreachable ? ErrorCode::refused : error.code;
                    return tl::unexpected(std::move(error));
                }
                const auto own = own_after(*now, change, topic);
                return own ? replace_configs(call, topic, *own, validate) : failed(own);
            },
            std::move(done));
    }

private:
    Connection& connection_;
};

} // namespace

std::unique_ptr<TopicDesk> broker_desk(Connection& connection) {
    return std::make_unique<BrokerDesk>(connection);
}

} // namespace sluice::kafka
