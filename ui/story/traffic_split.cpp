#include "release/shift.h"
#include "story/format.h"
#include "story/traffic_parts.h"

#include <algorithm>
#include <cmath>

namespace sluice::story {
namespace {

/// "production/api-ingress" → "api-ingress"
QString object_name(const plan::Traffic& traffic, const char* key) {
    const std::string object = traffic.settings.value(key, std::string());
    return as_text(object.substr(object.find('/') + 1));
}

QString arm_version(const plan::Plan& plan, const plan::Scope& scope, const std::string& arm) {
    const plan::Arm* planned = plan.arm(arm);
    const auto filled = planned && !planned->match.empty() ? plan::fill(planned->match, scope) : Result<std::string>();
    return filled ? as_text(*filled) : QString();
}

/// What the driver will write first, in the words of its API. It reads before it writes, so what is so already it
/// leaves alone.
QString write_of(const plan::Traffic& traffic, const Sides& sides, const plan::Weights& weights,
                 const plan::Plan& plan) {
    if (traffic.driver == "nginx-canary") {
        const auto canary = traffic.arms.find("canary");
        const int weight = canary == traffic.arms.end() ? 0 : weights.at(canary->second);
        return QStringLiteral("PATCH ingress/%1 canary-weight %2").arg(object_name(traffic, "canary")).arg(weight);
    }
    const std::string& arm = weights.at(sides.released) > 0 ? sides.released : sides.initial;
    const plan::Arm* planned = plan.arm(arm);
    const std::string service = planned ? planned->service : std::string();
    return QStringLiteral("PATCH ingress/%1 backend %2")
        .arg(object_name(traffic, "primary"), as_text(service.substr(service.find('/') + 1)));
}

/// What a shift does to the plan beside moving traffic.
QString shift_consequence(const release::Release& release) {
    QStringList holds;
    for (const auto& [id, state] : release.steps) {
        const bool at_work =
            state.status == release::StepStatus::running || state.status == release::StepStatus::person;
        if (at_work && std::holds_alternative<plan::Hold>(release.plan->step(id)->body)) {
            holds << as_text(state.title);
        }
    }
    return holds.isEmpty() ? QString()
                           : TrafficText::tr("%1 starts to hold anew").arg(holds.join(QStringLiteral(", ")));
}

/// Share of the released arm by the first rate that is measured for each arm; needs an answer of every arm that is
/// sent something.
std::optional<double> observed_share(const Moment& moment, const plan::Traffic& traffic, const Sides& sides) {
    for (const auto& metric : moment.release.plan->metrics) {
        if (metric.by_arm.empty() || metric.unit != "per-second") {
            continue;
        }
        double sum = 0, released = 0;
        bool whole = true;
        for (const auto& [side, arm] : traffic.arms) {
            const Answer answer = answer_of(moment, metric, arm);
            const auto& split = moment.release.split.at(traffic.name);
            const bool served = split.contains(arm) && split.at(arm) > 0;
            whole = whole && (answer.value || !served);
            sum += answer.value.value_or(0);
            released += arm == sides.released ? answer.value.value_or(0) : 0;
        }
        if (whole && sum > 0) {
            return released / sum * 100;
        }
    }
    return std::nullopt;
}

void add_stations(const Moment& moment, const plan::Traffic& traffic, const Sides& sides, SplitView& view) {
    const release::Release& release = moment.release;
    const plan::Weights& now = release.split.at(traffic.name);
    const QString consequences = shift_consequence(release);
    for (const auto& weights : release::stations(*release.plan, traffic.name)) {
        Station station;
        station.weight = weights.at(sides.released);
        station.weights = weights;
        station.here = weights == now;
        const auto allowed = release::may_shift(release, traffic.name, weights);
        station.allowed = moment.mode != story::Mode::replay && allowed.has_value();
        if (!station.here) {
            if (!allowed) {
                station.why_not = as_text(allowed.error().what);
                if (!allowed.error().remedy.empty()) {
                    station.why_not += QStringLiteral(" (%1)").arg(as_text(allowed.error().remedy));
                }
            }
            station.change =
                TrafficText::tr("%1 % → %2 % %3").arg(view.weight).arg(station.weight).arg(as_text(sides.released));
            station.write = write_of(traffic, sides, weights, *release.plan);
            station.consequence = consequences;
        }
        view.stations.push_back(std::move(station));
    }
    std::sort(view.stations.begin(), view.stations.end(),
              [](const Station& a, const Station& b) { return a.weight < b.weight; });
}

/// What is under way: by hand, or by a step of the plan.
void add_notice(const Moment& moment, const plan::Traffic& traffic, const Sides& sides, SplitView& view) {
    const release::Release& release = moment.release;
    const auto say = [&](const plan::Shift& shift, const release::StepState& state, bool by_hand) {
        const QString where =
            TrafficText::tr("%1 % %2").arg(shift.weights.at(sides.released)).arg(as_text(sides.released));
        if (state.status == release::StepStatus::in_doubt) {
            view.notice = TrafficText::tr("Outcome unknown: shift to %1").arg(where);
            view.notice_mark = Mark::no_data;
        } else {
            view.notice = by_hand ? TrafficText::tr("Moving to %1 by hand").arg(where)
                                  : TrafficText::tr("Moving to %1").arg(where);
            view.notice_mark = Mark::running;
        }
    };
    for (const auto* list : {&release.plan->steps, &release.plan->rollback_steps}) {
        for (const auto& step : *list) {
            const auto* shift = std::get_if<plan::Shift>(&step.body);
            const auto& state = release.at(step.id);
            const bool busy =
                state.status == release::StepStatus::running || state.status == release::StepStatus::in_doubt;
            if (shift && shift->traffic == traffic.name && busy) {
                say(*shift, state, false);
            }
        }
    }
    const release::HandShift* hand = release::open_shift(release);
    const auto* shift = hand ? std::get_if<plan::Shift>(&hand->planned.body) : nullptr;
    if (!shift || shift->traffic != traffic.name) {
        return;
    }
    say(*shift, hand->state, true);
    const auto operation = release.operations.find(hand->state.operation);
    // A doubt of the past has been answered since, or is answered where one looks at what is now.
    const bool can_be_answered = moment.mode != story::Mode::replay;
    if (can_be_answered && hand->state.status == release::StepStatus::in_doubt &&
        operation != release.operations.end()) {
        const auto& known = operation->second;
        view.doubt =
            ShiftDoubt{operation->first, as_text(known.intent.summary + ": " + known.why), as_text(known.read_back)};
    }
}

} // namespace

Sides sides_of(const plan::Traffic& traffic) {
    Sides sides{traffic.initial, {}};
    for (const auto& [side, arm] : traffic.arms) {
        if (arm != traffic.initial) {
            sides.released = arm;
        }
    }
    return sides;
}

int place_of(const plan::Plan& plan, const std::string& arm) {
    const auto found =
        std::find_if(plan.arms.begin(), plan.arms.end(), [&](const auto& one) { return one.name == arm; });
    return static_cast<int>(found - plan.arms.begin());
}

SplitView split_view(const Moment& moment, const plan::Traffic& traffic) {
    const release::Release& release = moment.release;
    const Sides sides = sides_of(traffic);
    const plan::Weights& weights = release.split.at(traffic.name);
    const plan::Scope scope = release::scope(release);
    SplitView view;
    view.traffic = traffic.name;
    view.place = TrafficText::tr("ingress %1").arg(object_name(traffic, "primary"));
    for (const auto& arm : {sides.initial, sides.released}) {
        const auto weight = weights.find(arm);
        view.arms.push_back({as_text(arm), arm_version(*release.plan, scope, arm), place_of(*release.plan, arm),
                             weight == weights.end() ? 0 : weight->second});
    }
    view.released = as_text(sides.released);
    view.released_place = view.arms.back().place;
    view.weight = view.arms.back().weight;
    view.observed = observed_share(moment, traffic, sides);
    if (view.observed) {
        // Load varies: five points are more than it does where each arm has some requests.
        view.apart = std::abs(*view.observed - view.weight) > 5;
        view.observed_text = percent(*view.observed / 100) + u' ' + view.released;
        if (view.apart) {
            view.observed_text += TrafficText::tr(", commanded %1").arg(view.weight);
        }
    }
    add_stations(moment, traffic, sides, view);
    add_notice(moment, traffic, sides, view);
    return view;
}

} // namespace sluice::story
