#include "sources/one_value.h"

namespace sluice::sources {

series::SampleBatch one_value(std::string metric, std::string unit, double value, Nanos now) {
    series::SampleBatch batch;
    batch.metric = std::move(metric);
    batch.unit = std::move(unit);
    batch.received_at = now;
    series::Reading reading;
    reading.value = value;
    reading.measured_at = now;
    reading.received_at = now;
    batch.readings.push_back(std::move(reading));
    return batch;
}

series::SampleBatch no_value(std::string metric, std::string unit, std::string why, Nanos now) {
    auto batch = series::without_value(std::move(metric), series::Status::source_error, now, std::move(why));
    batch.unit = std::move(unit);
    return batch;
}

RehearsedSource::~RehearsedSource() {
    for (const auto& [key, timer] : owed_) {
        scheduler_.cancel(timer);
    }
}

void RehearsedSource::poll(Nanos, std::string key, Done done) {
    owed_[key] = scheduler_.after({}, [this, key, done = std::move(done)] {
        owed_.erase(key);
        // `done` may destroy this source: nothing of it is touched afterwards.
        done(one_value(metric_, unit_, value_, scheduler_.now()));
    });
}

} // namespace sluice::sources
