#pragma once
/// A metric that is polled and a gate on it that is judged, as a release has them, over time that passes or stands
/// still.
#include "analysis/gate.h"
#include "base/virtual_scheduler.h"
#include "net/live_scheduler.h"
#include "net/virtual_driver.h"
#include "plan/condition.h"
#include "sources/polling.h"

#include <QtTest>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace sluice::testing {

/// The virtual clock, shown as if it were the machine's: answers' dates are compared with it.
class ShownClock : public VirtualScheduler {
public:
    using VirtualScheduler::VirtualScheduler;
    std::optional<Nanos> wall() const override { return now(); }
};

/// Real time only where a fault consists of it; else virtual time, which waits for real answers.
class Time {
public:
    explicit Time(bool real) {
        if (real) {
            live_.emplace();
        } else {
            shown_.emplace(seconds(1'767'225'600));
            driver_.emplace(*shown_);
        }
    }
    Scheduler& scheduler() { return live_ ? static_cast<Scheduler&>(*live_) : *shown_; }
    bool until(const std::function<bool()>& holds) {
        return live_ ? QTest::qWaitFor(holds, 10'000) : driver_->run_until(holds);
    }
    bool pass(Nanos length) {
        return until([this, end = scheduler().now() + length] { return scheduler().now() >= end; });
    }

private:
    std::optional<net::LiveScheduler> live_;
    std::optional<ShownClock> shown_;
    std::optional<net::VirtualDriver> driver_;
};

class WatchedGate {
public:
    /// `must`: "< 1".
    WatchedGate(Scheduler& scheduler, plan::Metric metric, const char* must, std::unique_ptr<sources::Source> source,
                Nanos timeout = seconds(5), bool backs_off = true)
        : scheduler_(scheduler), metric_(std::move(metric)),
          poller_(scheduler, [this](const series::SampleBatch& batch) { take(batch); }) {
        gate_.id = metric_.name;
        gate_.metric = metric_.name;
        gate_.must = *plan::parse_must(must);
        poller_.add({metric_.name, std::move(source), metric_.interval, timeout, backs_off});
        poller_.start();
    }

    analysis::GateVerdict verdict() const { return by(latest_); }
    /// As if nothing at all had come since the last good answer.
    analysis::GateVerdict by_old_value() const { return by(good_); }
    bool passes() const { return verdict().verdict == analysis::Verdict::pass; }
    /// How many answers have made it pass so far.
    int passed() const { return passed_; }
    std::optional<Nanos> age() const { return poller_.age(metric_.name); }
    Nanos max_age() const { return analysis::max_age(metric_); }

    /// "source-error: HTTP status 500", of the answer as it came.
    QString said() const {
        const auto* batch = latest_.of(metric_.name);
        const std::string why = batch && !batch->readings.empty() ? batch->readings.front().detail : "no answer yet";
        return QString::fromStdString(fmt::format("{}: {}", name(verdict().verdict), why));
    }

private:
    analysis::GateVerdict by(const analysis::Latest& latest) const {
        return judge(gate_, metric_, latest, {}, scheduler_.now()).front();
    }
    void take(const series::SampleBatch& batch) {
        latest_.take(batch);
        if (batch.status == series::Status::ok) {
            good_.take(batch);
        }
        passed_ += passes() ? 1 : 0;
    }

    Scheduler& scheduler_;
    plan::Metric metric_;
    plan::Gate gate_;
    analysis::Latest latest_, good_;
    int passed_ = 0;
    sources::Poller poller_;
};

/// A fault has come over what `gate` asks: the gate says so, does not pass while that lasts nor by what it knew, and
/// its age shows. Empty when all that holds, else what does not.
inline QString holds_back(Time& time, const WatchedGate& gate, const QString& says) {
    if (!time.until([&] { return gate.said().startsWith(says); })) {
        return "it says '" + gate.said() + "'";
    }
    const int passed = gate.passed();
    const auto age = gate.age();
    if (!age || !time.pass(gate.max_age() + milliseconds(50))) {
        return "there is no age, or no time passes";
    }
    if (gate.passed() != passed || gate.passes()) {
        return "it passed";
    }
    if (!gate.said().startsWith(says)) {
        return "later it says '" + gate.said() + "'";
    }
    if (says.startsWith("fail")) {
        return {}; // that is an answer, and as fresh as one
    }
    if (*gate.age() <= *age || *gate.age() <= gate.max_age()) {
        return "the age does not show";
    }
    const auto old = gate.by_old_value();
    return old.verdict == analysis::Verdict::no_data && old.why.starts_with("the data is older than")
               ? QString()
               : QString::fromStdString("the old value is still taken: " + old.why);
}

/// The fault is gone: it passes by itself, and by new data.
inline QString recovers(Time& time, const WatchedGate& gate) {
    return time.until([&] { return gate.passes(); }) && *gate.age() <= gate.max_age()
               ? QString()
               : "it has not recovered: '" + gate.said() + "'";
}

} // namespace sluice::testing
