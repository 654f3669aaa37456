/// Cards that are of no single step: the rollback, the time between steps, the end.
#include "plan/describe.h"
#include "release/ways_back.h"
#include "report/by_hand.h"
#include "story/card_parts.h"
#include "story/progress_count.h"

#include <algorithm>

namespace sluice::story::card {
namespace {

std::vector<const plan::Step*> steps_of(const plan::Plan& plan, const plan::Option& option) {
    std::vector<const plan::Step*> found;
    for (const auto& id : option.steps) {
        if (const auto* step = plan.step(id)) {
            found.push_back(step);
        }
    }
    return found;
}

QString cause_text(const release::Release& release) {
    const auto& rollback = release.rollback;
    if (rollback.cause != "trigger") {
        return rollback.reason.empty() ? Words::tr("asked for by %1").arg(text(rollback.by.name))
                                       : text(rollback.reason);
    }
    QString said;
    for (const auto& trigger : release.plan->rollback.triggers) {
        if (trigger.id == rollback.trigger) {
            said = text(trigger.title);
        }
    }
    for (const auto& [key, state] : release.triggers) {
        if ((key == rollback.trigger || key.starts_with(rollback.trigger + "/")) && state.state == "fired" &&
            !state.why.empty()) {
            const auto slash = key.find('/');
            const QString arm = slash == std::string::npos ? QString() : text(key.substr(slash + 1));
            // A title that names the arm has said it.
            said += (said.isEmpty() ? QString() : QStringLiteral(": ")) + text(state.why) +
                    (arm.isEmpty() || said.contains(arm) ? QString() : Words::tr(" on %1").arg(arm));
            break;
        }
    }
    return said.isEmpty() ? text(rollback.reason) : said;
}

QString started_by(const release::Release& release) {
    const auto& rollback = release.rollback;
    const QString at = wall_time(rollback.started);
    return rollback.cause == "trigger" ? Words::tr("triggered by itself %1").arg(at)
                                       : Words::tr("by %1, %2").arg(text(rollback.by.name), at);
}

void add_counts(const release::Release& release, CardView& card) {
    const ProgressCount counts = count_forward(release); // as the plan list counts: a group is no step
    QStringList said{Words::tr("%1 passed").arg(counts.passed)};
    const auto add = [&](int number, const QString& words) {
        if (number > 0) {
            said << words.arg(number);
        }
    };
    add(counts.skipped, Words::tr("%1 skipped"));
    add(counts.overridden, Words::tr("%1 overridden"));
    add(counts.not_applicable, Words::tr("%1 did not apply"));
    const int done = counts.passed + counts.skipped + counts.overridden + counts.not_applicable;
    add(counts.steps - done, Words::tr("%1 not done"));
    card.facts.push_back({Words::tr("Steps"), said.join(QStringLiteral(", ")), Tone::plain, false});
    if (release.overrides > 0) {
        card.facts.push_back({Words::tr("Overrides"), count(release.overrides), Tone::breach, false});
    }
    if (release.notes > 0) {
        card.facts.push_back({Words::tr("Notes"), count(release.notes), Tone::plain, false});
    }
}

/// What was sent on the way forward and has not ended yet holds the closing up.
void add_awaited(const release::Release& release, CardView& card) {
    for (const auto& id : release::closing_awaits(release)) {
        const auto* step = release.plan->step(release.operations.at(id).intent.step);
        if (step && step->always) {
            card.facts.push_back(
                {Words::tr("Cleans up, then it closes"), text(release.at(step->id).title), Tone::plain, false});
            continue;
        }
        card.facts.push_back({Words::tr("Closes when this has ended"), text(release.operations.at(id).intent.summary),
                              Tone::warn, false});
    }
}

} // namespace

QString way_back(const release::Release& release, const plan::Option& option) {
    QString arm;
    for (const auto* step : steps_of(*release.plan, option)) {
        if (const auto* shift = std::get_if<plan::Shift>(&step->body)) {
            const auto most = std::max_element(shift->weights.begin(), shift->weights.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
            if (most != shift->weights.end() && most->second == 100) {
                arm = text(most->first);
            }
        }
    }
    return arm;
}

QString commands_by_hand(const Moment& moment, const plan::Option& option) {
    QStringList lines;
    int place = 0;
    for (const auto* step : steps_of(*moment.release.plan, option)) {
        const auto& state = moment.release.at(step->id);
        ++place;
        if (release::over(state.status)) {
            continue;
        }
        lines << QStringLiteral("# %1. %2").arg(place).arg(title_of(moment, *step).simplified());
        const std::string started_in(moment.started_in);
        const auto typed = report::by_hand(moment.release, *step, started_in);
        if (typed.commands.empty() && typed.remarks.empty()) {
            lines << QStringLiteral("#    ") + filled(moment, plan::summary(*step)).simplified();
        }
        for (const auto& hand : {typed, report::look_afterwards(moment.release, *step, started_in)}) {
            for (const auto& remark : hand.remarks) {
                lines << QStringLiteral("#    ") + text(remark);
            }
            for (const auto& command : hand.commands) {
                lines << text(command);
            }
        }
    }
    return lines.join(u'\n');
}

CardView rollback_card(const Moment& moment) {
    const auto& release = moment.release;
    CardView card;
    card.tone = Tone::breach;
    card.mark = Mark::running;
    card.state_tone = Tone::breach;
    const auto* option = release.plan->option(release.rollback.option);
    if (!option) {
        card.title = Words::tr("Rolling back");
        return card;
    }
    const QString arm = way_back(release, *option);
    const QString back = arm.isEmpty() ? filled(moment, option->title) : arm;
    if (release.rollback.ended.count != 0) { // what is left is clean-up, and what was under way before
        card.title = arm.isEmpty() ? Words::tr("Rolled back: %1").arg(back) : Words::tr("Rolled back to %1").arg(back);
    } else {
        card.title =
            arm.isEmpty() ? Words::tr("Rolling back: %1").arg(back) : Words::tr("Rolling back to %1").arg(back);
    }
    card.state = cause_text(release);
    card.situation = started_by(release);
    card.parts_title = Words::tr("Action");
    int over = 0;
    for (const auto* step : steps_of(*release.plan, *option)) {
        card.parts.push_back(part_row(moment, *step));
        over += release::over(release.at(step->id).status) ? 1 : 0;
    }
    card.progress = card.parts.empty() ? 0 : static_cast<double>(over) / static_cast<double>(card.parts.size());
    card.by_hand = commands_by_hand(moment, *option);
    add_awaited(release, card);
    return card;
}

CardView outcome_card(const Moment& moment) {
    const auto& release = moment.release;
    const Nanos end =
        last_time<release::SessionClosed>(moment, [](const auto&) { return true; }).value_or(release.time);
    CardView card;
    card.title = filled(moment, release.plan->title);
    const auto* option = release.plan->option(release.rollback.option);
    const QString arm = option ? way_back(release, *option) : QString();
    if (release.outcome == "done") {
        card.mark = Mark::holds;
        card.tone = card.state_tone = Tone::good;
        card.state = Words::tr("done");
    } else if (release.outcome == "rolled-back") {
        card.mark = Mark::close;
        card.tone = card.state_tone = Tone::warn;
        card.state = arm.isEmpty() ? Words::tr("rolled back") : Words::tr("rolled back to %1").arg(arm);
    } else {
        card.mark = Mark::breached;
        card.tone = card.state_tone = Tone::breach;
        card.state =
            release.outcome == "rollback-incomplete" ? Words::tr("rolled back, incomplete") : Words::tr("aborted");
    }
    card.situation = Words::tr("closed %1").arg(utc_moment(end, moment.now));
    card.facts.push_back({Words::tr("Session"),
                          Words::tr("%1, from %2 to %3")
                              .arg(spell(end - release.started), utc_moment(release.started, end), utc_time(end)),
                          Tone::plain, false});
    if (release.t0.count != 0) {
        card.facts.push_back({Words::tr("From T0"), t_clock(end, release.t0), Tone::plain, true});
    }
    add_counts(release, card);
    if (release.rollback.active && release.rollback.ended.count != 0) {
        card.facts.push_back({Words::tr("Rollback"),
                              Words::tr("%1: %2, %3")
                                  .arg(option ? filled(moment, option->title) : QString(),
                                       spell(release.rollback.ended - release.rollback.started), cause_text(release)),
                              Tone::warn, false});
    }
    return card;
}

CardView between_card(const Moment& moment) {
    const auto& release = moment.release;
    CardView card;
    card.mark = Mark::to_come;
    card.title = filled(moment, release.plan->title);
    card.state = Words::tr("between steps");
    if (release.aborted) {
        card.tone = card.state_tone = Tone::breach;
        card.mark = Mark::breached;
        card.state = Words::tr("aborting");
        card.situation = Words::tr("what was sent is waited for");
        add_awaited(release, card);
    }
    if (const Nanos until = release::kept_open_until(release, moment.now); until.count != 0) {
        card.mark = Mark::holds;
        card.state = Words::tr("released");
        card.state_tone = Tone::good;
        card.situation = Words::tr("the way back stays open until %1, another %2")
                             .arg(utc_moment(until, moment.now), clock(until - moment.now));
        add_counts(release, card);
        const bool triggers = std::any_of(release.triggers.begin(), release.triggers.end(),
                                          [](const auto& one) { return one.second.state != "disarmed"; });
        card.facts.push_back({Words::tr("Then"),
                              triggers ? Words::tr("the session closes as done; triggers look on until then")
                                       : Words::tr("the session closes as done"),
                              Tone::plain, false});
    }
    for (const auto& phase : release.plan->phases) {
        const auto found = release.phases.find(phase.id);
        if (found == release.phases.end() || found->second.status != release::PhaseState::Status::waiting) {
            continue;
        }
        const auto& state = found->second;
        card.title = filled(moment, phase.title);
        card.mark = Mark::paused;
        card.state = Words::tr("waits for its window");
        card.state_tone = Tone::warn;
        card.situation = state.until.count == 0 ? text(state.why)
                                                : Words::tr("until %1, another %2")
                                                      .arg(utc_moment(state.until, moment.now),
                                                           spell(std::max(Nanos{}, state.until - moment.now)));
        if (!state.why.empty() && state.until.count != 0) {
            card.facts.push_back({Words::tr("Calendar"), text(state.why), Tone::plain, false});
        }
        break;
    }
    return card;
}

} // namespace sluice::story::card
