#include "analysis/decisive.h"

#include "analysis/gate.h"

#include <algorithm>
#include <fmt/format.h>
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
    if (!plan::keeps_series(metric.reduce)) {
        return latest.read(metric, arm, now);
    }
    const bool any = metric.reduce == plan::Reduce::any;
    const auto readings = latest.read_all(metric, arm, now);
    return *std::ranges::min_element(readings, {}, [&](const series::Reading& reading) {
        return any ? standing_of_any(reading, must) : standing(reading, must);
    });
}

CountedSeries count_series(const std::vector<series::Reading>& readings, const plan::OfSeries& of,
                           const plan::Must& must) {
    CountedSeries counted;
    counted.all = readings.size();
    counted.wanted = of.wanted(readings.size());
    auto ranked = readings; // the worst first
    std::ranges::stable_sort(ranked, {}, [&](const series::Reading& reading) { return standing(reading, must); });
    counted.hold = static_cast<std::size_t>(std::ranges::count_if(ranked, [&](const series::Reading& reading) {
        return reading.status == series::Status::ok && must.holds(reading.value);
    }));
    if (counted.wanted <= counted.all) {
        counted.decisive = ranked[counted.all - counted.wanted];
        return counted;
    }
    // Of too few series nothing can be told: those that are missing are no breach, and no pass.
    counted.decisive = ranked.front();
    const bool answered = counted.decisive.status == series::Status::ok;
    counted.decisive.status = answered ? series::Status::no_data : counted.decisive.status;
    if (answered) {
        counted.decisive.detail = fmt::format("{} series answer, and {} must hold", counted.all, counted.wanted);
    }
    return counted;
}

} // namespace sluice::analysis
