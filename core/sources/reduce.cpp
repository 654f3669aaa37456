#include "sources/reduce.h"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace sluice::sources {
namespace {

using series::Reading;
using series::Status;

Reading without_value(const Reading& like, Status status, std::string detail) {
    Reading reading = like;
    reading.labels.clear();
    reading.status = status;
    reading.value = 0;
    reading.detail = std::move(detail);
    return reading;
}

double reduced(const std::vector<Reading>& readings, Reduce how) {
    double value = readings.front().value;
    for (auto next = readings.begin() + 1; next != readings.end(); ++next) {
        value = how == Reduce::max   ? std::max(value, next->value)
                : how == Reduce::min ? std::min(value, next->value)
                                     : value + next->value;
    }
    return how == Reduce::avg ? value / static_cast<double>(readings.size()) : value;
}

} // namespace

std::vector<Reading> reduce(std::vector<Reading> readings, Reduce how, int at_least) {
    if (readings.empty()) {
        return readings;
    }
    const auto answers = [](const Reading& reading) { return reading.status == Status::ok; };
    const auto count = std::ranges::count_if(readings, answers);
    if (count == 0) {
        return {without_value(readings.front(), readings.front().status, readings.front().detail)};
    }
    if (count < at_least) {
        return {without_value(readings.front(), Status::no_data,
                              fmt::format("{} series answer, at least {} are wanted", count, at_least))};
    }
    if (plan::keeps_series(how) || (how == Reduce::none && readings.size() == 1)) {
        return readings;
    }
    if (how == Reduce::none) {
        return {without_value(
            readings.front(), Status::source_error,
            fmt::format("{} series where one value is wanted: the plan must say reduce or by-arm", readings.size()))};
    }
    std::vector<Reading> answering;
    std::ranges::copy_if(readings, std::back_inserter(answering), answers);
    Reading result = answering.front();
    result.labels.clear(); // also of a single one: the series must not change its name with the number of its parts
    result.value = reduced(answering, how);
    result.measured_at = std::ranges::min(answering, {}, &Reading::measured_at).measured_at;
    return {result};
}

void conclude(series::SampleBatch& batch) {
    std::ranges::stable_sort(batch.readings, [](const Reading& a, const Reading& b) {
        return std::tie(a.arm, a.labels) < std::tie(b.arm, b.labels);
    });
    batch.status = Status::no_data;
    batch.detail.clear();
    for (const auto status : {Status::ok, Status::source_error, Status::no_data}) {
        const auto found = std::ranges::find(batch.readings, status, &Reading::status);
        if (found != batch.readings.end()) {
            batch.status = status;
            batch.detail = status == Status::ok ? "" : found->detail;
            return;
        }
    }
}

} // namespace sluice::sources
