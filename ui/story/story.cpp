#include "story/story.h"

#include <algorithm>

namespace sluice::story {

void Story::take(const Delivery& delivery) {
    for (const Entry& entry : delivery.entries) {
        release::apply(head_, entry.event);
        entries_.push_back(entry);
        if (entries_.size() % keyframe_every == 0) {
            keyframes_.emplace(entries_.size(), head_);
        }
    }
    for (const auto& chunk : delivery.output) {
        outputs_.take(chunk);
    }
    for (const auto& tick : delivery.ticks) {
        readings_.take(tick);
    }
    if (!delivery.checkpoint.empty()) {
        checkpoint_ = delivery.checkpoint;
    }
    seal_ = delivery.seal ? delivery.seal : seal_;
    trouble_ = delivery.trouble ? delivery.trouble : trouble_;
    now_ = std::max(now_, delivery.now);
    ended_ = ended_ || delivery.ended;
}

Nanos Story::begin() const {
    return entries_.empty() ? Nanos{} : entries_.front().event.time;
}

Nanos Story::end() const {
    if (ended_ && !entries_.empty()) {
        return entries_.back().event.time;
    }
    return std::max({now_, head_.time, readings_.last().value_or(Nanos{})});
}

Moment Story::latest(Mode mode) const {
    return {head_, end(), entries_, readings_, outputs_, mode, checkpoint_, true, seal_};
}

std::size_t Story::count_until(Nanos time) const {
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), time,
                                        [](Nanos t, const Entry& entry) { return t < entry.event.time; });
    return static_cast<std::size_t>(after - entries_.begin());
}

Moment Story::at(Nanos time, Mode mode) {
    const std::size_t count = count_until(time);
    if (count == entries_.size()) {
        return {head_, time, entries_, readings_, outputs_, mode, checkpoint_, time >= end(), seal_};
    }
    const auto keyframe = keyframes_.upper_bound(count);
    const std::size_t from = keyframe == keyframes_.begin() ? 0 : std::prev(keyframe)->first;
    if (then_count_ > count || then_count_ < from) {
        then_ = from == 0 ? release::Release{} : std::prev(keyframe)->second;
        then_count_ = from;
    }
    for (; then_count_ < count; ++then_count_) {
        release::apply(then_, entries_[then_count_].event);
    }
    return {then_, time, std::span(entries_).first(count), readings_, outputs_, mode, checkpoint_, false, seal_};
}

} // namespace sluice::story
