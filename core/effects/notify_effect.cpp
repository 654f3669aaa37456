#include "effects/notify_effect.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::effects {
namespace {

class NotifyEffect : public Effect {
public:
    NotifyEffect(Scheduler& scheduler, std::vector<Delivery> deliveries)
        : scheduler_(scheduler), deliveries_(std::move(deliveries)) {
        for (auto& one : deliveries_) {
            parts_.push_back(http_effect(*one.http, scheduler_, one.call));
        }
    }

    EffectClass effect_class() const override {
        const bool keyed = std::all_of(parts_.begin(), parts_.end(),
                                       [](const auto& part) { return part->effect_class() == EffectClass::keyed; });
        return keyed ? EffectClass::keyed : EffectClass::opaque;
    }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        std::vector<std::string> names;
        Json channels = Json::array();
        for (const auto& one : deliveries_) {
            names.push_back(one.channel);
            channels.push_back(
                {{"channel", one.channel}, {"method", one.call.method}, {"url", without_query(one.call.url)}});
        }
        Prepared prepared{"notify",
                          effect_class(),
                          fmt::format("tell {}", fmt::join(names, ", ")),
                          {{"key", std::move(key)}, {"channels", std::move(channels)}}};
        scheduler_.after({}, [life = std::weak_ptr(life_), done = std::move(done), prepared = std::move(prepared)] {
            if (!life.expired()) {
                done(prepared);
            }
        });
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        sink_ = std::move(sink);
        key_ = prepared.detail.value("key", std::string());
        at_ = 0;
        unknown_ = false;
        told_.clear();
        failed_ = Json::object();
        next();
    }

    void cancel() override {} // each is short, and what was sent can't be taken back

    void read_back(const Prepared&, std::function<void(ReadBack)> done) override {
        scheduler_.after({}, [life = std::weak_ptr(life_), done = std::move(done)] {
            if (!life.expired()) {
                done({Match::unknown, "a message can't be read back", false});
            }
        });
    }

private:
    void next() {
        if (at_ == parts_.size()) {
            settle();
            return;
        }
        Prepared part;
        part.detail = {{"key", key_ + "/" + deliveries_[at_].channel}};
        parts_[at_]->start(part, {[this](std::string_view text) { print(text); },
                                  [this](Outcome outcome) {
                                      const std::string& channel = deliveries_[at_].channel;
                                      if (outcome.ending == Ending::done) {
                                          told_.push_back(channel);
                                      } else {
                                          failed_[channel] = outcome.error.what;
                                          unknown_ = unknown_ || outcome.ending == Ending::unknown;
                                      }
                                      ++at_;
                                      scheduler_.after({}, [this, life = std::weak_ptr(life_)] {
                                          if (!life.expired()) {
                                              next();
                                          }
                                      });
                                  }});
    }

    /// Several answer: each by its name, on lines of its own.
    void print(std::string_view answer) {
        if (!sink_.output || answer.empty()) {
            return;
        }
        if (deliveries_.size() == 1) {
            sink_.output(answer);
            return;
        }
        std::string lines = deliveries_[at_].channel + ": " + std::string(answer);
        if (lines.back() != '\n') {
            lines += '\n';
        }
        sink_.output(lines);
    }

    void settle() {
        Outcome outcome;
        outcome.ending = failed_.empty() ? Ending::done : unknown_ ? Ending::unknown : Ending::failed;
        outcome.result = {{"told", told_}, {"failed", failed_}};
        if (!failed_.empty()) {
            std::vector<std::string> whys;
            for (const auto& [channel, why] : failed_.items()) {
                whys.push_back(channel + ": " + why.get<std::string>());
            }
            outcome.error = {ErrorCode::refused, fmt::format("{}", fmt::join(whys, "; ")), {}, {}};
        }
        sink_.settled(std::move(outcome));
    }

    Scheduler& scheduler_;
    std::vector<Delivery> deliveries_;
    std::vector<std::unique_ptr<Effect>> parts_;
    EffectSink sink_;
    std::string key_;
    std::size_t at_ = 0;
    bool unknown_ = false;
    std::vector<std::string> told_;
    Json failed_ = Json::object();
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace

std::unique_ptr<Effect> notify_effect(Scheduler& scheduler, std::vector<Delivery> deliveries) {
    return std::make_unique<NotifyEffect>(scheduler, std::move(deliveries));
}

} // namespace sluice::effects
