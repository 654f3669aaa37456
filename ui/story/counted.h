#pragma once
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <QStringList>
#include <optional>
#include <string>
#include <vector>

/// What metrics of a plan count of the release (`counts:` in the plan): replicas, restarts, alerts. Pure.
namespace sluice::story {

/// One series of the last answer.
struct CountedSeries {
    const Line* line = nullptr;
    double value = 0;
    std::string space, object; ///< of its labels: namespace, and deployment or pod; empty where it has none
    std::string alert;         ///< label alertname
};

/// The last answer at a moment.
struct Counted {
    const plan::Metric* metric = nullptr;
    std::optional<Mark> trouble; ///< no data, source error: then there are no series
    QString why;                 ///< of the trouble
    std::vector<CountedSeries> series;
};

/// None: the plan has no such metric, or it was not asked yet.
std::optional<Counted> counted(const Moment& moment, plan::Counts what);

/// Of the arm's workload, by the labels (its Deployment, or pods of it), or by the arm that the metric says.
bool is_of(const CountedSeries& series, const plan::Arm& arm);

/// How much each counter of a metric has grown since `from`, by the arms that they are of; a pod that came later counts
/// from 0, one that is gone still counts. None: not asked yet.
std::optional<std::vector<std::pair<std::string, double>>> grown(const Moment& moment, plan::Counts what, Nanos from);

/// Alerts that fire.
struct Firing {
    std::optional<Mark> trouble;
    QString why;
    QStringList names; ///< one each, by name; the metric's title where an alert has none
};

/// None: the plan watches none, or was not told yet.
std::optional<Firing> firing(const Moment& moment);

} // namespace sluice::story
