#include "effects/kafka_effect.h"

#include "base/digest.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

namespace sluice::effects {
namespace {

using DeskAsk = kafka::TopicDesk::Ask;

constexpr const char* operation_header = "sluice-operation";

/// Nobody answered: it can have happened.
Ending ending_of(const Error& error) {
    return error.code == ErrorCode::unreachable || error.code == ErrorCode::timed_out ? Ending::unknown
                                                                                      : Ending::failed;
}

Json as_text(const Json& json) {
    return {{"text", json.dump()}};
}

ReadBack not_known(const Error& error) {
    return {Match::unknown, plain(error), false, nullptr};
}

/// "1 message", "5 messages".
std::string counted_words(std::int64_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// What the four have in common. Nothing is cancelled: the brokers have what was sent, or a call is over soon.
class KafkaEffect : public Effect {
public:
    KafkaEffect(std::shared_ptr<kafka::Cluster> cluster, Nanos timeout)
        : cluster_(std::move(cluster)), timeout_(std::clamp(timeout, milliseconds(100), seconds(30))) {}

    EffectClass effect_class() const override { return EffectClass::convergent; }
    void cancel() override {}

protected:
    template <typename F>
    auto alive(F then) {
        return [life = std::weak_ptr(life_), then = std::move(then)](auto&&... answer) {
            if (!life.expired()) {
                then(std::forward<decltype(answer)>(answer)...);
            }
        };
    }
    DeskAsk ask(std::string key) const { return {std::move(key), timeout_}; }
    kafka::TopicDesk& topics() { return cluster_->topics(); }
    bool simulated() const { return cluster_->simulated(); }
    template <typename Answer, typename Work, typename Then>
    void call(std::string key, Work work, Then then) {
        cluster_->connection().call<Answer>(std::move(key), timeout_, std::move(work), alive(std::move(then)));
    }
    void later(std::function<void()> then) { cluster_->connection().scheduler().after({}, alive(std::move(then))); }
    static std::string key_of(const Prepared& prepared) { return prepared.detail.value("key", std::string()); }

    /// A write has been answered; `result` is what it brought about.
    static void settle(const EffectSink& sink, const Result<void>& written, const Json& result) {
        if (written) {
            sink.settled({Ending::done, as_text(result), {}});
        } else {
            sink.settled({ending_of(written.error()), {}, written.error()});
        }
    }

private:
    std::shared_ptr<kafka::Cluster> cluster_;
    Nanos timeout_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

class OffsetsEffect : public KafkaEffect {
public:
    OffsetsEffect(std::shared_ptr<kafka::Cluster> cluster, Nanos timeout, SetOffsets wanted)
        : KafkaEffect(std::move(cluster), timeout), wanted_(std::move(wanted)) {}

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        topics().partitions(wanted_.topics, ask(key + "#topics"),
                            alive([this, key, done = std::move(done)](Result<std::map<std::string, int>> partitions) {
                                if (!partitions) {
                                    done(failed(partitions));
                                    return;
                                }
                                call<Result<kafka::Move>>(
                                    key + "#offsets",
                                    [group = wanted_.group, places = kafka::places_of(*partitions), aim = wanted_.aim](
                                        const kafka::Call& at) { return resolve_move(at, group, places, aim); },
                                    [this, key, done](const Result<kafka::Move>& move) {
                                        done(move ? Result<Prepared>(prepared(key, *move)) : failed(move));
                                    });
                            }));
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        auto move = move_in(prepared);
        if (!move || move->before == move->after) {
            later([sink, move = std::move(move), result = result_of(prepared)] {
                settle(sink, move ? Result<void>() : failed(move), result);
            });
            return;
        }
        call<Result<void>>(
            key_of(prepared) + "#commit",
            [group = wanted_.group, move = *move](const kafka::Call& at) { return commit(at, group, move); },
            [sink, result = result_of(prepared)](const Result<void>& written) { settle(sink, written, result); });
    }

    void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) override {
        auto move = move_in(prepared);
        if (!move) {
            later([done = std::move(done), error = move.error()] { done(not_known(error)); });
            return;
        }
        std::vector<kafka::Place> places;
        for (const auto& [place, offset] : move->after) {
            places.push_back(place);
        }
        call<Result<kafka::Offsets>>(
            key_of(prepared) + "#back",
            [group = wanted_.group, places](const kafka::Call& at) { return committed(at, group, places); },
            [done = std::move(done), move = *move, result = result_of(prepared)](const Result<kafka::Offsets>& found) {
                if (!found) {
                    done(not_known(found.error()));
                } else if (*found == move.after) {
                    done({Match::matches, "", false, as_text(result)});
                } else {
                    done({Match::differs, "the group stands at " + kafka::to_json(*found).dump(), *found == move.before,
                          nullptr});
                }
            });
    }

    Json foretold(const Prepared& prepared) const override { return as_text(result_of(prepared)); }

private:
    static Result<kafka::Move> move_in(const Prepared& prepared) {
        auto before = kafka::offsets_from(prepared.detail.value("before", Json()));
        auto after = kafka::offsets_from(prepared.detail.value("after", Json()));
        if (!before || !after) {
            return before ? failed(after) : failed(before);
        }
        return kafka::Move{std::move(*before), std::move(*after), {}};
    }

    static Json result_of(const Prepared& prepared) {
        return {{"group", prepared.detail.value("group", "")},
                {"before", prepared.detail.value("before", Json())},
                {"after", prepared.detail.value("after", Json())}};
    }

    Prepared prepared(const std::string& key, const kafka::Move& move) const {
        std::int64_t back = 0, forward = 0, first = 0;
        for (const auto& [place, offset] : move.after) {
            const auto before = move.before.at(place);
            first += !before && offset ? 1 : 0;
            if (before && offset) {
                (*offset < *before ? back : forward) += std::abs(*offset - *before);
            }
        }
        std::vector<std::string> parts{counted_words(static_cast<std::int64_t>(move.after.size()), "partition")};
        if (back > 0) {
            parts.push_back(counted_words(back, "message") + " back");
        }
        if (forward > 0) {
            parts.push_back(counted_words(forward, "message") + " forward");
        }
        if (first > 0) {
            parts.push_back(fmt::format("{} without a commit before", first));
        }
        if (move.before == move.after) {
            parts.emplace_back("nothing to change");
        }
        parts.insert(parts.end(), move.notes.begin(), move.notes.end());
        if (simulated()) { // told, since a rehearsal can't know
            parts.emplace_back(wanted_.aim.kind == kafka::Aim::Kind::instant
                                   ? "(simulated: members are not checked, an instant is the end)"
                                   : "(simulated: members are not checked)");
        }
        return {"kafka",
                EffectClass::convergent,
                fmt::format("set offsets of group {} on {} to {}: {}", wanted_.group, fmt::join(wanted_.topics, ", "),
                            wanted_.to, fmt::join(parts, ", ")),
                {{"key", key},
                 {"operation", "set-offsets"},
                 {"group", wanted_.group},
                 {"before", kafka::to_json(move.before)},
                 {"after", kafka::to_json(move.after)}}};
    }

    SetOffsets wanted_;
};

class TopicEffect : public KafkaEffect {
public:
    TopicEffect(std::shared_ptr<kafka::Cluster> cluster, Nanos timeout, kafka::NewTopic wanted)
        : KafkaEffect(std::move(cluster), timeout), wanted_(std::move(wanted)) {}

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        topics().describe(wanted_.name, ask(key + "#topic"),
                          alive([this, key, done = std::move(done)](const Result<kafka::Topic>& found) {
                              if (found) {
                                  const std::string why = difference(*found, wanted_);
                                  done(why.empty() ? Result<Prepared>(prepared(key, true))
                                                   : fail(ErrorCode::conflict, why, {},
                                                          "name another topic, or ask for what is there"));
                              } else if (found.error().code == ErrorCode::not_found) {
                                  done(prepared(key, false));
                              } else {
                                  done(failed(found));
                              }
                          }));
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        if (prepared.detail.value("there", false)) {
            later([sink, result = result()] { settle(sink, {}, result); });
            return;
        }
        topics().create(
            wanted_, false, ask(key_of(prepared) + "#create"),
            alive([sink, result = result()](const Result<void>& written) { settle(sink, written, result); }));
    }

    void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) override {
        topics().describe(wanted_.name, ask(key_of(prepared) + "#back"),
                          alive([this, done = std::move(done)](const Result<kafka::Topic>& found) {
                              if (!found && found.error().code != ErrorCode::not_found) {
                                  done(not_known(found.error()));
                              } else if (!found) {
                                  done({Match::differs, "the topic is not there", true, nullptr});
                              } else if (const std::string why = difference(*found, wanted_); !why.empty()) {
                                  done({Match::differs, why, false, nullptr});
                              } else {
                                  done({Match::matches, "", false, as_text(result())});
                              }
                          }));
    }

    Json foretold(const Prepared&) const override { return as_text(result()); }

private:
    Prepared prepared(const std::string& key, bool there) const {
        return {"kafka",
                EffectClass::convergent,
                fmt::format("create topic {} with {}, replication {}{}", wanted_.name,
                            counted_words(wanted_.partitions, "partition"), wanted_.replication,
                            there ? ": it is there already" : ""),
                {{"key", key},
                 {"operation", "create-topic"},
                 {"topic", wanted_.name},
                 {"partitions", wanted_.partitions},
                 {"replication", wanted_.replication},
                 {"config", wanted_.config},
                 {"there", there}}};
    }
    Json result() const {
        return {{"topic", wanted_.name}, {"partitions", wanted_.partitions}, {"replication", wanted_.replication}};
    }

    kafka::NewTopic wanted_;
};

class ConfigEffect : public KafkaEffect {
public:
    ConfigEffect(std::shared_ptr<kafka::Cluster> cluster, Nanos timeout, SetConfig wanted)
        : KafkaEffect(std::move(cluster), timeout), wanted_(std::move(wanted)) {}

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        topics().describe(wanted_.topic, ask(key + "#topic"),
                          alive([this, key, done = std::move(done)](const Result<kafka::Topic>& found) {
                              const auto change = change_in(found);
                              done(change ? Result<Prepared>(prepared(key, *change)) : failed(change));
                          }));
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        const auto change = stored(prepared);
        if (kafka::same_values(change.before, change.after)) {
            later([sink, result = result_of(prepared)] { settle(sink, {}, result); });
            return;
        }
        topics().configure(wanted_.topic, change, false, ask(key_of(prepared) + "#alter"),
                           alive([sink, result = result_of(prepared)](const Result<kafka::ConfigChange>& others) {
                               Json whole = result;
                               if (others && !others->after.empty()) {
                                   whole["others"] = {{"before", others->before}, {"after", others->after}};
                                   tell(sink, *others);
                               }
                               settle(sink, others ? Result<void>() : failed(others), whole);
                           }));
    }

    void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) override {
        topics().describe(wanted_.topic, ask(key_of(prepared) + "#back"),
                          alive([this, done = std::move(done), was = stored(prepared),
                                 result = result_of(prepared)](const Result<kafka::Topic>& found) {
                              const auto change = change_in(found);
                              if (!change) {
                                  done(not_known(change.error()));
                              } else if (kafka::same_values(change->before, was.after)) {
                                  done({Match::matches, "", false, as_text(result)});
                              } else {
                                  done({Match::differs, "the settings are " + Json(change->before).dump(),
                                        kafka::same_values(change->before, was.before), nullptr});
                              }
                          }));
    }

    Json foretold(const Prepared& prepared) const override { return as_text(result_of(prepared)); }

private:
    static void tell(const EffectSink& sink, const kafka::ConfigChange& others) {
        for (const auto& [name, after] : others.after) {
            if (sink.output) {
                sink.output(
                    fmt::format("somebody else changed {} meanwhile: {} → {}\n", name, others.before.at(name), after));
            }
        }
    }

    Result<kafka::ConfigChange> change_in(const Result<kafka::Topic>& found) const {
        if (!found) {
            return failed(found);
        }
        if (!found->config_error.empty()) {
            return fail(ErrorCode::refused, found->config_error);
        }
        return kafka::change_of(found->config, wanted_.config, wanted_.topic);
    }

    static kafka::ConfigChange stored(const Prepared& prepared) {
        using Map = std::map<std::string, std::string>;
        return {prepared.detail.value("before", Json::object()).get<Map>(),
                prepared.detail.value("after", Json::object()).get<Map>()};
    }
    static Json result_of(const Prepared& prepared) {
        return {{"topic", prepared.detail.value("topic", "")},
                {"before", prepared.detail.value("before", Json())},
                {"after", prepared.detail.value("after", Json())}};
    }

    Prepared prepared(const std::string& key, const kafka::ConfigChange& change) const {
        std::vector<std::string> parts;
        for (const auto& [name, value] : change.after) {
            const std::string& before = change.before.at(name);
            parts.push_back(kafka::same_value(before, value) ? fmt::format("{} is {} already", name, value)
                                                             : fmt::format("{} {} → {}", name, before, value));
        }
        return {"kafka",
                EffectClass::convergent,
                fmt::format("configure topic {}: {}", wanted_.topic, fmt::join(parts, ", ")),
                {{"key", key},
                 {"operation", "set-config"},
                 {"topic", wanted_.topic},
                 {"before", change.before},
                 {"after", change.after}}};
    }

    SetConfig wanted_;
};

class MessageEffect : public KafkaEffect {
public:
    MessageEffect(std::shared_ptr<kafka::Cluster> cluster, Nanos timeout, kafka::Message message)
        : KafkaEffect(std::move(cluster), timeout), message_(std::move(message)) {}

    EffectClass effect_class() const override { return EffectClass::opaque; }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        topics().partitions({message_.topic}, ask(key + "#topics"),
                            alive([this, key, done = std::move(done)](const Result<std::map<std::string, int>>& found) {
                                done(found ? Result<Prepared>(prepared(key, found->at(message_.topic)))
                                           : failed(found));
                            }));
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        kafka::Message message = message_;
        message.headers.emplace_back(operation_header, key_of(prepared));
        message.partition = prepared.detail.value("partition", -1);
        const std::string key = key_of(prepared);
        topics().admit(message, ask(key + "#admit"), alive([this, message, key, sink](const Result<void>& admitted) {
                           if (admitted) {
                               send_it(message, key, sink);
                           } else {
                               sink.settled({Ending::failed, {}, admitted.error()}); // nothing was sent
                           }
                       }));
    }

    void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) override {
        later([done = std::move(done), key = key_of(prepared)] {
            done({Match::unknown,
                  fmt::format("a message can't be read back; look for one with the header {}: {}", operation_header,
                              key),
                  false, nullptr});
        });
    }

private:
    void send_it(const kafka::Message& message, const std::string& key, const EffectSink& sink) {
        call<kafka::Sent>(
            key + "#send", [message](const kafka::Call& at) { return send(at, message); },
            [sink, topic = message_.topic](const kafka::Sent& sent) {
                switch (sent.state) {
                case kafka::Sent::State::kept:
                    sink.settled({Ending::done,
                                  as_text({{"topic", topic}, {"partition", sent.partition}, {"offset", sent.offset}}),
                                  {}});
                    break;
                case kafka::Sent::State::not_kept:
                    sink.settled({Ending::failed, {}, sent.error});
                    break;
                case kafka::Sent::State::unknown:
                    sink.settled({Ending::unknown, {}, sent.error});
                    break;
                }
            });
    }

    /// Without a key the operation decides on the partition, so that a rehearsal does the same each time.
    Prepared prepared(const std::string& key, int partitions) const {
        const int own = message_.key.empty() && partitions > 0 ? sha256(key)[0] % partitions : -1;
        return {"kafka",
                EffectClass::opaque,
                fmt::format("produce {} bytes to {}{}", message_.payload.size(), message_.topic,
                            message_.key.empty() ? "" : ", key " + message_.key),
                {{"key", key},
                 {"operation", "produce"},
                 {"topic", message_.topic},
                 {"message-key", message_.key},
                 {"partition", own},
                 {"bytes", message_.payload.size()},
                 {"digest", hex(sha256(message_.payload))}}};
    }

    kafka::Message message_;
};

} // namespace

std::unique_ptr<Effect> kafka_effect(std::shared_ptr<kafka::Cluster> cluster, KafkaSpec spec) {
    if (auto* offsets = std::get_if<SetOffsets>(&spec.action)) {
        return std::make_unique<OffsetsEffect>(std::move(cluster), spec.timeout, std::move(*offsets));
    }
    if (auto* topic = std::get_if<CreateTopic>(&spec.action)) {
        return std::make_unique<TopicEffect>(std::move(cluster), spec.timeout, std::move(topic->topic));
    }
    if (auto* config = std::get_if<SetConfig>(&spec.action)) {
        return std::make_unique<ConfigEffect>(std::move(cluster), spec.timeout, std::move(*config));
    }
    return std::make_unique<MessageEffect>(std::move(cluster), spec.timeout,
                                           std::move(std::get<Produce>(spec.action).message));
}

} // namespace sluice::effects
