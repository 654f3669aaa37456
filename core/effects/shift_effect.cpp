#include "effects/shift_effect.h"

#include "effects/write_sequence.h"

#include <fmt/format.h>

namespace sluice::effects {
namespace {

using kubernetes::PreparedWrite;
using Writes = std::vector<PreparedWrite>;

kubernetes::Ask acting(const std::string& key, const char* part) {
    return {key + part, net::Pool::acting, seconds(10)};
}

class ShiftEffect : public Effect {
public:
    ShiftEffect(kubernetes::Client& client, TrafficDriver& driver, ShiftSpec spec)
        : client_(client), driver_(driver), spec_(std::move(spec)) {}
    ~ShiftEffect() override { cancel(); }

    EffectClass effect_class() const override { return EffectClass::convergent; }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        // What is commanded now may contradict itself; a shift is then what puts it right, so that is told, not
        // refused.
        driver_.read(acting(key, "#split"),
                     [this, life = std::weak_ptr(life_), key, done = std::move(done)](Result<Split> now) {
                         if (life.expired()) {
                             return;
                         }
                         if (!now && now.error().code != ErrorCode::conflict) {
                             done(failed(now));
                             return;
                         }
                         prepare_writes(key, now, done);
                     });
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        const Json stored = prepared.detail.value("writes", Json::array());
        auto writes = to_json(writes_) == stored ? Result<Writes>(writes_) : writes_from(stored);
        if (!writes) {
            client_.scheduler().after({}, [sink, error = writes.error()] {
                sink.settled({Ending::failed, {}, error});
            });
            return;
        }
        const std::string key = prepared.detail.value("key", "");
        sequence_ = std::make_shared<WriteSequence>(client_, std::move(*writes), key, sink);
        sequence_->start([this, life = std::weak_ptr(life_), key, sink](WriteSequence::End end) {
            if (life.expired()) {
                return;
            }
            if (end.ending == Ending::done) {
                confirm(key, end.sent, sink);
                return;
            }
            if (end.ending == Ending::failed) {
                tell_what_is_left(key, std::move(end), sink);
                return;
            }
            sink.settled({end.ending, {{"writes", end.sent}}, end.error});
        });
    }

    void cancel() override {
        if (sequence_) {
            sequence_->cancel();
        }
    }

    void read_back(const Prepared& prepared, std::function<void(ReadBack)> done) override {
        const Json before = prepared.detail.value("from", Json());
        const std::string key = prepared.detail.value("key", "");
        driver_.prepare(spec_.target, spec_.final, acting(key, "#back"),
                        [this, life = std::weak_ptr(life_), before, key, done = std::move(done)](Result<Writes> left) {
                            if (life.expired()) {
                                return;
                            }
                            if (!left) {
                                done({left.error().code == ErrorCode::conflict ? Match::differs : Match::unknown,
                                      to_text(left.error()), false, nullptr});
                                return;
                            }
                            if (left->empty()) {
                                done({Match::matches, {}, false});
                                return;
                            }
                            std::string detail;
                            for (const auto& write : *left) {
                                detail += (detail.empty() ? "still to do: " : "; ") + write.what;
                            }
                            driver_.read(acting(key, "#split"), [life, before, detail, done](Result<Split> now) {
                                if (life.expired()) {
                                    return;
                                }
                                // Carried out in part, and nobody can tell which: that is not known yet.
                                if (!now && now.error().code != ErrorCode::conflict) {
                                    done({Match::unknown, to_text(now.error()), false, nullptr});
                                } else {
                                    done({Match::differs, detail, now && Json(*now) == before,
                                          now ? Json{{"split", *now}} : Json()});
                                }
                            });
                        });
    }

private:
    void prepare_writes(const std::string& key, const Result<Split>& now, std::function<void(Result<Prepared>)> done) {
        driver_.prepare(spec_.target, spec_.final, acting(key, "#prepare"),
                        [this, life = std::weak_ptr(life_), key, now, done = std::move(done)](Result<Writes> writes) {
                            if (life.expired()) {
                                return;
                            }
                            if (!writes) {
                                done(failed(writes));
                                return;
                            }
                            writes_ = std::move(*writes);
                            const std::string what =
                                fmt::format("{}: {} → {}{}", spec_.traffic, now ? to_text(*now) : "contradictory",
                                            to_text(spec_.target), spec_.final ? ", final" : "");
                            done(Prepared{"shift",
                                          EffectClass::convergent,
                                          what,
                                          {{"key", key},
                                           {"traffic", spec_.traffic},
                                           {"from", now ? Json(*now) : Json()},
                                           {"to", spec_.target},
                                           {"final", spec_.final},
                                           {"writes", to_json(writes_)}}});
                        });
    }

    /// It failed, perhaps after a part of it was written, or because somebody else was at work: what is commanded now
    /// is told with it.
    void tell_what_is_left(const std::string& key, WriteSequence::End end, const EffectSink& sink) {
        driver_.read(acting(key, "#left"), [life = std::weak_ptr(life_), end, sink](Result<Split> now) {
            if (life.expired()) {
                return;
            }
            Json result = {{"writes", end.sent}};
            if (now) {
                result["split"] = *now;
            } else if (!end.sent.empty() && now.error().code != ErrorCode::conflict) {
                // A part of it is there. Told as failed, the log would keep the split of before.
                Error why = end.error;
                why.what += "; a part was written, and what is commanded now could not be read: " + now.error().what;
                sink.settled({Ending::unknown, result, why});
                return;
            }
            sink.settled({end.ending, result, end.error});
        });
    }

    /// The writes are through; what is commanded must now be the target, or somebody else is at work.
    void confirm(const std::string& key, const Json& sent, const EffectSink& sink) {
        driver_.read(acting(key, "#confirm"), [this, life = std::weak_ptr(life_), sent, sink](Result<Split> now) {
            if (life.expired()) {
                return;
            }
            if (!now) {
                sink.settled({Ending::unknown, {{"writes", sent}}, now.error()});
                return;
            }
            const Json result = {{"split", *now}, {"writes", sent}};
            for (const auto& [arm, weight] : spec_.target) {
                const auto have = now->find(arm);
                if ((have == now->end() ? 0 : have->second) != weight) {
                    sink.settled({Ending::failed,
                                  result,
                                  {ErrorCode::conflict,
                                   fmt::format("the split is {}, not {}: somebody else changed it", to_text(*now),
                                               to_text(spec_.target)),
                                   spec_.traffic, "look at the Ingress, then try again"}});
                    return;
                }
            }
            sink.settled({Ending::done, result, {}});
        });
    }

    kubernetes::Client& client_;
    TrafficDriver& driver_;
    ShiftSpec spec_;
    Writes writes_;
    std::shared_ptr<WriteSequence> sequence_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace

std::unique_ptr<Effect> shift_effect(kubernetes::Client& client, TrafficDriver& driver, ShiftSpec spec) {
    return std::make_unique<ShiftEffect>(client, driver, std::move(spec));
}

} // namespace sluice::effects
