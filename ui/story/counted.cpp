#include "story/counted.h"

#include "analysis/latest.h"
#include "base/json.h"

#include <QCoreApplication>

#include <algorithm>

namespace sluice::story {
namespace {

struct CountedText {
    Q_DECLARE_TR_FUNCTIONS(CountedText)
};

const plan::Metric* metric_of(const Moment& moment, plan::Counts what) {
    const auto& metrics = moment.release.plan->metrics;
    const auto found = std::ranges::find(metrics, what, &plan::Metric::counts);
    return found == metrics.end() ? nullptr : &*found;
}

CountedSeries labelled(const Line& line) {
    CountedSeries series;
    series.line = &line;
    const auto labels = parse_json(line.key().labels, {});
    if (!labels || !labels->is_object()) {
        return series;
    }
    series.space = labels->value("namespace", std::string());
    for (const char* name : {"deployment", "statefulset", "daemonset", "pod"}) {
        series.object = series.object.empty() ? labels->value(name, std::string()) : series.object;
    }
    series.alert = labels->value("alertname", std::string());
    return series;
}

/// WORKLOAD-HASH-POD or WORKLOAD-POD: at most two parts more, so that "api" is not taken for "api-worker-1-2".
bool is_pod_of(std::string_view pod, std::string_view workload) {
    if (!pod.starts_with(workload) || pod.size() <= workload.size() || pod[workload.size()] != '-') {
        return false;
    }
    return std::ranges::count(pod.substr(workload.size()), '-') <= 2;
}

/// The value at `from`, which the counter has grown from.
double base_of(const Line& line, Nanos first_answer, Nanos from) {
    if (const Reading* then = line.at(from)) {
        return then->value;
    }
    // Nobody asked before: what it had then is not known, so it counts from the first answer.
    const Reading& first = line.readings().front();
    return first.at == first_answer ? first.value : 0;
}

} // namespace

std::optional<Counted> counted(const Moment& moment, plan::Counts what) {
    const plan::Metric* metric = moment.release.plan ? metric_of(moment, what) : nullptr;
    if (metric == nullptr) {
        return std::nullopt;
    }
    const auto lines = moment.readings.answering(metric->name, moment.now);
    if (lines.empty()) {
        return std::nullopt;
    }
    Counted answer;
    answer.metric = metric;
    for (const Line* line : lines) {
        const Reading* reading = line->at(moment.now);
        const bool old = moment.now - reading->measured_at > analysis::max_age(*metric);
        if (reading->status == session::SampleStatus::ok && !old) {
            answer.series.push_back(labelled(*line));
            answer.series.back().value = reading->value;
        } else {
            answer.trouble =
                reading->status == session::SampleStatus::source_error ? Mark::source_error : Mark::no_data;
            answer.why = reading->status == session::SampleStatus::ok ? CountedText::tr("too old")
                                                                      : QString::fromStdString(reading->detail);
        }
    }
    if (!answer.series.empty()) {
        answer.trouble.reset();
        answer.why.clear();
    }
    return answer;
}

bool is_of(const CountedSeries& series, const plan::Arm& arm) {
    if (!series.line->key().arm.empty()) {
        return series.line->key().arm == arm.name;
    }
    const auto slash = arm.workload.find('/');
    const std::string name = arm.workload.substr(slash + 1);
    return series.space == arm.workload.substr(0, slash) && (series.object == name || is_pod_of(series.object, name));
}

std::optional<std::vector<std::pair<std::string, double>>> grown(const Moment& moment, plan::Counts what, Nanos from) {
    const plan::Metric* metric = moment.release.plan ? metric_of(moment, what) : nullptr;
    std::optional<Nanos> first_answer;
    std::vector<CountedSeries> all;
    for (const Line* line : metric ? moment.readings.of(metric->name) : std::vector<const Line*>()) {
        const Reading* now = line->at(moment.now);
        if (now != nullptr &&
            now->status == session::SampleStatus::ok) { // why there was no answer is a line of its own
            const Nanos first = line->readings().front().at;
            first_answer = std::min(first_answer.value_or(first), first);
            all.push_back(labelled(*line));
            all.back().value = now->value;
        }
    }
    if (!first_answer) {
        return std::nullopt;
    }
    std::vector<std::pair<std::string, double>> sums;
    for (const auto& arm : moment.release.plan->arms) {
        double sum = 0;
        bool any = false;
        for (const auto& series : all) {
            if (is_of(series, arm)) {
                any = true;
                const double base = base_of(*series.line, *first_answer, from);
                sum += series.value >= base ? series.value - base : series.value; // a counter that began anew
            }
        }
        if (any) {
            sums.emplace_back(arm.name, sum);
        }
    }
    return sums;
}

std::optional<Firing> firing(const Moment& moment) {
    const auto alerts = counted(moment, plan::Counts::alerts);
    if (!alerts) {
        return std::nullopt;
    }
    Firing all{alerts->trouble, alerts->why, {}};
    for (const auto& series : alerts->series) {
        if (series.value > 0) {
            all.names.push_back(QString::fromStdString(series.alert.empty() ? alerts->metric->title : series.alert));
        }
    }
    all.names.sort();
    return all;
}

} // namespace sluice::story
