#include "story/traffic_view.h"

#include "story/format.h"
#include "story/traffic_parts.h"

#include <QRegularExpression>

namespace sluice::story {
namespace {

/// The readiness of the way back says how many replicas of the arms it needs are ready ("blue has 3 of 5 ready",
/// engine/readiness.cpp); of the others a step that made them ready may have told.
void present_replicas(const release::Release& release, const Sides& sides, TrafficView& view) {
    QStringList parts;
    for (const auto& arm : {sides.initial, sides.released}) {
        const QString name = QString::fromStdString(arm);
        const QRegularExpression said(
            QStringLiteral("\\b%1 has (\\d+)(?: of (\\d+))? ready").arg(QRegularExpression::escape(name)));
        const auto match = said.match(QString::fromStdString(release.rollback.ready_why));
        if (match.hasMatch()) {
            const QString ready = match.captured(1);
            const QString wanted = match.captured(2);
            parts << (wanted.isEmpty() ? TrafficText::tr("%1 %2 ready").arg(name, ready)
                                       : TrafficText::tr("%1 %2/%3").arg(name, ready, wanted));
        }
    }
    if (!parts.isEmpty()) {
        view.facts.push_back({TrafficText::tr("Replicas"), parts.join(QStringLiteral(" · ")), std::nullopt, {}});
    }
}

/// A plan that watches Prometheus' ALERTS calls the metric so.
void present_alerts(const Moment& moment, TrafficView& view) {
    const plan::Metric* metric = moment.release.plan->metric("alerts");
    if (!metric || !moment.readings.line(metric->name, "")) {
        return;
    }
    const Answer answer = answer_of(moment, *metric, "");
    TrafficFact fact{QString::fromStdString(metric->title.empty() ? metric->name : metric->title), {}, {}, answer.why};
    if (!answer.value) {
        view.alerts_head = TrafficText::tr("unknown");
        fact.value = answer.mark == Mark::source_error ? TrafficText::tr("source error") : TrafficText::tr("no data");
        fact.mark = answer.mark;
        view.alerts.push_back(std::move(fact));
        return;
    }
    const auto firing = static_cast<std::int64_t>(*answer.value);
    view.alerts_head = firing > 0 ? TrafficText::tr("%1 firing").arg(count(firing)) : TrafficText::tr("none firing");
    if (firing > 0) {
        fact.mark = Mark::close;
        fact.value = count(firing);
        view.alerts.push_back(std::move(fact));
    }
}

} // namespace

TrafficView present_traffic(const Moment& moment) {
    TrafficView view;
    const release::Release& release = moment.release;
    if (!release.plan) {
        return view;
    }
    for (const auto& traffic : release.plan->traffic) {
        if (release.split.contains(traffic.name) && traffic.arms.size() == 2) {
            view.splits.push_back(split_view(moment, traffic));
        }
    }
    if (!view.splits.empty()) {
        const Sides sides = sides_of(*release.plan->traffic_named(view.splits.front().traffic));
        view.initial = QString::fromStdString(sides.initial);
        view.released = QString::fromStdString(sides.released);
        view.initial_place = place_of(*release.plan, sides.initial);
        view.released_place = place_of(*release.plan, sides.released);
        const SplitView& first = view.splits.front();
        if (first.observed) {
            view.facts.push_back({TrafficText::tr("Observed at the edge"),
                                  first.observed_text,
                                  first.apart ? std::optional(Mark::close) : std::nullopt,
                                  {}});
        }
        present_replicas(release, sides, view);
        view.comparisons = comparisons(moment, sides);
    }
    present_way_back(moment, view);
    present_triggers(moment, view);
    present_alerts(moment, view);
    return view;
}

} // namespace sluice::story
