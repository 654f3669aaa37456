#include "story/metric_view.h"

#include "story/figure.h"
#include "story/foreseen.h"
#include "story/gate_limit.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace sluice::story {
namespace {

using Scale = MetricView::Scale;

QString metric_words(const char* text) {
    return QCoreApplication::translate("Metric", text);
}

bool names(const plan::Condition& condition, const std::string& metric) {
    return (condition.kind == plan::Condition::Kind::metric && condition.name == metric) ||
           std::any_of(condition.parts.begin(), condition.parts.end(),
                       [&](const auto& part) { return names(part, metric); });
}

template <typename Use>
void each_gate(const plan::Plan& plan, const std::string& metric, const Use& use) {
    for (const auto& step : plan.steps) {
        const auto* hold = std::get_if<plan::Hold>(&step.body);
        for (const auto* gates : {&step.gates, hold ? &hold->gates : nullptr}) {
            if (gates != nullptr) {
                for (const auto& gate : *gates) {
                    if (gate.metric == metric) {
                        use(step, gate);
                    }
                }
            }
        }
    }
}

bool triggered_by(const plan::Plan& plan, const std::string& metric) {
    return std::any_of(plan.rollback.triggers.begin(), plan.rollback.triggers.end(),
                       [&](const auto& trigger) { return names(trigger.condition, metric); });
}

int rank(const plan::Plan& plan, const plan::Metric& metric) {
    int gates = 0;
    each_gate(plan, metric.name, [&](const auto&, const auto&) { ++gates; });
    const bool triggers = triggered_by(plan, metric.name);
    const bool yes_or_no = metric.unit == "bool" || !metric.states.empty();
    const bool decides = triggers || gates > 0;
    return (triggers ? 1000 : 0) + (metric.by_arm.empty() || !decides ? 0 : 500) + (metric.lag ? 300 : 0) +
           std::min(gates, 100) - (yes_or_no ? 2000 : 0) /* a line at 1 shows little */ -
           (metric.counts == plan::Counts::nothing ? 0 : 1000);
}

Scale scale_of(const std::string& unit) {
    return unit == "ratio" ? Scale::percent : unit == "s" ? Scale::milliseconds : Scale::as_is;
}

/// Of what stands at the head of a chart. Latencies are always milliseconds, as on its axis.
ShownUnit head_unit(const plan::Metric& metric, double size) {
    if (metric.unit == "messages") {
        return {1, metric_words("messages")};
    }
    return scale_of(metric.unit) == Scale::milliseconds ? ShownUnit{1000, QStringLiteral("ms")}
                                                        : shown_unit(metric.unit, size);
}

struct Limit {
    plan::Must must;
    bool breached_above = true;
    bool counted = false;                ///< from a measured value: rounded as values are
    std::optional<double> baseline = {}; ///< that value, where it is one
};

/// The arm whose limit is drawn where a gate looks at all that have traffic: not the one that they are compared with.
std::string looked_at(const Moment& moment, const plan::Gate& gate, const plan::Metric& metric) {
    if (!gate.arm.empty() || metric.by_arm.empty()) {
        return gate.arm;
    }
    for (const auto& arm : release::arms_with_traffic(moment.release)) {
        if (!compares_with(gate, arm)) {
            return arm;
        }
    }
    return {};
}

/// Of the gates of the step that holds now, else the first of any: several would hide the lines. No shadow's: what
/// breaks it would stand there as a breach.
std::optional<Limit> limit_of(const Moment& moment, const plan::Metric& metric, const std::string& only) {
    std::optional<Limit> found;
    bool of_now = false;
    each_gate(*moment.release.plan, metric.name, [&](const plan::Step& step, const plan::Gate& gate) {
        using plan::Comparison;
        if (!only.empty() && ((!gate.arm.empty() && gate.arm != only) || compares_with(gate, only))) {
            return; // it says nothing of that arm
        }
        const bool running = moment.release.at(step.id).status == release::StepStatus::running;
        const bool comparable =
            gate.must.comparison != Comparison::equal && gate.must.comparison != Comparison::not_equal;
        const auto limit = limit_at(moment, gate, only.empty() ? looked_at(moment, gate, metric) : only, moment.now);
        if (!gate.shadow && comparable && limit && (!found || (running && !of_now))) {
            of_now = running;
            const bool above =
                gate.must.comparison == Comparison::less || gate.must.comparison == Comparison::less_equal;
            const bool baseline = gate.against && gate.against->captured();
            found = Limit{limit->must, above, gate.against.has_value(), baseline ? limit->from : std::nullopt};
        }
    });
    return found;
}

/// As far to each side of the baseline as the gate allows to one; nothing where it asks for a change for the better.
std::optional<std::pair<double, double>> band_of(const Limit& limit) {
    if (!limit.baseline) {
        return std::nullopt;
    }
    const double allowed = (limit.must.limit - *limit.baseline) * (limit.breached_above ? 1 : -1);
    return allowed > 0 ? std::optional(std::pair(*limit.baseline - allowed, *limit.baseline + allowed)) : std::nullopt;
}

/// The worst that gates of steps at work say of it.
Mark state_of(const Moment& moment, const plan::Metric& metric, const std::string& only, const Reading* reading) {
    Mark worst = Mark::holds;
    if (reading == nullptr || reading->status == session::SampleStatus::no_data) {
        worst = Mark::no_data;
    } else if (reading->status == session::SampleStatus::source_error) {
        worst = Mark::source_error;
    }
    each_gate(*moment.release.plan, metric.name, [&](const plan::Step& step, const plan::Gate& gate) {
        if (!only.empty() && !gate.arm.empty() && gate.arm != only) {
            return;
        }
        const auto& state = moment.release.at(step.id);
        if (release::over(state.status)) {
            return;
        }
        for (const auto& [key, judged] : state.gates) {
            const bool of_another = !only.empty() && key != gate.id && key != release::key_of(gate.id, only) &&
                                    !key.starts_with(release::key_of(gate.id, only) + "/");
            if (judged.shadow || !release::key_names(key, gate.id) || of_another) {
                continue;
            }
            if (judged.verdict == "fail") {
                worst = Mark::breached;
            } else if ((judged.close || breach_foreseen(state, judged, moment.now)) && worst == Mark::holds) {
                worst = Mark::close;
            }
        }
    });
    return worst;
}

/// "limit 0.1 %", "must stay above 90 k/s"
QString limit_words(const Limit& limit, const plan::Metric& metric) {
    return (limit.breached_above ? metric_words("limit %1") : metric_words("must stay above %1"))
        .arg(limit.counted ? figure(limit.must.limit, metric.unit) : limit_figure(limit.must.limit, metric.unit));
}

/// "green +3.1 ms vs blue"
QString compared(const std::vector<std::pair<QString, double>>& values, const plan::Metric& metric,
                 std::optional<double> limit) {
    const QString apart = difference_figure(values[1].second, values[0].second, metric.unit, limit);
    return apart.isEmpty() ? metric_words("%1 equal to %2").arg(values[1].first, values[0].first)
                           : metric_words("%1 %2 vs %3").arg(values[1].first, apart, values[0].first);
}

int place_of(const plan::Plan& plan, const std::string& arm) {
    for (std::size_t i = 0; i < plan.arms.size(); ++i) {
        if (plan.arms[i].name == arm) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

} // namespace

double factor(Scale scale) {
    return scale == Scale::percent ? 100 : scale == Scale::milliseconds ? 1000 : 1;
}

std::vector<const plan::Metric*> leading_metrics(const plan::Plan& plan) {
    std::vector<const plan::Metric*> metrics;
    for (const auto& metric : plan.metrics) {
        metrics.push_back(&metric);
    }
    std::stable_sort(metrics.begin(), metrics.end(),
                     [&](const auto* a, const auto* b) { return rank(plan, *a) > rank(plan, *b); });
    return metrics;
}

QString weight_label(const plan::Plan& plan, const release::Intent& intent) {
    if (!intent.desired.is_object() || !intent.desired.contains("weights")) {
        return {};
    }
    const auto* traffic = plan.traffic_named(intent.desired.value("traffic", std::string()));
    for (const auto& [arm, weight] : intent.desired["weights"].items()) {
        if (weight.is_number_integer() && (traffic == nullptr || arm != traffic->initial)) {
            return QString("%1 %").arg(weight.get<int>());
        }
    }
    return {};
}

bool decides(const plan::Plan& plan, const std::string& metric) {
    bool read = triggered_by(plan, metric);
    each_gate(plan, metric, [&](const auto&, const auto&) { read = true; });
    return read;
}

MetricView present_metric(const Moment& moment, const plan::Metric& metric, const std::string& only) {
    MetricView view;
    view.title = QString::fromStdString(metric.title.empty() ? metric.name : metric.title);
    view.title += only.empty() ? QString() : QStringLiteral(" · ") + QString::fromStdString(only);
    view.scale = scale_of(metric.unit);
    for (const auto* line : moment.readings.of(metric.name)) {
        const std::string& arm = line->key().arm;
        if (!only.empty() && arm != only) {
            continue;
        }
        view.lines.push_back({line, QString::fromStdString(arm), place_of(*moment.release.plan, arm)});
    }
    std::stable_sort(view.lines.begin(), view.lines.end(),
                     [](const auto& a, const auto& b) { return a.place < b.place; });
    // The figure is that of the arm which the release is about: the last in the plan that answers.
    const Reading* shown = nullptr;
    std::vector<std::pair<QString, double>> values;
    const auto found = moment.readings.answering(metric.name, moment.now);
    const std::unordered_set<const Line*> answering(found.begin(), found.end()); // a metric may have thousands
    for (const auto& of : view.lines) {
        // Where nobody runs the session, what was measured last says nothing of now.
        const bool answers = moment.owned && answering.contains(of.line);
        const auto* reading = answers ? of.line->at(moment.now) : nullptr;
        if (reading != nullptr && (shown == nullptr || reading->status == session::SampleStatus::ok)) {
            shown = reading;
        }
        if (reading != nullptr && reading->status == session::SampleStatus::ok) {
            values.emplace_back(of.arm, reading->value);
        }
    }
    const bool known = shown != nullptr && shown->status == session::SampleStatus::ok;
    view.mark = state_of(moment, metric, only, shown);
    const auto limit = limit_of(moment, metric, only);
    const auto bound = limit ? std::optional(limit->must.limit) : std::nullopt;
    const double size = bound.value_or(0) != 0 ? *bound : known ? shown->value : 0;
    const ShownUnit unit = head_unit(metric, size);
    view.unit = unit.name;
    view.value = QStringLiteral("–");
    if (known) {
        const double value = shown->value * unit.factor;
        const auto state = plan::state_name(metric.states, shown->value);
        view.value = state.empty()
                         ? fixed(value, decimals_for(value, bound ? std::optional(*bound * unit.factor) : std::nullopt))
                         : QString::fromStdString(state);
        view.unit = state.empty() ? view.unit : QString();
    }
    if (limit) {
        view.limit = limit_words(*limit, metric);
        view.limit_value = limit->must.limit;
        view.breached_above = limit->breached_above;
        view.usual = band_of(*limit);
        view.footer = view.limit;
        // While no gate is judged (between holds, in a rollback) the figure still stands beside its limit.
        const bool broken =
            std::any_of(values.begin(), values.end(), [&](const auto& of) { return !limit->must.holds(of.second); });
        view.mark = view.mark == Mark::holds && broken ? Mark::breached : view.mark;
    }
    if (shown != nullptr && !known && !shown->detail.empty()) {
        view.footer = QString::fromStdString(shown->detail);
    } else if (values.size() == 2 && !values[0].first.isEmpty() && !values[1].first.isEmpty()) {
        view.footer += (view.footer.isEmpty() ? QString() : QStringLiteral(" · ")) + compared(values, metric, bound);
    }
    return view;
}

} // namespace sluice::story
