#include "kafka/broker_error.h"
#include "kafka/call.h"
#include "kafka/connection.h"
#include "kafka/topic_desk.h"
#include "net/http.h"

#include <fmt/format.h>

namespace sluice::kafka {
namespace {

/// What stands at the desk of one topic.
struct Stands {
    int partitions = 0, replication = 0;
    Configs config;
};

Result<Stands> stands_in(const std::string& body) {
    const auto json = parse_json(body, "the simulated production's answer");
    if (!json) {
        return failed(json);
    }
    if (!json->is_object()) {
        return fail(ErrorCode::corrupt, "the simulated production tells of a topic in another form");
    }
    Stands stands{json->value("partitions", 0), json->value("replication", 0), {}};
    const Json config = json->value("config", Json::object());
    for (const auto& [name, entry] : config.items()) {
        stands.config[name] = {entry.value("value", std::string()), entry.value("own", false)};
    }
    return stands;
}

class SimulatedDesk : public TopicDesk {
    /// What is called only while the desk is there.
    template <typename F>
    auto alive(F then) {
        return [life = std::weak_ptr(life_), then = std::move(then)](auto&&... answer) mutable {
            if (!life.expired()) {
                then(std::forward<decltype(answer)>(answer)...);
            }
        };
    }

public:
    SimulatedDesk(Connection& connection, net::HttpClient& http, std::string url)
        : connection_(connection), http_(http), url_(std::move(url)) {}

    void partitions(std::vector<std::string> topics, Ask ask, Done<std::map<std::string, int>> done) override {
        next(std::move(topics), 0, {}, ask, std::move(done));
    }

    void describe(std::string topic, Ask ask, Done<Topic> done) override {
        stands(topic, ask, alive([this, topic, ask, done = std::move(done)](Result<Stands> at) {
                   if (!at) {
                       done(failed(at));
                       return;
                   }
                   connection_.call<Result<Topic>>(
                       ask.key + "#brokers", ask.ceiling,
                       [topic, count = ask.messages](const Call& call) {
                           auto found = describe_topic(call, topic);
                           if (found && count) {
                               found->messages = messages_in(call, *found);
                           }
                           return found;
                       },
                       [at = std::move(*at), done](Result<Topic> found) {
                           if (found) {
                               found->config = at.config;
                               found->replication = at.replication; // the mock puts each partition on all brokers
                           }
                           done(std::move(found));
                       });
               }));
    }

    void setting(ConfigOwner owner, std::string key, Ask ask, Done<std::string> done) override {
        const std::string of = words_of(owner);
        const std::string place =
            owner.topic.empty() ? "/brokers/" + std::to_string(owner.broker) : "/topics/" + owner.topic;
        stands_at(place, of, ask, [of, key = std::move(key), done = std::move(done)](const Result<Stands>& at) {
            if (!at) {
                done(failed(at));
            } else if (const auto found = at->config.find(key); found != at->config.end()) {
                done(found->second.value);
            } else {
                done(fail(ErrorCode::not_found, of + " has no setting " + key, {},
                          "is the name right? The simulated production has those of Kafka 4.0"));
            }
        });
    }

    void create(NewTopic topic, bool validate, Ask ask, Done<void> done) override {
        change("/topics", "topic " + topic.name,
               {{"name", topic.name},
                {"partitions", topic.partitions},
                {"replication", topic.replication},
                {"config", topic.config},
                {"validate", validate}},
               std::move(ask.key), std::move(done));
    }

    void configure(std::string topic, ConfigChange wanted, bool validate, Ask ask, Done<ConfigChange> done) override {
        stands(topic, ask,
               alive([this, topic, wanted = std::move(wanted), validate, ask,
                      done = std::move(done)](const Result<Stands>& at) {
                   const auto own = at ? own_after(at->config, wanted, topic)
                                       : Result<std::map<std::string, std::string>>(failed(at));
                   if (!own) {
                       done(failed(own));
                       return;
                   }
                   change("/topics/" + topic + "/config", "settings of topic " + topic,
                          {{"own", *own}, {"validate", validate}}, ask.key + "#config",
                          [this, topic, wanted, own = *own, validate, ask, done](const Result<void>& written) {
                              if (!written || validate) {
                                  done(written ? Result<ConfigChange>(ConfigChange{}) : failed(written));
                                  return;
                              }
                              stands(topic, {ask.key + "#then", ask.ceiling},
                                     alive([wanted, own, done](const Result<Stands>& then) {
                                         if (then) {
                                             done(others_since(own, then->config, wanted));
                                             return;
                                         }
                                         Error error = then.error(); // it was written: what stands has to be read
                                         error.code = ErrorCode::unreachable;
                                         done(tl::unexpected(std::move(error)));
                                     }));
                          });
               }));
    }

    void admit(const Message& message, Ask ask, Done<void> done) override {
        change("/topics/" + message.topic + "/message", "message to " + message.topic, {{"key", !message.key.empty()}},
               std::move(ask.key), std::move(done));
    }

private:
    /// `topic` has the form of a topic's name: it needs no encoding.
    void stands(const std::string& topic, const Ask& ask, Done<Stands> done) {
        stands_at("/topics/" + topic, "topic " + topic, ask, std::move(done));
    }

    void stands_at(const std::string& path, const std::string& about, const Ask& ask, Done<Stands> done) {
        net::HttpRequest request;
        request.url = url_ + path;
        request.key = ask.key + "#desk";
        http_.send(std::move(request), alive([about, done = std::move(done)](Result<net::HttpResponse> answer) {
                       if (!answer) {
                           done(tl::unexpected(net::only_asked(answer.error())));
                       } else if (answer->status != 200) {
                           done(tl::unexpected(refusal(*answer, about)));
                       } else {
                           done(stands_in(answer->body));
                       }
                   }));
    }

    void next(std::vector<std::string> topics, std::size_t at, std::map<std::string, int> found, const Ask& ask,
              Done<std::map<std::string, int>> done) {
        if (at == topics.size()) {
            connection_.scheduler().after({},
                                          alive([found = std::move(found), done = std::move(done)] { done(found); }));
            return;
        }
        const std::string topic = topics[at];
        stands(topic, {fmt::format("{}#{}", ask.key, at + 1), ask.ceiling},
               alive([this, topics = std::move(topics), at, found = std::move(found), ask,
                      done = std::move(done)](const Result<Stands>& one) mutable {
                   if (!one) {
                       done(failed(one));
                       return;
                   }
                   found[topics[at]] = one->partitions;
                   next(std::move(topics), at + 1, std::move(found), ask, std::move(done));
               }));
    }

    void change(const std::string& path, const std::string& about, const Json& body, std::string key, Done<void> done) {
        net::HttpRequest request;
        request.method = "POST";
        request.url = url_ + path;
        request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
        request.key = std::move(key);
        request.pool = net::Pool::acting;
        http_.send(std::move(request), alive([about, done = std::move(done)](Result<net::HttpResponse> answer) {
                       if (!answer) {
                           done(failed(answer));
                       } else if (answer->status >= 300) {
                           done(tl::unexpected(refusal(*answer, about)));
                       } else {
                           done({});
                       }
                   }));
    }

    static Error refusal(const net::HttpResponse& answer, const std::string& about) {
        if (answer.body == rd_kafka_err2str(RD_KAFKA_RESP_ERR_INVALID_RECORD)) {
            return error_of(RD_KAFKA_RESP_ERR_INVALID_RECORD, about);
        }
        const std::string what = about + ": " + answer.body;
        switch (answer.status) {
        case 403:
            return {ErrorCode::refused, what, "", "let this user have the ACL, or use another"};
        case 404:
            return {ErrorCode::not_found, what, "", "is the name right, and may this user see it?"};
        case 409:
            return {ErrorCode::conflict, what, "", ""};
        default:
            return {ErrorCode::bad_input, what, "", ""};
        }
    }

    Connection& connection_;
    net::HttpClient& http_;
    std::string url_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace

std::unique_ptr<TopicDesk> simulated_desk(Connection& connection, net::HttpClient& http, std::string url) {
    return std::make_unique<SimulatedDesk>(connection, http, std::move(url));
}

} // namespace sluice::kafka
