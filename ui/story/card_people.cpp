/// Steps that a person answers, and those that wait or hold others.
#include "plan/describe.h"
#include "story/card_parts.h"
#include "story/step_titles.h"

#include <algorithm>

namespace sluice::story::card {

using release::StepStatus;

void show_confirm(const Seen& seen, const plan::Confirm& confirm, CardView& card) {
    card.text = filled(seen.moment, confirm.text);
    if (card.text == card.title) {
        card.text.clear();
    }
    if (!seen.step.owner.empty()) {
        card.facts.push_back({Words::tr("Owner"), role_text(seen.step.owner), Tone::plain, false});
    }
    const auto& log = seen.moment.entries;
    for (auto entry = log.rbegin(); entry != log.rend(); ++entry) {
        const auto* done = std::get_if<release::Confirmed>(&entry->event.body);
        if (done && done->step == seen.step.id && entry->event.time < seen.state.begun &&
            !release::over(seen.state.status)) {
            card.facts.push_back({Words::tr("Asked again"),
                                  Words::tr("what %1 said at %2 has grown old")
                                      .arg(text(done->by.name), utc_moment(entry->event.time, seen.moment.now)),
                                  Tone::warn, false});
            break;
        }
        if (done && done->step == seen.step.id) {
            card.people.push_back({Mark::holds, role_text(done->by.role),
                                   Words::tr("%1 at %2").arg(text(done->by.name), wall_time(entry->event.time))});
            if (!done->evidence.empty()) {
                card.facts.push_back({Words::tr("Evidence"), text(done->evidence), Tone::plain, false});
            }
            return;
        }
    }
    if (!seen.step.evidence.empty()) {
        card.facts.push_back({Words::tr("Evidence"),
                              seen.step.evidence == "required" ? Words::tr("required: it is asked for with the answer")
                                                               : Words::tr("optional"),
                              Tone::plain, false});
    }
}

void show_decide(const Seen& seen, const plan::Decide& decide, CardView& card) {
    card.text = filled(seen.moment, decide.text);
    if (card.text == card.title) {
        card.text.clear();
    }
    if (!seen.step.owner.empty()) {
        card.facts.push_back({Words::tr("Owner"), role_text(seen.step.owner), Tone::plain, false});
    }
    if (!seen.state.choice.empty()) {
        show_children(seen, card);
        return;
    }
    card.parts_title = Words::tr("Choice");
    for (const auto& choice : decide.choices) {
        QStringList steps;
        for (const auto& id : choice.steps) {
            if (const auto* step = seen.moment.release.plan->step(id)) {
                steps << title_of(seen.moment, *step);
            }
        }
        card.parts.push_back({Mark::to_come, filled(seen.moment, choice.title), QString(),
                              steps.isEmpty() ? Words::tr("nothing is run") : steps.join(QStringLiteral(", "))});
    }
}

namespace {

void show_wait_for_window(const Seen& seen, CardView& card) {
    const Nanos now = seen.moment.now;
    card.text = Words::tr("Waits until the calendar's window is open.");
    if (release::over(seen.state.status)) {
        return;
    }
    const auto& calendar = seen.moment.release.plan->calendar;
    const auto answer = plan::ask(calendar, now);
    if (answer && answer->open) {
        card.facts.push_back({Words::tr("The window"), Words::tr("is open now"), Tone::good, false});
        return;
    }
    const auto opens = plan::next_open(calendar, now);
    card.facts.push_back(
        {Words::tr("The window"),
         opens ? Words::tr("opens %1 UTC, in %2").arg(date(*opens) + u' ' + wall_time(*opens), spell(*opens - now))
               : Words::tr("does not open within 400 days"),
         opens ? Tone::plain : Tone::warn, false});
    if (answer && !answer->why.empty()) {
        card.facts.push_back({Words::tr("Closed now"), text(answer->why), Tone::plain, false});
    }
    if (seen.state.status == StepStatus::running) {
        card.facts.push_back({Words::tr("Sooner"),
                              Words::tr("Override goes on at once: it needs a reason, stays in the log and is shown in "
                                        "red from then on"),
                              Tone::plain, false});
        if (opens) {
            card.situation = Words::tr("another %1").arg(spell(*opens - now));
        }
    }
}

} // namespace

void show_wait(const Seen& seen, const plan::Wait& wait, CardView& card) {
    const bool runs = seen.state.status == StepStatus::running;
    const Nanos now = seen.moment.now;
    if (wait.for_ && runs) {
        const Nanos end = seen.state.begun + *wait.for_;
        card.progress = std::clamp((now - seen.state.begun).seconds() / std::max(1e-9, wait.for_->seconds()), 0.0, 1.0);
        card.situation =
            Words::tr("until %1, another %2").arg(utc_moment(end, now), clock(std::max(Nanos{}, end - now)));
    }
    if (wait.window) {
        show_wait_for_window(seen, card);
    } else if (wait.until) {
        card.text = filled(seen.moment, plan::summary(seen.step));
    }
    if (wait.deadline && runs) {
        card.facts.push_back({Words::tr("Deadline"),
                              Words::tr("%1, in %2")
                                  .arg(utc_moment(seen.state.begun + *wait.deadline, now),
                                       spell(seen.state.begun + *wait.deadline - now)),
                              Tone::plain, false});
    }
}

void show_probe(const Seen& seen, const plan::Probe& probe, CardView& card) {
    if (probe.every && probe.until) {
        QString often = Words::tr("every %1 for up to %2").arg(spell(*probe.every), spell(*probe.until));
        if (seen.state.status == StepStatus::running) {
            const Nanos left = seen.state.begun + *probe.until - seen.moment.now;
            card.progress = std::clamp(
                (seen.moment.now - seen.state.begun).seconds() / std::max(1e-9, probe.until->seconds()), 0.0, 1.0);
            often += QStringLiteral(" · ") + Words::tr("%1 left").arg(spell(std::max(Nanos{}, left)));
        }
        card.facts.push_back({Words::tr("Asked"), often, Tone::plain, false});
    }
    if (!seen.state.why.empty() && seen.state.status != StepStatus::triage) {
        card.facts.push_back({Words::tr("Last answer"), text(seen.state.why), Tone::plain, false});
    }
}

PartRow part_row(const Moment& moment, const plan::Step& step) {
    const auto& state = moment.release.at(step.id);
    PartRow row;
    row.mark = mark_of(state.status);
    row.title = title_of(moment, step);
    row.took = took(state, moment.now);
    row.result = text(state.why);
    const auto operation = moment.release.operations.find(state.operation);
    if (operation != moment.release.operations.end()) {
        const auto& one = operation->second;
        row.title += QStringLiteral(": ") + text(one.intent.summary);
        const Json& result = one.settled.result;
        if (row.result.isEmpty() && result.is_object()) {
            for (const char* key : {"exit", "status"}) {
                if (result.contains(key) && result[key].is_number_integer()) {
                    row.result = text(key) + u' ' + QString::number(result[key].get<int>());
                }
            }
            if (result.contains("split") && result["split"].is_object()) {
                QStringList arms;
                for (const auto& [arm, weight] : result["split"].items()) {
                    arms << text(arm) + u' ' + text(weight.dump());
                }
                row.result = Words::tr("read back %1").arg(arms.join(QStringLiteral(", ")));
            }
        }
    }
    if (row.result.isEmpty() && state.status != StepStatus::to_come && state.status != StepStatus::passed) {
        row.result = word_of(state.status);
    }
    return row;
}

void show_children(const Seen& seen, CardView& card) {
    const auto& plan = *seen.moment.release.plan;
    card.parts_title = Words::tr("Step");
    int over = 0, all = 0;
    for (const auto* list : {&plan.steps, &plan.rollback_steps}) {
        for (const auto& step : *list) {
            const auto status = seen.moment.release.at(step.id).status;
            if (step.parent != seen.step.id || (!step.choice.empty() && step.choice != seen.state.choice)) {
                continue;
            }
            card.parts.push_back(part_row(seen.moment, step));
            ++all;
            over += release::over(status) ? 1 : 0;
        }
    }
    if (all > 0) {
        card.situation = Words::tr("%1 of %2 done").arg(over).arg(all);
        card.progress = static_cast<double>(over) / all;
    }
}

} // namespace sluice::story::card
