#include "sources/polling.h"

#include "sources/reduce.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::sources {
namespace {

constexpr Nanos longest_backoff = seconds(30);

} // namespace

void Poller::add(PolledMetric metric) {
    Polled polled;
    metric.interval = std::max(metric.interval, milliseconds(100));
    const std::string name = metric.name;
    polled.metric = std::move(metric);
    metrics_.insert_or_assign(name, std::move(polled));
}

void Poller::add(analysis::Derived metric) {
    std::set<std::string> polled;
    for (const auto& part : metric.parts()) {
        const auto between = std::find_if(derived_.begin(), derived_.end(),
                                          [&](const DerivedMetric& one) { return one.derived.name() == part; });
        if (between == derived_.end()) {
            polled.insert(part);
        } else {
            polled.insert(between->polled.begin(), between->polled.end());
        }
    }
    derived_.push_back({std::move(metric), std::move(polled)});
}

void Poller::start() {
    running_ = true;
    for (auto& entry : metrics_) {
        Polled& polled = entry.second; // what clang captures must be a variable
        polled.due = scheduler_.now();
        polled.timer = scheduler_.at(polled.due, [this, &polled] { begin(polled); });
    }
}

void Poller::stop() {
    running_ = false;
    for (auto& [name, polled] : metrics_) {
        scheduler_.cancel(polled.timer);
        polled.timer = TimerId::none;
        polled.metric.source->end();
    }
}

bool Poller::owes() const {
    const Nanos now = scheduler_.now();
    // From its slot until its answer a poll keeps the slot's time; then it has that of the next.
    return running_ && (deriving_ || std::any_of(metrics_.begin(), metrics_.end(), [now](const auto& entry) {
                            return entry.second.due <= now && now < entry.second.due + patience;
                        }));
}

bool Poller::is_due(const std::string& polled) const {
    const auto found = metrics_.find(polled);
    return found != metrics_.end() && found->second.due <= scheduler_.now();
}

std::optional<Nanos> Poller::age(const std::string& metric) const {
    const auto found = metrics_.find(metric);
    if (found == metrics_.end() || !found->second.newest) {
        return std::nullopt;
    }
    return scheduler_.now() - *found->second.newest;
}

void Poller::begin(Polled& polled) {
    polled.timer = TimerId::none;
    ++polled.polls;
    polled.metric.source->poll(scheduler_.now() + polled.metric.timeout,
                               fmt::format("poll/{}/{}", polled.metric.name, polled.polls),
                               [this, &polled](const series::SampleBatch& batch) { take(polled, batch); });
}

void Poller::take(Polled& polled, const series::SampleBatch& batch) {
    if (!running_) {
        return;
    }
    const bool failed = batch.status == series::Status::source_error && polled.metric.backs_off;
    polled.errors_in_row = failed ? polled.errors_in_row + 1 : 0;
    for (const auto& reading : batch.readings) {
        if (reading.status == series::Status::ok) {
            polled.newest = std::max(polled.newest.value_or(reading.measured_at), reading.measured_at);
        }
    }
    arm(polled, polled.metric.source->rest());
    const auto derived = derive(batch);
    deriving_ = !derived.empty();
    receive_(batch);
    for (std::size_t i = 0; i < derived.size(); ++i) {
        deriving_ = i + 1 < derived.size();
        if (running_) { // who receives may have stopped it
            receive_(derived[i]);
        }
    }
}

std::vector<series::SampleBatch> Poller::derive(const series::SampleBatch& answer) {
    std::vector<series::SampleBatch> made;
    const bool is_part = std::any_of(derived_.begin(), derived_.end(),
                                     [&](const DerivedMetric& one) { return one.polled.contains(answer.metric); });
    if (!is_part) {
        return made; // it may have ten thousand series, and nobody asks for them here
    }
    latest_.take(answer);
    for (const auto& [derived, polled] : derived_) {
        if (polled.contains(answer.metric) &&
            std::none_of(polled.begin(), polled.end(), [this](const auto& name) { return is_due(name); })) {
            made.push_back(derived.at(latest_, scheduler_.now()));
            conclude(made.back());
            latest_.take(made.back());
        }
    }
    return made;
}

void Poller::arm(Polled& polled, Nanos rest) {
    const Nanos interval = polled.metric.interval;
    const Nanos most = std::max(interval, longest_backoff);
    Nanos distance = interval;
    for (int i = 1; i < polled.errors_in_row && distance < most; ++i) {
        distance = std::min(distance * 2, most);
    }
    // The next slot of the grid that is at least `distance` from the poll that was just answered, and `rest` from now.
    const Nanos wanted = std::max(polled.due + distance, scheduler_.now() + rest);
    const std::int64_t slots = (wanted - polled.due).count / interval.count;
    Nanos next = polled.due + interval * slots;
    if (next < wanted || slots == 0) {
        next += interval;
    }
    polled.due = next;
    polled.timer = scheduler_.at(next, [this, &polled] { begin(polled); });
}

} // namespace sluice::sources
