#include "engine/sample_counts.h"

#include <algorithm>
#include <cmath>

namespace sluice::engine {
namespace {

/// Of an age that a source tells, the instant of measuring is known but for the time that the answer took: the same
/// sample, asked for again, must not look like the next. No metric is polled more than once a second.
constexpr Nanos same_instant = milliseconds(500);

const plan::Hold* at_work(const release::Release& release, const plan::Step& step) {
    const auto status = release.at(step.id).status;
    const bool watched = status == release::StepStatus::running || status == release::StepStatus::person;
    return watched ? std::get_if<plan::Hold>(&step.body) : nullptr;
}

bool counted(const plan::Hold& hold, const std::string& metric) {
    return std::any_of(hold.gates.begin(), hold.gates.end(),
                       [&](const auto& gate) { return gate.samples > 0 && gate.metric == metric; });
}

} // namespace

SampleCounts::Counts& SampleCounts::counts_of(const release::Release& release, const release::StepId& step) {
    const auto& state = release.at(step);
    auto& counts = counts_[step];
    if (counts.attempt == state.attempt) {
        return counts;
    }
    counts = {state.attempt, {}};
    for (const auto& gate : std::get<plan::Hold>(release.plan->step(step)->body).gates) {
        if (gate.samples == 0) {
            continue;
        }
        OfGate& own = counts.gates[gate.id];
        own.from = std::max(state.begun, away_till_);
        for (const auto& [key, told] : state.gates) {
            if (release::key_names(key, gate.id) && told.seen > 0) {
                own.by[key == gate.id ? "" : key.substr(gate.id.size() + 1)].good = told.seen;
            }
        }
    }
    return counts;
}

void SampleCounts::take(const release::Release& release, const series::SampleBatch& batch) {
    for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
        for (const auto& step : *list) {
            const auto* hold = at_work(release, step);
            if (!hold || !counted(*hold, batch.metric)) {
                continue;
            }
            std::map<std::string, Nanos> newest; // by arm
            for (const auto& reading : batch.readings) {
                if (reading.status == series::Status::ok && std::isfinite(reading.value)) {
                    auto& measured = newest[reading.arm];
                    measured = std::max(measured, reading.measured_at);
                }
            }
            auto& counts = counts_of(release, step.id);
            for (const auto& gate : hold->gates) {
                if (gate.samples > 0 && gate.metric == batch.metric) {
                    counts.gates[gate.id].take(newest);
                }
            }
        }
    }
}

void SampleCounts::OfGate::take(const std::map<std::string, Nanos>& newest) {
    for (const auto& [arm, measured] : newest) {
        Count& count = by[arm];
        if (measured >= std::max(from, count.from) && measured > count.last + same_instant) {
            count.last = measured;
            ++count.good;
        }
    }
}

void SampleCounts::restarted(const release::Release& release, const release::StepId& step, const std::string& gate,
                             const std::string& arm, Nanos now) {
    auto& counts = counts_of(release, step);
    const Nanos from = now + Nanos{1}; // what was measured at this very instant is what set the clock back
    for (const auto& one : std::get<plan::Hold>(release.plan->step(step)->body).gates) {
        if (one.samples > 0 && gate.empty() && !one.has_own_clock()) {
            counts.gates[one.id] = {from, {}};
        } else if (one.samples > 0 && !gate.empty() && one.id == gate) {
            counts.gates[one.id].by[arm] = {0, {}, from};
        }
    }
}

int SampleCounts::of(const release::Release& release, const release::StepId& step, const std::string& gate,
                     const std::string& arm) {
    const auto& counts = counts_of(release, step);
    const auto own = counts.gates.find(gate);
    if (own == counts.gates.end()) {
        return 0;
    }
    const auto count = own->second.by.find(arm);
    return count == own->second.by.end() ? 0 : count->second.good;
}

} // namespace sluice::engine
