#pragma once
#include "base/scheduler.h"

#include <memory>
#include <set>

namespace sluice::simulation {

/// The clock as one life of the program sees it: when that ends, nothing that it had set goes off any more.
class LifeClock : public Scheduler {
public:
    explicit LifeClock(Scheduler& all) : all_(all) {}
    ~LifeClock() override {
        for (const TimerId timer : own_) {
            all_.cancel(timer);
        }
    }

    Nanos now() const override { return all_.now(); }
    TimerId at(Nanos when, Callback callback) override {
        const auto id = std::make_shared<TimerId>();
        *id = all_.at(when, [this, id, callback = std::move(callback)] {
            own_.erase(*id);
            callback();
        });
        own_.insert(*id);
        return *id;
    }
    void cancel(TimerId timer) override {
        own_.erase(timer);
        all_.cancel(timer);
    }
    WorkId begin(std::string key) override { return all_.begin(std::move(key)); }
    void finish(WorkId work, Callback deliver) override {
        const std::weak_ptr<int> life = life_;
        all_.finish(work, [life, deliver = std::move(deliver)] {
            if (!life.expired()) {
                deliver();
            }
        });
    }
    void abandon(WorkId work) override { all_.abandon(work); }
    void park(std::string_view key) override { all_.park(key); }
    void resume(std::string_view key) override { all_.resume(key); }

private:
    Scheduler& all_;
    std::set<TimerId> own_;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace sluice::simulation
