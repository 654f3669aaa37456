#include "analysis/latest.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::analysis {
namespace {

std::string key_of(const plan::Metric& metric, const std::string& arm) {
    return arm.empty() ? metric.name : metric.name + "/" + arm;
}

} // namespace

const char* name(Verdict verdict) {
    switch (verdict) {
    case Verdict::pass:
        return "pass";
    case Verdict::fail:
        return "fail";
    case Verdict::inconclusive:
        return "inconclusive";
    case Verdict::no_data:
        return "no-data";
    case Verdict::source_error:
        break;
    }
    return "source-error";
}

void Latest::take(series::SampleBatch batch) {
    const std::string metric = batch.metric;
    batches_[metric] = std::move(batch);
}

const series::SampleBatch* Latest::of(const std::string& metric) const {
    const auto found = batches_.find(metric);
    return found == batches_.end() ? nullptr : &found->second;
}

Nanos max_age(const plan::Metric& metric) {
    return metric.max_age.value_or(std::max(metric.interval * 3, seconds(30)));
}

series::Reading Latest::read(const plan::Metric& metric, const std::string& arm, Nanos now) const {
    return read_all(metric, arm, now).front();
}

std::vector<series::Reading> Latest::read_all(const plan::Metric& metric, const std::string& arm, Nanos now) const {
    series::Reading none;
    none.arm = arm;
    none.status = series::Status::no_data;
    none.received_at = now;
    none.measured_at = now;
    const auto* batch = of(metric.name);
    if (!batch) {
        none.detail = "not asked yet";
        return {none};
    }
    std::vector<series::Reading> found;
    for (const auto& one : batch->readings) {
        if (one.arm != arm) {
            continue;
        }
        series::Reading reading = one;
        if (reading.status == series::Status::ok && now - reading.measured_at > max_age(metric)) {
            reading.status = series::Status::no_data;
            reading.detail = fmt::format("the data is older than {:.0f} s", max_age(metric).seconds());
        } else if (reading.status == series::Status::ok && !metric.states.empty() &&
                   plan::state_name(metric.states, reading.value).empty()) {
            reading.status = series::Status::source_error;
            reading.detail = fmt::format("it says {}, which is none of its states", number_text(reading.value));
        } else if (reading.status != series::Status::ok && reading.detail.empty()) {
            reading.detail = batch->detail;
        }
        found.push_back(std::move(reading));
    }
    if (!found.empty()) {
        return found;
    }
    if (batch->status != series::Status::ok) {
        none.status = batch->status;
        none.detail = batch->detail;
    } else {
        none.detail = arm.empty() ? "no value in the answer" : "no value for " + arm + " in the answer";
    }
    return {none};
}

std::map<std::string, double> Latest::values(const plan::Plan& plan, Nanos now) const {
    std::map<std::string, double> values;
    for (const auto& metric : plan.metrics) {
        const auto* batch = of(metric.name);
        if (!batch || plan::keeps_series(metric.reduce)) {
            continue;
        }
        for (const auto& one : batch->readings) {
            const auto reading = read(metric, one.arm, now);
            if (reading.status == series::Status::ok) {
                values[key_of(metric, one.arm)] = reading.value;
            }
        }
    }
    return values;
}

std::map<std::string, std::vector<std::optional<double>>> Latest::several(const plan::Plan& plan, Nanos now) const {
    std::map<std::string, std::vector<std::optional<double>>> values;
    for (const auto& metric : plan.metrics) {
        const auto* batch = of(metric.name);
        if (!batch || !plan::keeps_series(metric.reduce)) {
            continue;
        }
        for (const auto& one : batch->readings) {
            auto& all = values[key_of(metric, one.arm)];
            if (!all.empty()) {
                continue; // this arm's are there already
            }
            for (const auto& reading : read_all(metric, one.arm, now)) {
                all.push_back(reading.status == series::Status::ok ? std::optional(reading.value) : std::nullopt);
            }
        }
    }
    return values;
}

std::string format_value(double value, const plan::Metric& metric) {
    const std::string state = plan::state_name(metric.states, value);
    return state.empty() ? format_value(value, metric.unit) : state;
}

std::string format_value(double value, const std::string& unit) {
    if (!std::isfinite(value)) {
        return number_text(value);
    }
    const auto short_text = [](double shown) { return fmt::format("{:.4g}", shown); };
    if (unit == "ratio") {
        return short_text(value * 100) + " %";
    }
    if (unit == "s" || unit == "seconds") {
        return std::abs(value) < 1 ? short_text(value * 1000) + " ms" : short_text(value) + " s";
    }
    if (std::abs(value) >= 1000 && value == std::floor(value)) {
        return fmt::format("{:.0f}", value);
    }
    return short_text(value);
}

std::set<std::string> arms_of(const plan::Metric& metric, const std::string& arm,
                              const std::set<std::string>& with_traffic) {
    if (metric.by_arm.empty()) {
        return {""};
    }
    return arm.empty() ? with_traffic : std::set<std::string>{arm};
}

} // namespace sluice::analysis
