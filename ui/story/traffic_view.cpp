#include "story/traffic_view.h"

#include "story/counted.h"
#include "story/format.h"
#include "story/own_alerts.h"
#include "story/traffic_parts.h"

#include <QRegularExpression>

#include <cmath>

namespace sluice::story {
namespace {

QString trouble_word(Mark mark) {
    return mark == Mark::source_error ? TrafficText::tr("source error") : TrafficText::tr("no data");
}

QString whole(double value) {
    return count(std::llround(value));
}

std::optional<double> sum_of(const Counted& counted, const plan::Arm& arm) {
    std::optional<double> sum;
    for (const auto& series : counted.series) {
        if (is_of(series, arm)) {
            sum = sum.value_or(0) + series.value;
        }
    }
    return sum;
}

/// "blue 3/3 · green 2/3" out of what a metric counts; none = no metric does, or it has not answered.
std::optional<TrafficFact> counted_replicas(const Moment& moment, const Sides& sides) {
    const auto ready = counted(moment, plan::Counts::ready_replicas);
    if (!ready) {
        return std::nullopt;
    }
    TrafficFact fact{TrafficText::tr("Replicas"), {}, ready->trouble, ready->why};
    if (ready->trouble) {
        fact.value = trouble_word(*ready->trouble);
        return fact;
    }
    const auto wanted = counted(moment, plan::Counts::wanted_replicas);
    QStringList parts;
    for (const auto& name : {sides.initial, sides.released}) {
        const plan::Arm* arm = moment.release.plan->arm(name);
        const auto is = sum_of(*ready, *arm);
        const auto should = wanted ? sum_of(*wanted, *arm) : std::nullopt;
        if (!is) {
            continue; // it is not deployed yet, or no more
        }
        parts << (should ? QStringLiteral("%1 %2/%3").arg(as_text(name), whole(*is), whole(*should))
                         : TrafficText::tr("%1 %2 ready").arg(as_text(name), whole(*is)));
        if (should && *is < *should) {
            fact.mark = Mark::close;
        }
    }
    if (parts.isEmpty()) {
        return std::nullopt;
    }
    fact.value = parts.join(QStringLiteral(" · "));
    return fact;
}

/// The readiness of the way back says how many replicas of the arms it needs are ready ("blue has 3 of 5 ready",
/// engine/readiness.cpp).
std::optional<TrafficFact> replicas_of_the_way_back(const release::Release& release, const Sides& sides) {
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
    if (parts.isEmpty()) {
        return std::nullopt;
    }
    return TrafficFact{TrafficText::tr("Replicas"), parts.join(QStringLiteral(" · ")), std::nullopt, {}};
}

void present_restarts(const Moment& moment, const Sides& sides, TrafficView& view) {
    const auto now = counted(moment, plan::Counts::restarts);
    const bool from_t0 = moment.release.t0.count != 0;
    const auto grew = grown(moment, plan::Counts::restarts, from_t0 ? moment.release.t0 : moment.release.started);
    if (!now || !grew) {
        return;
    }
    TrafficFact fact{from_t0 ? TrafficText::tr("Restarts since T0") : TrafficText::tr("Restarts since the start"),
                     {},
                     now->trouble,
                     now->why};
    if (now->trouble) {
        fact.value = trouble_word(*now->trouble);
    } else {
        QStringList parts;
        for (const auto& [arm, by] : *grew) {
            if (by > 0 && (arm == sides.initial || arm == sides.released)) {
                parts << QStringLiteral("%1 %2").arg(as_text(arm), whole(by));
            }
        }
        fact.value = parts.isEmpty() ? QStringLiteral("0") : parts.join(QStringLiteral(" · "));
        if (!parts.isEmpty()) {
            fact.mark = Mark::close;
        }
    }
    view.facts.push_back(std::move(fact));
}

/// The plan's own: those that are quiet are not listed.
int present_own_alerts(const Moment& moment, TrafficView& view) {
    int fires = 0;
    for (const auto& alert : own_alerts(moment.release)) {
        const auto& state = *alert.state;
        TrafficFact fact{alert.title(moment.release), {}, Mark::close, QString::fromStdString(state.why)};
        if (state.firing()) {
            ++fires;
            const QString length = clock(std::max(Nanos{}, moment.now - state.since));
            fact.mark = alert.planned->page && alert.unseen() ? Mark::breached : Mark::close;
            fact.value = alert.unseen()
                             ? TrafficText::tr("firing %1").arg(length)
                             : TrafficText::tr("seen by %1").arg(QString::fromStdString(state.acknowledged_by));
        } else if (state.state == "pending") {
            fact.value = TrafficText::tr("pending %1").arg(clock(std::max(Nanos{}, moment.now - state.since)));
        } else if (state.state == "frozen") {
            fact.mark = Mark::source_error;
            fact.value = TrafficText::tr("frozen");
        } else {
            continue;
        }
        view.alerts.push_back(std::move(fact));
    }
    return fires;
}

void present_alerts(const Moment& moment, TrafficView& view) {
    const int own = present_own_alerts(moment, view);
    const auto alerts = firing(moment);
    if (!alerts) {
        if (!moment.release.plan->alerts.empty()) {
            view.alerts_head = own == 0 ? TrafficText::tr("none firing") : TrafficText::tr("%1 firing").arg(own);
        }
        return;
    }
    if (alerts->trouble) {
        view.alerts_head = TrafficText::tr("unknown");
        view.alerts.push_back(
            {TrafficText::tr("Alerts"), trouble_word(*alerts->trouble), alerts->trouble, alerts->why});
        return;
    }
    const auto fires = own + static_cast<std::int64_t>(alerts->names.size());
    view.alerts_head = fires == 0 ? TrafficText::tr("none firing") : TrafficText::tr("%1 firing").arg(count(fires));
    for (const QString& name : alerts->names) {
        view.alerts.push_back({name, TrafficText::tr("firing"), Mark::close, {}});
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
            view.facts.push_back({first.apart ? TrafficText::tr("Observed") : TrafficText::tr("Observed at the edge"),
                                  first.observed_text,
                                  first.apart ? std::optional(Mark::close) : std::nullopt,
                                  {}});
        }
        auto replicas = counted_replicas(moment, sides);
        if (replicas || (replicas = replicas_of_the_way_back(release, sides))) {
            view.facts.push_back(std::move(*replicas));
        }
        present_restarts(moment, sides, view);
        view.comparisons = comparisons(moment, sides);
    }
    present_way_back(moment, view);
    present_triggers(moment, view);
    present_alerts(moment, view);
    return view;
}

} // namespace sluice::story
