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
    for (const auto& seal : delivery.seals) {
        seals_.insert(std::ranges::upper_bound(seals_, seal.size, {}, &Seal::size), seal);
    }
    trouble_ = delivery.trouble ? delivery.trouble : trouble_;
    now_ = std::max(now_, delivery.now);
    ended_ = ended_ || delivery.ended;
    owned_ = delivery.owned.value_or(owned_);
}

Nanos Story::begin() const {
    return entries_.empty() ? Nanos{} : entries_.front().event.time;
}

Nanos Story::end() const {
    if (ended_ && !entries_.empty()) {
        return entries_.back().event.time;
    }
    return std::max({now_, head_.time, readings_.last().value_or(Nanos{}), outputs_.last().value_or(Nanos{})});
}

Moment Story::latest(Mode mode) const {
    return {head_, end(), entries_, readings_, outputs_, mode, true, seal_of(entries_.size()), owned_, started_in_};
}

std::size_t Story::count_until(Nanos time) const {
    const auto after = std::upper_bound(entries_.begin(), entries_.end(), time,
                                        [](Nanos t, const Entry& entry) { return t < entry.event.time; });
    return static_cast<std::size_t>(after - entries_.begin());
}

/// As it could be known after `count` events. Of a session that ended, what was cut off is told at its end.
std::optional<Seal> Story::seal_of(std::size_t count) const {
    const auto known = ended_ && count == entries_.size()
                           ? seals_.end()
                           : std::ranges::upper_bound(seals_, static_cast<std::int64_t>(count), {}, &Seal::size);
    const auto misfit = std::find_if(seals_.begin(), known, [](const Seal& seal) { return !seal.fits; });
    if (misfit != known) {
        return *misfit;
    }
    return known == seals_.begin() ? std::nullopt : std::optional(*std::prev(known));
}

Moment Story::at(Nanos time, Mode mode) {
    const std::size_t count = count_until(time);
    if (count == entries_.size()) {
        return {head_, time, entries_, readings_, outputs_, mode, time >= end(), seal_of(count), true, started_in_};
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
    return {then_, time,       std::span(entries_).first(count), readings_, outputs_, mode, false, seal_of(count),
            true,  started_in_};
}

} // namespace sluice::story
