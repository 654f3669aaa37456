/// What the attributes of a step promise: when it is due, how long a tick stands, who is told, what it uses. And how
/// bad it is, where somebody has said so.
#include "release/moments.h"
#include "release/ways_back.h"
#include "report/shell_word.h"
#include "story/card_parts.h"
#include "story/step_titles.h"

#include <QStringList>
#include <algorithm>

namespace sluice::story::card {
namespace {

QString joined(const std::vector<std::string>& parts) {
    QStringList all;
    std::transform(parts.begin(), parts.end(), std::back_inserter(all), [](const auto& part) { return text(part); });
    return all.join(QStringLiteral(", "));
}

/// "2 h after go-live"; the moment itself once it is known. The calendar is not asked here: it is slow.
QString due_text(const Seen& seen, const plan::NotBefore& due) {
    const auto& release = seen.moment.release;
    const bool known = due.step.empty() ? release.t0.count != 0 : release::satisfies(release.at(due.step).status);
    const auto moment = known ? release::Moments(release, seen.moment.now).of(due) : std::nullopt;
    if (moment && moment->count != 0) {
        const Nanos left = *moment - seen.moment.now;
        return left > Nanos{} ? Words::tr("%1, in %2").arg(utc_moment(*moment, seen.moment.now), spell(left))
                              : utc_moment(*moment, seen.moment.now);
    }
    const auto* anchor = release.plan->step(due.step);
    const QString name = anchor ? title_of(seen.moment, *anchor) : QStringLiteral("T0");
    return due.delay < Nanos{} ? Words::tr("%1 before %2").arg(spell(-due.delay), name)
                               : Words::tr("%1 after %2").arg(spell(due.delay), name);
}

void show_waiting_promises(const Seen& seen, CardView& card) {
    const auto& step = seen.step;
    if (seen.state.overdue.count != 0) {
        card.facts.push_back({Words::tr("Overdue"),
                              Words::tr("since %1").arg(utc_moment(seen.state.overdue, seen.moment.now)), Tone::warn,
                              false});
    } else if (step.due) {
        card.facts.push_back({Words::tr("Due"), due_text(seen, *step.due), Tone::plain, false});
    }
    if (!step.escalate) {
        return;
    }
    if (seen.state.escalated) {
        card.facts.push_back(
            {Words::tr("Escalated"), Words::tr("to %1").arg(role_text(step.escalate->to)), Tone::warn, false});
    } else {
        card.facts.push_back({Words::tr("Escalates"),
                              Words::tr("to %1 when it has waited for %2")
                                  .arg(role_text(step.escalate->to), spell(step.escalate->after)),
                              Tone::plain, false});
    }
}

/// What a message says, and who reads it.
void show_message(const Seen& seen, const plan::Notify& notify, CardView& card) {
    const auto& plan = *seen.moment.release.plan;
    const auto* written = plan.message(notify.message);
    card.text = filled(seen.moment, written ? written->text : notify.text);
    QStringList readers;
    for (const auto& name : notify.channels) {
        const auto* channel = plan.channel(name);
        readers << (channel && !channel->audience.empty()
                        ? QStringLiteral("%1 (%2)").arg(text(name), text(channel->audience))
                        : text(name));
    }
    card.facts.push_back({Words::tr("Tells"), readers.join(QStringLiteral(", ")), Tone::plain, false});
}

} // namespace

void show_external(const Seen& seen, const plan::External& external, CardView& card) {
    show_confirm(seen, plan::Confirm{external.text}, card);
    const auto typed = report::typed_command(external.command, release::scope(seen.moment.release));
    card.command = text(typed.command);
    for (const auto& [name, value] : typed.apart) { // a shell would read them: nobody pastes them unread
        card.facts.push_back({Words::tr("Where %1 is").arg(text(name)), text(value), Tone::warn, true});
    }
    if (card.text.isEmpty()) {
        card.text = Words::tr("To be typed elsewhere; then say here that it was done.");
    }
    if (seen.step.verify) {
        card.facts.push_back(
            {Words::tr("Then"), Words::tr("it is read back before the plan goes on"), Tone::plain, false});
    }
}

void show_promises(const Seen& seen, CardView& card) {
    const auto& step = seen.step;
    const auto& release = seen.moment.release;
    if (const auto* phase = release.plan->phase_of(step.id); phase && phase->follow_up && release.released.count != 0) {
        card.facts.push_back(
            {Words::tr("Released"),
             Words::tr("%1; what is left is follow-up work").arg(utc_moment(release.released, seen.moment.now)),
             Tone::good, false});
    }
    if (const auto& amended = release.amendments;
        !amended.empty() && !release::over(seen.state.status) && amended.back().time >= seen.state.started) {
        const auto& last = amended.back();
        card.facts.push_back({Words::tr("Plan amended"),
                              Words::tr("by %1, %2: %3")
                                  .arg(text(last.by.name), utc_moment(last.time, seen.moment.now), text(last.reason)),
                              Tone::warn, false});
    }
    if (const auto* notify = std::get_if<plan::Notify>(&step.body)) {
        show_message(seen, *notify, card);
    }
    if (!release::over(seen.state.status)) {
        show_waiting_promises(seen, card);
    }
    if (step.valid_for) {
        card.facts.push_back(
            {Words::tr("Stands for"),
             Words::tr("%1; then it is asked for again, if what needs it has not started").arg(spell(*step.valid_for)),
             Tone::plain, false});
    }
    if (step.always) {
        card.facts.push_back(
            {Words::tr("Clean-up"), Words::tr("runs after an abort or a rollback too"), Tone::plain, false});
    }
    if (std::holds_alternative<plan::Shell>(step.body)) {
        card.facts.push_back(
            {Words::tr("Shell"), Words::tr("this text is run by a shell, as it stands"), Tone::warn, false});
    }
    if (!step.files.empty()) {
        card.facts.push_back({Words::tr("Uses"), joined(step.files), Tone::plain, true});
    }
}

const plan::Option* proposed_option(const release::Release& release) {
    if (const auto proposals = release::open_proposals(release); !proposals.empty()) {
        return release::option_of(release, *proposals.front().trigger);
    }
    if (release.severity.empty() || release.rollback.active || release.closed()) {
        return nullptr;
    }
    const auto* level = release::declared_severity(release);
    return level ? release.plan->option(level->option) : nullptr;
}

void show_severity(const Moment& moment, CardView& card) {
    const auto& release = moment.release;
    if (release.severity.empty() || !release.plan || release.closed()) {
        return;
    }
    const auto* level = release::declared_severity(release);
    if (!level) {
        return;
    }
    card.facts.push_back(
        {Words::tr("Severity"),
         Words::tr("%1, since %2").arg(filled(moment, level->title), utc_moment(release.severity_since, moment.now)),
         Tone::warn, false});
    if (!level->response.empty()) {
        card.facts.push_back({Words::tr("What to do"), filled(moment, level->response), Tone::plain, false});
    }
    const auto* option = proposed_option(release);
    if (option != nullptr && release::open_proposals(release).empty()) { // else those are told
        card.facts.push_back({Words::tr("Proposed"), filled(moment, option->title), Tone::plain, false});
    }
}

void show_proposals(const Moment& moment, CardView& card) {
    const auto& release = moment.release;
    for (const auto& proposal : release::open_proposals(release)) {
        const auto& trigger = *proposal.trigger;
        const auto* option = release::option_of(release, trigger);
        const QString title = filled(moment, trigger.title.empty() ? trigger.id : trigger.title);
        card.facts.push_back(
            {Words::tr("Proposed"),
             Words::tr("%1, since %2: %3")
                 .arg(option != nullptr ? filled(moment, option->title) : Words::tr("a way back"),
                      title + (proposal.arm.empty() ? QString() : Words::tr(" on %1").arg(text(proposal.arm))),
                      text(proposal.why)),
             Tone::breach, false});
        if (proposal.ends.count == 0) {
            continue;
        }
        const QString what = trigger.after_grace == plan::AfterGrace::roll_back ? Words::tr("it is rolled back")
                             : trigger.after_grace == plan::AfterGrace::pause   ? Words::tr("the release is paused")
                                                                                : Words::tr("the release goes on");
        card.facts.push_back({Words::tr("Without an answer"),
                              Words::tr("%1 at %2, in %3")
                                  .arg(what, utc_moment(proposal.ends, moment.now),
                                       clock(std::max(Nanos{}, proposal.ends - moment.now))),
                              Tone::warn, false});
    }
}

} // namespace sluice::story::card
