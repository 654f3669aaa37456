#include "screens/picture_source.h"

#include <algorithm>
#include <set>

namespace sluice::screens {
namespace {

/// Of whom the session is. Nothing is sent.
class DrawnChannel : public story::CommandChannel {
public:
    explicit DrawnChannel(release::Actor actor) : actor_(std::move(actor)) {}
    void submit(const release::Command&, Answer answer) override {
        answer(Error{ErrorCode::refused, "a picture can't act", {}, {}});
    }
    release::Actor actor() const override { return actor_; }
    void act_as(const release::Actor& person) override { actor_ = person; }

private:
    release::Actor actor_;
};

release::Actor opened_by(const std::vector<story::DeliveryPtr>& deliveries) {
    for (const auto& delivery : deliveries) {
        for (const auto& entry : delivery->entries) {
            if (const auto* opened = std::get_if<release::SessionOpened>(&entry.event.body)) {
                return opened->by;
            }
        }
    }
    return {};
}

} // namespace

story::Delivery delivered_until(const std::vector<story::DeliveryPtr>& deliveries, std::optional<Nanos> until) {
    story::Delivery all;
    std::set<std::string> begun; // operations: output of version 1 has no other time
    for (const auto& delivery : deliveries) {
        for (const auto& entry : delivery->entries) {
            if (until && entry.event.time > *until) {
                break;
            }
            all.entries.push_back(entry);
            if (const auto* intent = std::get_if<release::Intent>(&entry.event.body)) {
                begun.insert(intent->operation);
            }
        }
        for (const auto& tick : delivery->ticks) {
            if (!until || tick.time <= *until) {
                all.ticks.push_back(tick);
            }
        }
        for (const auto& seal : delivery->seals) {
            if (!until || seal.covers <= *until) {
                all.seals.push_back(seal);
            }
        }
        all.trouble = delivery->trouble ? delivery->trouble : all.trouble;
        all.ended = all.ended || delivery->ended;
        all.owned = delivery->owned ? delivery->owned : all.owned;
    }
    for (const auto& delivery : deliveries) {
        for (const auto& chunk : delivery->output) {
            if (begun.contains(chunk.operation) && (!until || chunk.time <= *until)) {
                all.output.push_back(chunk);
            }
        }
    }
    const bool over =
        !all.entries.empty() && std::holds_alternative<release::SessionClosed>(all.entries.back().event.body);
    all.ended = all.ended && (over || !until);
    all.owned = until ? std::nullopt : all.owned; // of that moment nobody knows
    // The clock of a session that was killed stands where it was last heard of, not where the reader's clock is.
    all.now = until.value_or(all.entries.empty() ? Nanos{} : all.entries.back().event.time);
    if (!until && !all.ticks.empty()) {
        all.now = std::max(all.now, all.ticks.back().time);
    }
    return all;
}

PictureSource::PictureSource(std::vector<story::DeliveryPtr> deliveries, std::optional<Nanos> until, QString file)
    : deliveries_(std::move(deliveries)), until_(until), file_(std::move(file)),
      commands_(std::make_unique<DrawnChannel>(opened_by(deliveries_))) {}

void PictureSource::start() {
    emit delivered(std::make_shared<const story::Delivery>(delivered_until(deliveries_, until_)));
}

} // namespace sluice::screens
