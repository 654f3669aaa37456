#include "series/sample.h"

namespace sluice::series {

const char* name(Status status) {
    switch (status) {
    case Status::ok:
        return "ok";
    case Status::no_data:
        return "no-data";
    case Status::source_error:
        break;
    }
    return "source-error";
}

std::vector<Sample> SampleBatch::samples() const {
    std::vector<Sample> all;
    all.reserve(readings.size());
    for (const auto& reading : readings) {
        Sample sample;
        static_cast<Reading&>(sample) = reading;
        sample.metric = metric;
        sample.unit = unit;
        all.push_back(std::move(sample));
    }
    return all;
}

SampleBatch without_value(std::string metric, Status status, Nanos at, std::string detail) {
    SampleBatch batch;
    batch.metric = std::move(metric);
    batch.status = status;
    batch.detail = detail;
    batch.received_at = at;
    Reading reading;
    reading.status = status;
    reading.measured_at = at;
    reading.received_at = at;
    reading.detail = std::move(detail);
    batch.readings.push_back(std::move(reading));
    return batch;
}

} // namespace sluice::series
