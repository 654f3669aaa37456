#include "analysis/decisive.h"

#include "analysis/gate.h"

#include <algorithm>
#include <tuple>

namespace sluice::analysis {
namespace {

/// Where a reading stands between breach and pass; a source error lies nearer to a breach than no data.
std::tuple<int, double> standing(const series::Reading& reading, const plan::Must& must) {
    if (reading.status == series::Status::source_error) {
        return {1, 0};
    }
    if (reading.status == series::Status::no_data) {
        return {2, 0};
    }
    return {must.holds(reading.value) ? 3 : 0, headroom(must, reading.value).value_or(0)};
}

/// The same for `any`, where one that holds is enough and a breach counts only when nothing else is there.
std::tuple<int, double> standing_of_any(const series::Reading& reading, const plan::Must& must) {
    const auto [rank, left] = standing(reading, must);
    return {rank == 0 ? 3 : rank == 3 ? 0 : rank, -left};
}

} // namespace

series::Reading decisive(const Latest& latest, const plan::Metric& metric, const std::string& arm,
                         const plan::Must& must, Nanos now) {
    const bool any = metric.reduce == plan::Reduce::any;
    if (!any && metric.reduce != plan::Reduce::each) {
        return latest.read(metric, arm, now);
    }
    const auto readings = latest.read_all(metric, arm, now);
    return *std::ranges::min_element(readings, {}, [&](const series::Reading& reading) {
        return any ? standing_of_any(reading, must) : standing(reading, must);
    });
}

} // namespace sluice::analysis
