#pragma once
#include "base/nanos.h"
#include "base/result.h"
#include "series/labels.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::range {

/// What can go wrong in the simulated production (DESIGN.md, "The two programs").
enum class FaultKind {
    errors,        ///< `errors 6%`: exactly this share of requests fails
    latency,       ///< `latency 3x`: every duration times this
    lag,           ///< `lag 20000`: the consumer group stands exactly this far behind
    broker_down,   ///< `broker 2 down`
    pods_crash,    ///< `pods crash`: CrashLoopBackOff
    image_missing, ///< `image missing`: pods created from now on end in ImagePullBackOff
    no_data,       ///< `no data`: nobody can scrape
    api_slow,      ///< `api slow 5s`: the Kubernetes API applies at once, answers late
    api_down,      ///< `api down`: the Kubernetes API breaks every connection off, before it does anything
    alert,         ///< `alert HighLatency{severity="page"}`: it fires in Alertmanager
    conflict,      ///< `conflict`: somebody else changes each object just before the next write to it
};

/// When it starts: at a time after the start (`T+10m`), when a step starts (`step:to-25`), or as soon as an arm is
/// commanded a share (`split:green>=25`).
struct FaultStart {
    enum class Kind { time, step, split } kind = Kind::time;
    Nanos after;              ///< time
    std::string step;         ///< step
    std::string arm;          ///< split
    std::int64_t percent = 0; ///< split, 0–100
};

struct Fault {
    std::string text; ///< as it was written
    FaultStart start;
    FaultKind kind = FaultKind::errors;
    std::int64_t amount = 0;        ///< errors: parts per million; latency: thousandths; lag: messages; broker: its id
    Nanos delay;                    ///< api_slow
    series::Labels labels;          ///< alert: `alertname`, and `severity`: critical where the fault names none
    std::optional<Nanos> lasts;     ///< `for D`; without it, to the end
    std::optional<std::string> arm; ///< `on ARM`; only for errors, latency, pods_crash, image_missing
};

/// Reads `WHEN WHAT [for D] [on ARM]`. `bad_input` with where = "--fault 'TEXT', column N" (characters, from 1) and
/// what is possible there as the remedy. `arms` are the plan's; a fault that names another is refused.
Result<Fault> parse_fault(std::string_view text, std::span<const std::string> arms);

/// Which faults hold when. A fault starts once.
class FaultBoard {
public:
    FaultBoard(std::vector<Fault> faults, Nanos begin) : begin_(begin) {
        for (Fault& fault : faults) {
            entries_.push_back({std::move(fault), std::nullopt});
        }
    }

    /// The faults that start by time, with their instants; the owner calls `start` then.
    std::vector<std::pair<Nanos, std::size_t>> timed() const;
    std::vector<std::size_t> waiting_for_step(std::string_view step) const;
    std::vector<std::size_t> waiting_for_split(std::string_view arm, double percent) const;

    /// Does nothing to one that has started. Returns whether it started now.
    bool start(std::size_t index, Nanos at);

    std::size_t size() const { return entries_.size(); }
    const Fault& fault(std::size_t index) const { return entries_[index].fault; }
    std::optional<Nanos> started(std::size_t index) const { return entries_[index].from; }
    std::optional<Nanos> ends(std::size_t index) const;

    /// The last started fault of that kind that holds at `at` for `arm` (empty: the whole). One without `on` holds for
    /// all.
    const Fault* active(FaultKind kind, Nanos at, std::string_view arm = {}) const;

private:
    struct Entry {
        Fault fault;
        std::optional<Nanos> from;
    };
    std::vector<Entry> entries_;
    Nanos begin_;
};

} // namespace sluice::range
