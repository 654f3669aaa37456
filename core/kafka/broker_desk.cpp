#include "kafka/call.h"
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
            [name = std::move(topic), count = ask.messages](const Call& call) {
                auto found = describe_topic(call, name);
                if (found) {
                    auto configs = configs_of(call, name);
                    if (configs) {
                        found->config = std::move(*configs);
                    } else {
                        found->config_error = plain(configs.error());
                    }
                    if (count) {
                        found->messages = messages_in(call, *found);
                    }
                }
                return found;
            },
            std::move(done));
    }

    void setting(ConfigOwner owner, std::string key, Ask ask, Done<std::string> done) override {
        connection_.call<Result<std::string>>(
            std::move(ask.key), ask.ceiling,
            [owner = std::move(owner), key = std::move(key)](const Call& call) { return setting_of(call, owner, key); },
            std::move(done));
    }

    void create(NewTopic topic, bool validate, Ask ask, Done<void> done) override {
        connection_.call<Result<void>>(
            std::move(ask.key), ask.ceiling,
            [topic = std::move(topic), validate](const Call& call) { return create_topic(call, topic, validate); },
            std::move(done));
    }

    void configure(std::string topic, ConfigChange change, bool validate, Ask ask, Done<ConfigChange> done) override {
        connection_.call<Result<ConfigChange>>(
            std::move(ask.key), ask.ceiling,
            [topic = std::move(topic), change = std::move(change), validate](const Call& call) {
                return changed(call, topic, change, validate);
            },
            std::move(done));
    }

    void admit(const Message&, Ask, Done<void> done) override {
        connection_.scheduler().after({}, [life = std::weak_ptr(life_), done = std::move(done)] {
            if (!life.expired()) {
                done({});
            }
        });
    }

private:
    static Result<ConfigChange> changed(const Call& call, const std::string& topic, const ConfigChange& change,
                                        bool validate) {
        const auto now = configs_of(call, topic);
        if (!now) {
            Error error = now.error(); // nothing was sent yet
            error.code = error.code == ErrorCode::unreachable ? ErrorCode::refused : error.code;
            return tl::unexpected(std::move(error));
        }
        const auto own = own_after(*now, change, topic);
        const auto written = own ? replace_configs(call, topic, *own, validate) : Result<void>(failed(own));
        if (!written || validate) {
            return written ? Result<ConfigChange>(ConfigChange{}) : failed(written);
        }
        do { // a broker can know of it later than the one that was told
            const auto then = configs_of(call, topic);
            const auto stands = then ? change_of(*then, change.after, topic) : Result<ConfigChange>(failed(then));
            if (stands && same_values(stands->before, change.after)) {
                return others_since(*own, *then, change);
            }
        } while (call.pause());
        return fail(ErrorCode::unreachable, "settings of topic " + topic + ": sent, and the brokers don't show them",
                    {}, "look again");
    }

private:
    Connection& connection_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace

std::unique_ptr<TopicDesk> broker_desk(Connection& connection) {
    return std::make_unique<BrokerDesk>(connection);
}

} // namespace sluice::kafka
