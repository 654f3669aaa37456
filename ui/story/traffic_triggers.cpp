#include "release/schedule.h"
#include "release/ways_back.h"
#include "story/figure.h"
#include "story/format.h"
#include "story/traffic_parts.h"

#include <algorithm>
#include <set>

namespace sluice::story {
namespace {

int nearness(const std::string& state) {
    return state == "fired" ? 4 : state == "pending" ? 3 : state == "frozen" ? 2 : state == "armed" ? 1 : 0;
}

/// Of the trigger itself and of each arm that it looks at, the one that is nearest to firing.
release::TriggerState nearest_state(const release::Release& release, const plan::Trigger& trigger) {
    release::TriggerState worst;
    for (const auto& [key, state] : release.triggers) {
        if ((key == trigger.id || key.starts_with(trigger.id + "/")) && nearness(state.state) > nearness(worst.state)) {
            worst = state;
        }
    }
    return worst;
}

const plan::Condition* first_measured(const plan::Condition& condition) {
    if (condition.kind == plan::Condition::Kind::metric) {
        return &condition;
    }
    for (const auto& part : condition.parts) {
        if (const auto* found = first_measured(part)) {
            return found;
        }
    }
    return nullptr;
}

/// What the trigger's metric says now; of several arms the one that is nearest to the limit.
QString current_value(const Moment& moment, const plan::Trigger& trigger) {
    const plan::Condition* condition = first_measured(trigger.condition);
    const plan::Metric* metric = condition ? moment.release.plan->metric(condition->name) : nullptr;
    if (!metric || metric->unit == "bool" || !metric->states.empty()) { // the trigger's own name says more
        return {};
    }
    const std::string own = condition->arm.empty() ? trigger.arm : condition->arm;
    std::set<std::string> arms{metric->by_arm.empty() ? "" : own};
    if (!metric->by_arm.empty() && own.empty()) {
        arms = release::arms_with_traffic(moment.release);
    }
    const auto& must = condition->must;
    const bool high =
        must.comparison == plan::Comparison::greater || must.comparison == plan::Comparison::greater_equal;
    std::optional<double> nearest;
    for (const auto& arm : arms) {
        if (const Answer answer = answer_of(moment, *metric, arm); answer.value) {
            nearest = !nearest ? *answer.value
                      : high   ? std::max(*nearest, *answer.value)
                               : std::min(*nearest, *answer.value);
        }
    }
    return nearest ? figure(*nearest, metric->unit, must.limit) : QStringLiteral("–");
}

TrafficFact trigger_fact(const Moment& moment, const plan::Trigger& trigger) {
    const release::TriggerState state = nearest_state(moment.release, trigger);
    TrafficFact fact;
    fact.label = as_text(trigger.title.empty() ? trigger.id : trigger.title);
    const QString value = current_value(moment, trigger);
    const QString before = value.isEmpty() ? QString() : value + u' ';
    if (state.state == "fired" && !state.answer.empty()) {
        fact.mark = Mark::close;
        fact.value = state.answer == "declined" ? TrafficText::tr("declined") : TrafficText::tr("no answer");
    } else if (state.state == "fired" && state.grace_ends.count != 0 && !moment.release.rollback.active) {
        fact.mark = Mark::breached;
        fact.value = TrafficText::tr("proposed %1").arg(clock(std::max(Nanos{}, state.grace_ends - moment.now)));
    } else if (state.state == "fired") {
        fact.mark = Mark::breached;
        // by which value stands in the tip and in the log
        fact.value = trigger.mode == plan::TriggerMode::act ? TrafficText::tr("fired") : TrafficText::tr("proposed");
    } else if (state.state == "pending") {
        fact.mark = Mark::close;
        // How long it has been true matters now; what it reads stands in the table above, and in the tip.
        fact.value = TrafficText::tr("%1 of %2").arg(clock(moment.now - state.since), clock(trigger.for_));
    } else if (state.state == "frozen") {
        fact.mark = Mark::source_error;
        fact.value = before + TrafficText::tr("frozen %1").arg(clock(moment.now - state.frozen_at));
    } else if (state.state == "armed") {
        fact.mark = Mark::holds;
        fact.value = value.isEmpty() ? TrafficText::tr("armed") : value;
    } else {
        fact.mark = Mark::to_come;
        fact.value = TrafficText::tr("disarmed");
    }
    const plan::Option* option = release::option_of(moment.release, trigger);
    fact.note = TrafficText::tr("%1: %2%3 %4")
                    .arg(as_text(trigger.id), as_text(state.state),
                         state.why.empty() ? QString() : QStringLiteral(" (%1)").arg(as_text(state.why)),
                         trigger.mode == plan::TriggerMode::act ? TrafficText::tr("→ rolls back by itself")
                                                                : TrafficText::tr("→ proposes a rollback"));
    if (!value.isEmpty()) {
        fact.note.prepend(value + QStringLiteral(" · "));
    }
    if (option) {
        fact.note += QStringLiteral(": ") + as_text(option->title.empty() ? option->id : option->title);
    }
    return fact;
}

} // namespace

void present_triggers(const Moment& moment, TrafficView& view) {
    int armed = 0, pending = 0, fired = 0, frozen = 0;
    for (const auto& trigger : moment.release.plan->rollback.triggers) {
        view.triggers.push_back(trigger_fact(moment, trigger));
        const std::string state = nearest_state(moment.release, trigger).state;
        armed += state == "armed" ? 1 : 0;
        pending += state == "pending" ? 1 : 0;
        frozen += state == "frozen" ? 1 : 0;
        fired += state == "fired" ? 1 : 0;
    }
    if (!view.triggers.empty()) {
        view.triggers_head = fired > 0     ? TrafficText::tr("%1 fired").arg(fired)
                             : pending > 0 ? TrafficText::tr("%1 pending").arg(pending)
                             : frozen > 0  ? TrafficText::tr("%1 frozen").arg(frozen)
                             : armed > 0   ? TrafficText::tr("armed")
                                           : TrafficText::tr("disarmed");
    }
}

void present_way_back(const Moment& moment, TrafficView& view) {
    const release::Release& release = moment.release;
    const plan::Option* option = release::default_option(release);
    const auto& rollback = release.rollback;
    if (!option || rollback.active || rollback.ready_option != option->id ||
        (!rollback.ready && rollback.ready_why.empty())) {
        return;
    }
    // Ready as far as it could be proven: what could not is said in sight (PLAN.md, "Rollback").
    const bool unproven = rollback.ready && rollback.ready_why.find("not provable") != std::string::npos;
    view.way_back_head = !rollback.ready ? TrafficText::tr("not ready")
                         : unproven      ? TrafficText::tr("not provable")
                                         : TrafficText::tr("ready");
    TrafficFact fact{as_text(option->title.empty() ? option->id : option->title), {}, {}, as_text(rollback.ready_why)};
    if (!rollback.ready) {
        fact.mark = Mark::breached;
        fact.value = TrafficText::tr("not ready");
        view.way_back.push_back(fact);
        view.way_back.push_back({as_text(rollback.ready_why), {}, {}, {}}); // why, in sight
        return;
    }
    fact.mark = unproven ? Mark::close : Mark::holds;
    fact.value =
        option->planned ? TrafficText::tr("planned %1").arg(spell(*option->planned)) : TrafficText::tr("ready");
    view.way_back.push_back(std::move(fact));
    if (unproven) {
        view.way_back.push_back({as_text(rollback.ready_why), {}, {}, {}});
    }
    const auto way = release::way_back(release);
    if (!way || way->ends <= moment.now || release.closed() || release.aborted ||
        release::no_return_since(release) != nullptr) {
        return; // the top says that it is over
    }
    const bool late = way->latest <= moment.now;
    view.way_back.push_back({late ? TrafficText::tr("Too late to be done in time") : TrafficText::tr("Begin by"),
                             utc_moment(way->latest, moment.now), late ? std::optional(Mark::close) : std::nullopt,
                             TrafficText::tr("its time ends %1").arg(utc_moment(way->ends, moment.now))});
}

} // namespace sluice::story
