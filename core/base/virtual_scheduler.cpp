#include "base/virtual_scheduler.h"

#include <algorithm>

namespace sluice {

TimerId VirtualScheduler::at(Nanos when, Callback callback) {
    const std::uint64_t id = ++last_id_;
    const Nanos due = std::max(when, now_);
    timers_.emplace(std::pair{due, id}, std::move(callback));
    timer_due_.emplace(id, due);
    return TimerId{id};
}

void VirtualScheduler::cancel(TimerId timer) {
    const auto id = static_cast<std::uint64_t>(timer);
    const auto found = timer_due_.find(id);
    if (found == timer_due_.end()) {
        return;
    }
    timers_.erase({found->second, id});
    timer_due_.erase(found);
}

WorkId VirtualScheduler::begin(std::string key) {
    const std::uint64_t id = ++last_id_;
    work_.emplace(id, Work{std::move(key)});
    ++holding_;
    return WorkId{id};
}

void VirtualScheduler::finish(WorkId work, Callback deliver) {
    const auto found = work_.find(static_cast<std::uint64_t>(work));
    if (found == work_.end()) {
        return;
    }
    ready_.emplace(found->second.key, std::move(deliver));
    abandon(work);
}

void VirtualScheduler::abandon(WorkId work) {
    const auto found = work_.find(static_cast<std::uint64_t>(work));
    if (found == work_.end()) {
        return;
    }
    if (!found->second.parked) {
        --holding_;
    }
    work_.erase(found);
}

void VirtualScheduler::park(std::string_view key) {
    for (auto& [id, work] : work_) {
        if (work.key == key && !work.parked) {
            work.parked = true;
            --holding_;
        }
    }
}

void VirtualScheduler::resume(std::string_view key) {
    for (auto& [id, work] : work_) {
        if (work.key == key && work.parked) {
            work.parked = false;
            ++holding_;
        }
    }
}

Nanos VirtualScheduler::next_timer() const {
    return timers_.empty() ? Nanos{INT64_MAX} : timers_.begin()->first.first;
}

bool VirtualScheduler::step(Nanos limit) {
    if (holding_ > 0) {
        return false;
    }
    if (!ready_.empty()) {
        // What these callbacks finish in turn is of the next round.
        auto round = std::exchange(ready_, {});
        for (auto& [key, deliver] : round) {
            deliver();
        }
        return true;
    }
    if (timers_.empty() || timers_.begin()->first.first > limit) {
        return false;
    }
    auto first = timers_.extract(timers_.begin());
    timer_due_.erase(first.key().second);
    now_ = first.key().first;
    first.mapped()();
    return true;
}

void VirtualScheduler::run_until(Nanos when) {
    while (step(when)) {
    }
    now_ = std::max(now_, when);
}

} // namespace sluice
