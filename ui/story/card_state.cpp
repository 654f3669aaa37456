/// How a step stands: the word at its title, and the cards of failure and doubt.
#include "plan/describe.h"
#include "release/decide.h"
#include "story/card_parts.h"

#include <algorithm>

namespace sluice::story::card {
namespace {

using release::StepStatus;

QString attempt_text(const release::StepState& state) {
    return state.attempt > 1 ? Words::tr("attempt %1").arg(state.attempt) : QString();
}

QString join_parts(const QStringList& parts) {
    QStringList filled_parts;
    for (const auto& part : parts) {
        if (!part.isEmpty()) {
            filled_parts << part;
        }
    }
    return filled_parts.join(QStringLiteral(" · "));
}

QString process_text(const release::OperationState& operation) {
    if (const auto pid = release::pid_of(operation.observed)) {
        return Words::tr("is gone (pid %1, no exit record)").arg(*pid);
    }
    return Words::tr("was not seen at work by this program");
}

QString second_time(const release::OperationState& operation) {
    const std::string& kind = operation.intent.effect_class;
    if (kind == "convergent") {
        return Words::tr("it sets a state: sent again, it leads to the same");
    }
    if (kind == "keyed") {
        return Words::tr("the other side knows it by its key and does it once");
    }
    if (kind == "probeable") {
        return Words::tr("not safe by itself; what the read-back shows tells whether it happened");
    }
    return Words::tr("not declared safe: if it happened, it happens twice");
}

} // namespace

void show_state(const Seen& seen, CardView& card) {
    const auto status = seen.state.status;
    const Nanos now = seen.moment.now;
    if (card.state.isEmpty()) {
        card.mark = mark_of(status);
        card.state = word_of(status);
        card.state_tone = card.mark == Mark::holds                                   ? Tone::good
                          : card.mark == Mark::breached                              ? Tone::breach
                          : card.mark == Mark::running                               ? Tone::accent
                          : card.mark == Mark::skipped || card.mark == Mark::to_come ? Tone::plain
                                                                                     : Tone::warn;
    }
    QStringList said{card.situation};
    if (status == StepStatus::waiting || status == StepStatus::retrying) {
        if (seen.state.until.count != 0) {
            said << Words::tr("until %1, another %2")
                        .arg(utc_moment(seen.state.until, now), clock(std::max(Nanos{}, seen.state.until - now)));
        }
        if (status == StepStatus::retrying || seen.state.until.count == 0) { // else it is said already
            said << text(seen.state.why);
        }
    } else if (status == StepStatus::running && card.situation.isEmpty()) {
        said << Words::tr("for %1").arg(clock(now - seen.state.begun));
        if (const auto pid = seen.operation ? release::pid_of(seen.operation->observed) : std::nullopt) {
            said << Words::tr("pid %1").arg(*pid);
        }
    } else if (release::over(status)) {
        said << (seen.state.started.count != 0 ? Words::tr("took %1").arg(took(seen.state, now)) : QString());
        if (const QString why = text(seen.state.why); card.facts.empty() && !card.situation.contains(why)) {
            said << why;
        }
    }
    if (status != StepStatus::to_come) {
        said << attempt_text(seen.state);
    }
    if (!seen.state.stop_asked.empty() && status == StepStatus::running) {
        card.facts.push_back({Words::tr("Being ended"), text(seen.state.stop_asked), Tone::warn, false});
    }
    if (seen.moment.release.paused && !release::over(status) && card.mark != Mark::paused) {
        said << Words::tr("the release is paused: nothing new starts");
        card.tone = card.tone == Tone::plain ? Tone::warn : card.tone;
    }
    card.situation = join_parts(said);
}

void show_triage(const Seen& seen, CardView& card) {
    card.tone = Tone::breach;
    card.mark = Mark::breached;
    card.state = Words::tr("failed");
    card.state_tone = Tone::breach;
    card.stands_still = card.progress.has_value();
    const auto at = last_time<release::TriageOpened>(
        seen.moment, [&](const release::TriageOpened& one) { return one.step == seen.step.id; });
    QString since = at ? Words::tr("%1, %2").arg(wall_time(*at), ago(seen.moment.now, *at)) : QString();
    card.situation = join_parts({since, attempt_text(seen.state), Words::tr("a person chooses")});
    std::erase_if(card.facts, [](const Fact& fact) { return fact.tone == Tone::breach; }); // it says the same
    card.facts.insert(card.facts.begin(), {Words::tr("What failed"), text(seen.state.why), Tone::breach, false});
}

void show_doubt(const Seen& seen, CardView& card) {
    card.tone = Tone::warn;
    card.mark = Mark::no_data;
    card.state = Words::tr("outcome unknown");
    card.state_tone = Tone::warn;
    card.checks.clear();
    if (!seen.operation) {
        return;
    }
    const auto& operation = *seen.operation;
    card.situation = Words::tr("started %1 · %2").arg(wall_time(operation.began), text(operation.why));
    card.facts.clear();
    if (operation.intent.kind == "run") {
        card.facts.push_back({Words::tr("Its process"), process_text(operation), Tone::plain, false});
    }
    const auto at = last_time<release::InDoubt>(
        seen.moment, [&](const release::InDoubt& one) { return one.operation == operation.intent.operation; });
    const QString read =
        operation.read_back.empty() ? Words::tr("nothing tells whether it happened") : text(operation.read_back);
    card.facts.push_back({Words::tr("Read back now"),
                          at && !operation.read_back.empty()
                              ? read + QStringLiteral("; ") + Words::tr("read %1").arg(ago(seen.moment.now, *at))
                              : read,
                          Tone::warn, false});
    if (const QString line = last_line(card.output); !line.isEmpty()) {
        card.facts.push_back({Words::tr("Last output"), line, Tone::plain, true});
    }
    card.output.clear();
    QStringList lost;
    for (const auto& name : release::outputs_to_say(seen.moment.release, seen.step)) {
        lost << text(name);
    }
    if (!lost.isEmpty()) { // who says that it happened is asked for it
        card.facts.push_back({Words::tr("If it happened"),
                              Words::tr("later steps take %1 of it: who says so gives them").arg(lost.join(", ")),
                              Tone::warn, false});
    }
    card.facts.push_back({Words::tr("If run a second time"), second_time(operation), Tone::plain, false});
}

} // namespace sluice::story::card
