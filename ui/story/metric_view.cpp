#include "story/metric_view.h"

#include "story/format.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

namespace sluice::story {
namespace {

using Scale = MetricView::Scale;

QString text_of(const char* text) {
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

int rank(const plan::Plan& plan, const plan::Metric& metric) {
    int gates = 0;
    each_gate(plan, metric.name, [&](const auto&, const auto&) { ++gates; });
    const bool triggers = std::any_of(plan.rollback.triggers.begin(), plan.rollback.triggers.end(),
                                      [&](const auto& trigger) { return names(trigger.condition, metric.name); });
    const bool yes_or_no = metric.unit == "bool";
    return (triggers ? 1000 : 0) + (metric.by_arm.empty() ? 0 : 500) + (metric.lag ? 300 : 0) + std::min(gates, 100) -
           (yes_or_no ? 900 : 0);
}

Scale scale_of(const std::string& unit) {
    return unit == "ratio" ? Scale::percent : unit == "s" ? Scale::milliseconds : Scale::as_is;
}

QString unit_of(const plan::Metric& metric) {
    switch (scale_of(metric.unit)) {
    case Scale::percent:
        return QStringLiteral("%");
    case Scale::milliseconds:
        return QStringLiteral("ms");
    case Scale::as_is:
        break;
    }
    return QString::fromStdString(metric.unit);
}

QString figure(double value, Scale scale) {
    const double shown = value * factor(scale);
    if (std::abs(shown) >= 1000) {
        return story::count(std::llround(shown));
    }
    return QString::number(shown, 'g', 3);
}

struct Limit {
    plan::Must must;
    bool breached_above = true;
};

/// Of the gates of the step that holds now, else the first of any: several would hide the lines.
std::optional<Limit> limit_of(const Moment& moment, const plan::Metric& metric) {
    std::optional<Limit> found;
    bool of_now = false;
    each_gate(*moment.release.plan, metric.name, [&](const plan::Step& step, const plan::Gate& gate) {
        using plan::Comparison;
        const bool running = moment.release.at(step.id).status == release::StepStatus::running;
        const bool comparable =
            gate.must.comparison != Comparison::equal && gate.must.comparison != Comparison::not_equal;
        if (comparable && (!found || (running && !of_now))) {
            of_now = running;
            const bool above =
                gate.must.comparison == Comparison::less || gate.must.comparison == Comparison::less_equal;
            found = Limit{gate.must, above};
        }
    });
    return found;
}

/// The worst that gates of steps at work say of it.
Mark state_of(const Moment& moment, const plan::Metric& metric, const Reading* reading) {
    Mark worst = Mark::holds;
    if (reading == nullptr || reading->status == session::SampleStatus::no_data) {
        worst = Mark::no_data;
    } else if (reading->status == session::SampleStatus::source_error) {
        worst = Mark::source_error;
    }
    each_gate(*moment.release.plan, metric.name, [&](const plan::Step& step, const plan::Gate& gate) {
        const auto& state = moment.release.at(step.id);
        if (release::over(state.status)) {
            return;
        }
        for (const auto& [key, judged] : state.gates) {
            if (key != gate.id && !key.starts_with(gate.id + "/")) {
                continue;
            }
            if (judged.verdict == "fail") {
                worst = Mark::breached;
            } else if (judged.close && worst == Mark::holds) {
                worst = Mark::close;
            }
        }
    });
    return worst;
}

/// "green +0.04 against blue"
QString compared(const std::vector<std::pair<QString, double>>& values, Scale scale) {
    const double apart = values[1].second - values[0].second;
    return text_of("%1 %2%3 against %4")
        .arg(values[1].first, apart < 0 ? QStringLiteral("−") : QStringLiteral("+"), figure(std::abs(apart), scale),
             values[0].first);
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

MetricView present_metric(const Moment& moment, const plan::Metric& metric) {
    MetricView view;
    view.title = QString::fromStdString(metric.title.empty() ? metric.name : metric.title);
    view.unit = unit_of(metric);
    view.scale = scale_of(metric.unit);
    for (const auto* line : moment.readings.of(metric.name)) {
        const std::string& arm = line->key().arm;
        view.lines.push_back({line, QString::fromStdString(arm), place_of(*moment.release.plan, arm)});
    }
    std::stable_sort(view.lines.begin(), view.lines.end(),
                     [](const auto& a, const auto& b) { return a.place < b.place; });
    // The figure is that of the arm which the release is about: the last in the plan that answers.
    const Reading* shown = nullptr;
    std::vector<std::pair<QString, double>> values;
    for (const auto& of : view.lines) {
        const auto* reading = of.line->at(moment.now);
        if (reading != nullptr && (shown == nullptr || reading->status == session::SampleStatus::ok)) {
            shown = reading;
        }
        if (reading != nullptr && reading->status == session::SampleStatus::ok) {
            values.emplace_back(of.arm, reading->value);
        }
    }
    const bool known = shown != nullptr && shown->status == session::SampleStatus::ok;
    view.value = known ? figure(shown->value, view.scale) : QStringLiteral("–");
    view.mark = state_of(moment, metric, shown);
    if (const auto limit = limit_of(moment, metric)) {
        const QString text = QString::fromStdString(limit->must.text);
        view.limit = text;
        view.limit_value = limit->must.limit;
        view.breached_above = limit->breached_above;
        view.footer = text_of("must be %1").arg(text);
        // While no gate is judged (between holds, in a rollback) the figure still stands beside its limit.
        const bool broken =
            std::any_of(values.begin(), values.end(), [&](const auto& of) { return !limit->must.holds(of.second); });
        view.mark = view.mark == Mark::holds && broken ? Mark::breached : view.mark;
    }
    if (shown != nullptr && !known && !shown->detail.empty()) {
        view.footer = QString::fromStdString(shown->detail);
    } else if (values.size() == 2) {
        view.footer += (view.footer.isEmpty() ? QString() : QStringLiteral(" · ")) + compared(values, view.scale);
    }
    return view;
}

} // namespace sluice::story
