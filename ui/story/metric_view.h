#pragma once
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::story {

/// What a metric says at a moment: for the head and foot of its chart, and for a tile of the war room.
struct MetricView {
    enum class Scale { as_is, percent, milliseconds };

    struct Of {
        const Line* line = nullptr;
        QString arm;    ///< empty = the whole
        int place = -1; ///< of the arm in the plan; -1 = the whole
        bool operator==(const Of&) const = default;
    };

    QString title, unit;
    QString value; ///< "1,612", "42.8"; "–" when there is none
    Mark mark = Mark::holds;
    QString footer;                    ///< "limit 1 % · green +0.04 pp vs blue", or why there is no value
    QString limit;                     ///< "limit 1 %", "must stay above 90 k/s"; empty = no gate has one
    std::optional<double> limit_value; ///< in the metric's own unit
    bool breached_above = true;
    /// Around the baseline that the limit is counted from, as far as the gate allows, in the metric's own unit: low,
    /// high.
    std::optional<std::pair<double, double>> usual;
    Scale scale = Scale::as_is;
    std::vector<Of> lines; ///< in the plan's order of arms

    bool operator==(const MetricView&) const = default;
};

/// `arm`: only its line, its figure and what gates say of it; empty = of all.
MetricView present_metric(const Moment& moment, const plan::Metric& metric, const std::string& arm = "");

/// Whether a gate or a trigger of the plan reads it.
bool decides(const plan::Plan& plan, const std::string& metric);

/// The plan's metrics, the ones that decide first: what triggers read, then what is told by arm, then the rest.
std::vector<const plan::Metric*> leading_metrics(const plan::Plan& plan);

/// What to multiply the metric's own unit by.
double factor(MetricView::Scale scale);

/// The weight of the arm that a shift leads to: "25 %"; empty for other intents.
QString weight_label(const plan::Plan& plan, const release::Intent& intent);

} // namespace sluice::story
