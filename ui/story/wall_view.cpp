#include "story/wall_view.h"

#include "plan/fill.h"
#include "release/demand.h"
#include "release/ways_back.h"
#include "story/chart_choice.h"
#include "story/counted.h"
#include "story/current_step.h"
#include "story/foreseen.h"
#include "story/format.h"
#include "story/metric_view.h"
#include "story/own_alerts.h"
#include "story/rollback_view.h"
#include "story/step_titles.h"
#include "story/top_view.h"
#include "story/wall_news.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::story {
namespace {

using release::StepStatus;

QString wall_words(const char* text) {
    return QCoreApplication::translate("WarRoom", text);
}

QString filled(const std::string& text, const release::Release& release) {
    return QString::fromStdString(plan::fill(text, release::scope(release)).value_or(text));
}

const plan::Step* step_after(const release::Release& release, const plan::Step* now) {
    bool passed = now == nullptr;
    for (const auto& step : release.plan->steps) {
        if (passed && release.at(step.id).status == StepStatus::to_come && step.parent.empty()) {
            return &step;
        }
        passed = passed || &step == now;
    }
    return nullptr;
}

QString title_of(const plan::Step& step, const release::Release& release) {
    const auto& state = release.at(step.id);
    return state.title.empty() ? filled(step.title, release) : QString::fromStdString(state.title);
}

struct Judged {
    int all = 0, hold = 0;
    QString trouble;
    bool breached = false;
};

Judged judged(const release::Release& release, const plan::StepId& step, const release::StepState& state) {
    Judged sum;
    for (const auto& [gate, now] : state.gates) {
        if (now.shadow) {
            continue;
        }
        ++sum.all;
        sum.hold += now.verdict == "pass" || now.overridden ? 1 : 0;
        if (now.hinders() || (now.important && now.verdict != "pass" && !now.overridden)) {
            const bool fails = now.verdict == "fail";
            sum.breached = sum.breached || fails;
            if (sum.trouble.isEmpty() || fails) {
                sum.trouble = QStringLiteral("%1 %2: %3")
                                  .arg(QString(QChar(fails                           ? u'✕'
                                                     : now.verdict == "source-error" ? u'!'
                                                                                     : u'?')),
                                       gate_name(release, step, gate), verdict_words(now.verdict));
            }
        }
    }
    return sum;
}

QString why_back(const release::Release& release) {
    for (const auto& trigger : release.plan->rollback.triggers) {
        if (trigger.id == release.rollback.trigger) {
            return filled(trigger.title.empty() ? trigger.id : trigger.title, release);
        }
    }
    return QString::fromStdString(release.rollback.reason);
}

QString why_aborted(const Moment& moment) {
    for (const auto& entry : moment.entries) {
        if (const auto* aborted = std::get_if<release::Aborted>(&entry.event.body)) {
            return QString::fromStdString(aborted->reason);
        }
    }
    return {};
}

/// Whose hands a step needs; of an approval those roles that are still missing.
QString awaited(const release::Release& release, const plan::Step& step) {
    if (!std::holds_alternative<plan::Approve>(step.body)) {
        return who_of(step, {});
    }
    std::vector<std::string> roles = release::demand(release, step).roles;
    for (const auto& approval : release::counting(release, step, release.time)) {
        std::erase(roles, approval.by.role);
    }
    return who_of(step, roles);
}

void tell_state(const Moment& moment, const plan::Step* step, WallView& view) {
    const auto& release = moment.release;
    if (release.closed()) {
        view.tone = WallView::Tone::over;
        view.banner = release.outcome == "done"                  ? wall_words("✓ DONE")
                      : release.outcome == "rolled-back"         ? wall_words("△ ROLLED BACK")
                      : release.outcome == "rollback-incomplete" ? wall_words("✕ ROLLBACK INCOMPLETE")
                                                                 : wall_words("✕ ABORTED");
        view.banner_why = release.rollback.active ? why_back(release) : why_aborted(moment);
        return;
    }
    if (!moment.owned) {
        view.tone = WallView::Tone::paused;
        view.banner = wall_words("✕ NOT RUNNING");
        view.banner_why = wall_words("its program was killed: nobody watches, and nothing acts");
        return;
    }
    if (release.rollback.active) {
        view.tone = WallView::Tone::rolling_back;
        view.banner = wall_words("ROLLING BACK %1").arg(clock(moment.now - release.rollback.started));
        view.banner_why = why_back(release);
        return;
    }
    if (release.paused) {
        view.tone = WallView::Tone::paused;
        view.banner = wall_words("❚❚ PAUSED");
        view.banner_why = QString::fromStdString(release.paused_why);
        return;
    }
    if (step == nullptr) {
        return;
    }
    const auto& state = release.at(step->id);
    const Judged gates = judged(release, step->id, state);
    if (state.status == StepStatus::in_doubt || state.status == StepStatus::triage) {
        view.tone = WallView::Tone::paused;
        view.banner = state.status == StepStatus::in_doubt ? wall_words("? OUTCOME UNKNOWN") : wall_words("✕ FAILED");
        view.banner_why = QString::fromStdString(state.why);
    } else if (gates.breached) {
        view.tone = WallView::Tone::breach;
        view.banner = wall_words("✕ BREACHED");
        view.banner_why = gates.trouble;
    } else if (std::holds_alternative<plan::Hold>(step->body) && !state.hold.running && gates.all > 0 &&
               gates.hold < gates.all) {
        view.tone = WallView::Tone::paused;
        view.banner = wall_words("❚❚ PAUSED %1").arg(clock(moment.now - state.hold.mark));
        view.banner_why = wall_words("%1 of %2 gates hold · ").arg(gates.hold).arg(gates.all) + gates.trouble;
    } else if (state.status == StepStatus::person) {
        view.banner = wall_words("▸ WAITS FOR A PERSON");
        view.banner_why = awaited(release, *step);
    }
}

/// How long it is until the program rolls back by itself, or proposes to: of the trigger that is next to do so.
void tell_triggers(const Moment& moment, WallView& view) {
    const auto& release = moment.release;
    if (release.closed() || release.rollback.active || !moment.owned) {
        return;
    }
    const plan::Trigger* next = nullptr;
    Nanos left;
    for (const auto& trigger : release.plan->rollback.triggers) {
        for (const auto& [key, state] : release.triggers) {
            if (state.state != "pending" || !release::key_names(key, trigger.id)) {
                continue;
            }
            const Nanos its = std::max(Nanos{}, trigger.for_ - (moment.now - state.since));
            if (next == nullptr || its < left) {
                next = &trigger;
                left = its;
            }
        }
    }
    if (next == nullptr) {
        return;
    }
    const auto* option = release::option_of(release, *next);
    const bool can = option != nullptr && release::not_available(release, *option).empty();
    const QString in = (!can ? wall_words("fires in %1, and that way back is not available")
                        : next->mode == plan::TriggerMode::act ? wall_words("rolls back by itself in %1")
                                                               : wall_words("proposes a rollback in %1"))
                           .arg(clock(left));
    if (view.banner.isEmpty()) {
        view.banner = wall_words("△ TRIGGER PENDING");
        view.banner_why = filled(next->title.empty() ? next->id : next->title, release) + QStringLiteral(" · ") + in;
    } else {
        view.banner_why += (view.banner_why.isEmpty() ? QString() : QStringLiteral(" · ")) + in;
    }
}

/// A way back that is proposed waits for a person, and may come without: that is graver than what it comes from.
void tell_proposals(const Moment& moment, WallView& view) {
    const auto proposals = release::open_proposals(moment.release);
    if (proposals.empty()) {
        return;
    }
    const auto& first = proposals.front();
    const auto& trigger = *first.trigger;
    QString why = filled(trigger.title.empty() ? trigger.id : trigger.title, moment.release);
    if (first.ends.count != 0) {
        const QString in = clock(std::max(Nanos{}, first.ends - moment.now));
        why += QStringLiteral(" · ") +
               (trigger.after_grace == plan::AfterGrace::roll_back ? wall_words("rolls back by itself in %1").arg(in)
                : trigger.after_grace == plan::AfterGrace::pause   ? wall_words("pauses in %1").arg(in)
                                                                   : wall_words("goes on in %1").arg(in));
    }
    view.banner = wall_words("✕ ROLLBACK PROPOSED");
    view.banner_why = why + (view.banner_why.isEmpty() ? QString() : QStringLiteral(" · ")) + view.banner_why;
}

/// The gate of the step at work that comes to its limit first, while there is time to do something about it.
void tell_foreseen(const Moment& moment, const plan::Step* step, WallView& view) {
    const auto& release = moment.release;
    if (step == nullptr || release.closed() || release.rollback.active || !moment.owned) {
        return;
    }
    const auto& state = release.at(step->id);
    std::optional<Nanos> next;
    QString words;
    for (const auto& [key, gate] : state.gates) { // of one that stops nothing there is nothing to be done
        const auto left = gate.overridden || gate.shadow ? std::nullopt : breach_foreseen(state, gate, moment.now);
        if (left && (!next || *left < *next)) {
            next = left;
            words = gate_name(release, step->id, key) + u' ' + foreseen_words(gate.close, gate.limit, *left);
        }
    }
    if (!next) {
        return;
    }
    if (view.banner.isEmpty()) {
        view.banner = wall_words("△ NEARS ITS LIMIT");
        view.banner_why = words;
    } else {
        view.banner_why +=
            (view.banner_why.isEmpty() ? QString() : QStringLiteral(" · ")) + QStringLiteral("△ ") + words;
    }
}

/// Alerts that fire are named on the wall too, behind what is graver.
void tell_alerts(const Moment& moment, WallView& view) {
    const auto alerts = firing(moment);
    QStringList all;
    for (const OwnAlert& alert : own_alerts(moment.release)) {
        if (alert.unseen()) {
            all << alert.title(moment.release);
        }
    }
    if (alerts) {
        all << alerts->names;
    }
    if (all.isEmpty() || moment.release.closed()) {
        return;
    }
    const QString names = all.join(QStringLiteral(", "));
    if (view.banner.isEmpty()) {
        view.banner = all.size() == 1 ? wall_words("△ ALERT FIRING") : wall_words("△ %1 ALERTS FIRING").arg(all.size());
        view.banner_why = names;
    } else {
        view.banner_why +=
            (view.banner_why.isEmpty() ? QString() : QStringLiteral(" · ")) + wall_words("△ alert %1").arg(names);
    }
}

std::vector<double> line_of(const Line& line, Nanos now) {
    constexpr int points = 60;
    const Nanos step = minutes(30) / points;
    std::vector<double> values;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (int i = 1; i <= points; ++i) {
        const Nanos at = now - minutes(30) + step * i;
        const auto* reading = line.at(at);
        const bool known = reading && reading->status == session::SampleStatus::ok && at - reading->at < minutes(2);
        values.push_back(known ? reading->value : std::nan(""));
        if (known) {
            low = std::min(low, reading->value);
            high = std::max(high, reading->value);
        }
    }
    // A line that hardly moves stays flat rather than showing its noise.
    const double room = std::max(high - low, std::abs(high) * 0.2);
    for (double& value : values) {
        value = room > 0 ? std::clamp((value - low) / room, 0.0, 1.0) : (std::isnan(value) ? value : 0.5);
    }
    return values;
}

WallView::Tile tile(const Moment& moment, const ChartChoice& choice) {
    const MetricView view = present_metric(moment, *metric_of(moment, choice), choice.arm);
    WallView::Tile tile{text_of(choice), view.title, view.value, {}, view.mark, {}};
    // Short units stand beside the figure, others below it.
    if (view.unit.size() <= 3 && view.value != QStringLiteral("–")) {
        tile.value += view.unit.isEmpty() ? QString() : u' ' + view.unit;
    } else {
        tile.caption = view.unit;
    }
    if (!view.limit.isEmpty()) {
        tile.caption += (tile.caption.isEmpty() ? QString() : QStringLiteral(", ")) + view.limit;
    }
    for (const auto& of : view.lines) { // of the arm that the figure is of: the last that answers
        auto line = line_of(*of.line, moment.now);
        if (tile.line.empty() || !std::isnan(line.back())) {
            tile.line = std::move(line);
        }
    }
    return tile;
}

} // namespace

bool WallView::Tile::operator==(const Tile& other) const {
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    return choice == other.choice && title == other.title && value == other.value && caption == other.caption &&
           mark == other.mark && std::equal(line.begin(), line.end(), other.line.begin(), other.line.end(), same);
}

WallView present_wall(const Moment& moment, const QStringList& chosen) {
    WallView view;
    const auto& release = moment.release;
    if (!release.plan) {
        return view;
    }
    const auto& plan = *release.plan;
    view.title = filled(plan.title, release);
    view.lead = wall_words("Lead: %1").arg(QString::fromStdString(release.lead));
    const auto t0 = expected_t0(release, moment.now);
    view.clock = t0 ? t_clock(moment.now, *t0) : t_clock_unknown();
    // The wall never acts, so nothing is said of that: it tells what the lead's button tells.
    const RollbackView rollback = present_lead_button(moment);
    view.rollback = rollback.title.isEmpty() || rollback.detail.isEmpty()
                        ? rollback.title + rollback.detail
                        : rollback.title + QStringLiteral(" · ") + rollback.detail;
    const auto current = current_step(release);
    const plan::Step* now = current.empty() ? nullptr : plan.step(current);
    if (now != nullptr) {
        const auto* phase = plan.phase_of(now->id);
        view.where =
            (phase ? filled(phase->title, release) + QStringLiteral(" · ") : QString()) + title_of(*now, release);
        const auto& state = release.at(now->id);
        if (const auto* hold = std::get_if<plan::Hold>(&now->body); hold && state.status == StepStatus::running) {
            view.where += QStringLiteral(" · ") +
                          wall_words("%1 of %2 held")
                              .arg(clock(std::min(hold->for_, state.hold.held_at(moment.now))), clock(hold->for_));
        }
    }
    tell_state(moment, now, view);
    tell_proposals(moment, view);
    tell_triggers(moment, view);
    tell_foreseen(moment, now, view);
    tell_alerts(moment, view);
    if (!plan.traffic.empty()) {
        const auto split = release.split.find(plan.traffic.front().name);
        for (std::size_t i = 0; split != release.split.end() && i < plan.arms.size(); ++i) {
            const auto weight = split->second.find(plan.arms[i].name);
            if (weight != split->second.end()) {
                view.split.push_back(
                    {QString::fromStdString(plan.arms[i].name + " ") + filled(plan.arms[i].match, release),
                     static_cast<int>(i), weight->second});
            }
        }
    }
    for (const auto& phase : plan.phases) {
        int over = 0, all = 0;
        for (const auto& id : phase.steps) {
            ++all;
            over += release::over(release.at(id).status) ? 1 : 0;
        }
        const auto state = release.phases.find(phase.id);
        const bool begun =
            state != release.phases.end() && state->second.status == release::PhaseState::Status::running;
        const bool forward = !release.closed() && !release.rollback.active && !release.aborted;
        view.phases.push_back({filled(phase.title, release), all ? static_cast<double>(over) / all : 0,
                               begun && forward, begun && !forward});
    }
    for (const auto& choice : choices_to_show(moment, chosen, WallView::most_tiles)) {
        view.tiles.push_back(tile(moment, choice));
    }
    if (const auto* next = step_after(release, now); next && !release.closed()) {
        view.next = filled(next->title, release);
        const auto* hold = now ? std::get_if<plan::Hold>(&now->body) : nullptr;
        view.next_when = hold  ? wall_words("when all gates have held %1 together").arg(spell(hold->for_))
                         : now ? wall_words("after %1").arg(title_of(*now, release))
                               : QString();
        if (const QString who = awaited(release, *next); !who.isEmpty()) {
            view.next_when += QStringLiteral(" · ") + who;
        }
    }
    StepTitles titles(release);
    for (std::size_t i = moment.entries.size(); i > 0 && view.just_now.size() < 4; --i) {
        const auto& event = moment.entries[i - 1].event;
        if (const QString news = wall_news(release, titles, event, moment.entries.first(i - 1)); !news.isEmpty()) {
            view.just_now.push_back(wall_time(event.time).left(5) + u' ' + news);
        }
    }
    return view;
}

} // namespace sluice::story
