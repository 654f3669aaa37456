#include "analysis/derive.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::analysis {
namespace {

using series::Status;

/// For people: "errors", or "errors of blue" where it is not the arm of the derived value.
std::string name_of(const plan::Formula::Part& part) {
    return part.arm.empty() ? part.metric : part.metric + " of " + part.arm;
}

int weight(Status status) {
    return status == Status::source_error ? 2 : status == Status::no_data ? 1 : 0;
}

} // namespace

Result<Derived> Derived::make(const plan::Plan& plan, const plan::Metric& metric) {
    Derived derived;
    derived.metric_ = metric;
    const auto refuse = [&](Error error) {
        error.where = "metric " + metric.name + (error.where.empty() ? "" : ", " + error.where);
        return tl::unexpected(std::move(error));
    };
    for (const auto& [arm, text] : metric.derived) {
        auto formula = plan::Formula::read(text);
        if (!formula) {
            return refuse(formula.error());
        }
        for (const auto& part : formula->parts()) {
            const auto* source = plan.metric(part.metric);
            if (source == nullptr || source == &metric) {
                return refuse(
                    {ErrorCode::bad_input, fmt::format("it can't be derived from '{}'", part.metric), "", ""});
            }
            derived.sources_.emplace(part.metric, *source);
            derived.parts_.insert(part.metric);
        }
        derived.formulas_.emplace(arm, *std::move(formula));
    }
    for (const auto& arm : plan.arms) {
        if (!metric.by_arm.empty()) {
            derived.arms_.push_back(arm.name);
        }
    }
    if (metric.by_arm.empty()) {
        derived.arms_.emplace_back();
    }
    return derived;
}

series::Reading Derived::reading(const std::string& arm, const Latest& latest, Nanos now) const {
    series::Reading made;
    made.arm = arm;
    made.measured_at = now;
    made.received_at = now;
    auto formula = formulas_.find(arm);
    formula = formula == formulas_.end() ? formulas_.find("") : formula;
    if (formula == formulas_.end()) {
        made.status = Status::no_data;
        made.detail = "it is not derived for " + arm;
        return made;
    }
    std::string beside; // what a source says of a value that is taken as it is, as by arm
    const double value = formula->second.value([&](const plan::Formula::Part& part) {
        const plan::Metric& source = sources_.at(part.metric);
        const auto read = latest.read(source, source.by_arm.empty() ? "" : part.arm.empty() ? arm : part.arm, now);
        if (weight(read.status) > weight(made.status)) {
            made.status = read.status;
            made.detail = name_of(part) + ": " + read.detail;
        }
        made.measured_at = std::min(made.measured_at, read.measured_at);
        beside = formula->second.parts().size() == 1 ? read.detail : "";
        return read.value;
    });
    if (made.status == Status::ok) {
        made.detail = beside;
    }
    if (made.status == Status::ok && std::isnan(value)) {
        made.status = Status::no_data;
        made.detail = "it comes to no number";
    }
    made.value = made.status == Status::ok ? value : 0;
    return made;
}

series::SampleBatch Derived::at(const Latest& latest, Nanos now) const {
    series::SampleBatch batch;
    batch.metric = metric_.name;
    batch.unit = metric_.unit;
    batch.received_at = now;
    for (const auto& arm : arms_) {
        batch.readings.push_back(reading(arm, latest, now));
    }
    for (const auto& [name, source] : sources_) {
        if (const auto* answer = latest.of(name)) {
            for (const auto& warning : answer->degraded) {
                if (std::ranges::find(batch.degraded, warning) == batch.degraded.end()) {
                    batch.degraded.push_back(warning);
                }
            }
        }
    }
    return batch;
}

} // namespace sluice::analysis
