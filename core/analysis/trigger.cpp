#include "analysis/trigger.h"

#include "analysis/decisive.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::analysis {
namespace {

struct Eye {
    const plan::Plan& plan;
    const Latest& latest;
    Nanos now;
    const plan::Scope& values; ///< what `is` and `var` ask
    std::string arm;           ///< the one looked at
};

TriggerTruth look(const plan::Condition& condition, const Eye& eye);

TriggerTruth look_at_metric(const plan::Condition& condition, const Eye& eye) {
    TriggerTruth result;
    const plan::Metric* metric = eye.plan.metric(condition.name);
    if (!metric) {
        result.why = "no such metric: " + condition.name;
        return result;
    }
    const std::string arm = metric->by_arm.empty() ? "" : condition.arm.empty() ? eye.arm : condition.arm;
    const auto reading = decisive(eye.latest, *metric, arm, condition.must, eye.now);
    result.why = reading.detail;
    if (reading.status != series::Status::ok) {
        result.truth = reading.status == series::Status::source_error ? Truth::source_error : Truth::no_data;
        return result;
    }
    result.truth = condition.must.holds(reading.value) ? Truth::yes : Truth::no;
    result.value = format_value(reading.value, *metric);
    const std::string called = metric->title.empty() ? metric->name : metric->title;
    result.why = !metric->states.empty()
                     ? fmt::format("{} is {}", called, result.value)
                     : fmt::format("{} {} {} {}", called, result.value, result.truth == Truth::yes ? "is" : "is not",
                                   condition.must.text);
    if (result.truth == Truth::yes && !reading.detail.empty()) {
        result.why += ": " + reading.detail; // what the source knows about why it is so
    }
    series::Sample sample;
    static_cast<series::Reading&>(sample) = reading;
    sample.metric = metric->name;
    sample.unit = metric->unit;
    result.evidence.push_back(std::move(sample));
    return result;
}

TriggerTruth look_at_values(const plan::Condition& condition, const Eye& eye) {
    const auto answer = plan::evaluate(condition, eye.values);
    const Truth truth = answer.truth == plan::Truth::yes  ? Truth::yes
                        : answer.truth == plan::Truth::no ? Truth::no
                                                          : Truth::no_data;
    return {eye.arm, truth, "", answer.why, {}};
}

TriggerTruth combine(const plan::Condition& condition, const Eye& eye, Truth decisive) {
    TriggerTruth result;
    result.truth = decisive == Truth::yes ? Truth::no : Truth::yes;
    for (const auto& part : condition.parts) {
        TriggerTruth one = look(part, eye);
        if (one.truth == decisive) {
            return one;
        }
        const bool heavier =
            one.truth == Truth::source_error || (one.truth == Truth::no_data && result.truth != Truth::source_error);
        if (heavier || result.why.empty()) {
            result.truth = heavier ? one.truth : result.truth;
            result.why = one.why;
            result.value = one.value;
        }
        result.evidence.insert(result.evidence.end(), one.evidence.begin(), one.evidence.end());
    }
    return result;
}

TriggerTruth look(const plan::Condition& condition, const Eye& eye) {
    switch (condition.kind) {
    case plan::Condition::Kind::metric:
        return look_at_metric(condition, eye);
    case plan::Condition::Kind::all:
        return combine(condition, eye, Truth::no);
    case plan::Condition::Kind::any:
        return combine(condition, eye, Truth::yes);
    case plan::Condition::Kind::negation: {
        TriggerTruth inner = look(condition.parts.front(), eye);
        if (inner.truth == Truth::yes || inner.truth == Truth::no) {
            inner.truth = inner.truth == Truth::yes ? Truth::no : Truth::yes;
        }
        return inner;
    }
    default:
        return look_at_values(condition, eye);
    }
}

bool by_arm(const plan::Condition& condition, const plan::Plan& plan) {
    if (condition.kind == plan::Condition::Kind::metric) {
        const auto* metric = plan.metric(condition.name);
        return metric && !metric->by_arm.empty() && condition.arm.empty();
    }
    return std::any_of(condition.parts.begin(), condition.parts.end(),
                       [&](const auto& part) { return by_arm(part, plan); });
}

} // namespace

const char* name(Truth truth) {
    static constexpr const char* names[] = {"no", "yes", "no-data", "source-error"};
    return names[static_cast<int>(truth)];
}

bool asks_readings(const plan::Condition& condition) {
    return condition.kind == plan::Condition::Kind::metric ||
           std::any_of(condition.parts.begin(), condition.parts.end(), asks_readings);
}

std::vector<TriggerTruth> judge(const plan::Trigger& trigger, const plan::Plan& plan, const Latest& latest,
                                const std::set<std::string>& with_traffic, Nanos now, const plan::Scope& values) {
    std::set<std::string> arms{trigger.arm};
    if (trigger.arm.empty() && by_arm(trigger.condition, plan)) {
        arms = with_traffic;
    }
    std::vector<TriggerTruth> truths;
    for (const auto& arm : arms) {
        TriggerTruth truth = look(trigger.condition, Eye{plan, latest, now, values, arm});
        truth.arm = arm;
        truths.push_back(std::move(truth));
    }
    return truths;
}

} // namespace sluice::analysis
