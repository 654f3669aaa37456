#pragma once
/// Internal to the card: its subjects, one file each. All pure.
#include "story/card.h"
#include "story/format.h"

#include <QCoreApplication>

namespace sluice::story::card {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(StepCard)
};

inline QString text(std::string_view from) {
    return QString::fromUtf8(from.data(), static_cast<qsizetype>(from.size()));
}

/// A step with all that is known of it at the moment.
struct Seen {
    const Moment& moment;
    const plan::Step& step;
    const release::StepState& state;
    const release::OperationState* operation; ///< of the current attempt; null before its intent
};
Seen see(const Moment& moment, const plan::Step& step);

QString filled(const Moment& moment, const std::string& text_template); ///< as it is where a name is not known yet
QString title_of(const Moment& moment, const plan::Step& step);
QString took(const release::StepState& state, Nanos now); ///< "0:07"; empty before it began
/// The last event of this kind that `is` says yes to; null: none.
template <typename Kind, typename Is>
const release::Event* last_event(const Moment& moment, Is is) {
    for (auto entry = moment.entries.rbegin(); entry != moment.entries.rend(); ++entry) {
        if (const auto* body = std::get_if<Kind>(&entry->event.body); body && is(*body)) {
            return &entry->event;
        }
    }
    return nullptr;
}
/// The time of it; none = nothing.
template <typename Kind, typename Is>
std::optional<Nanos> last_time(const Moment& moment, Is is) {
    const auto* event = last_event<Kind>(moment, is);
    return event ? std::optional(event->time) : std::nullopt;
}

// What a step does and gave: card_hold, card_effect, card_checks, card_people.
void show_hold(const Seen& seen, const plan::Hold& hold, CardView& card);
void show_shadows(const Seen& seen, CardView& card); ///< gates before a step that nothing waited for, as it began
void show_deed(const Seen& seen, CardView& card);    ///< command, changes, output of an effect or a probe
void show_checks(const Seen& seen, CardView& card);
void show_confirm(const Seen& seen, const plan::Confirm& confirm, CardView& card);
void show_external(const Seen& seen, const plan::External& external, CardView& card);
void show_attest(const Seen& seen, const plan::Attest& attest, CardView& card); ///< card_approval
void show_approve(const Seen& seen, CardView& card);                            ///< card_approval
void show_decide(const Seen& seen, const plan::Decide& decide, CardView& card);
void show_wait(const Seen& seen, const plan::Wait& wait, CardView& card);
void show_probe(const Seen& seen, const plan::Probe& probe, CardView& card);
void show_children(const Seen& seen, CardView& card);
PartRow part_row(const Moment& moment, const plan::Step& step);
QString last_line(const QString& output);

// What its attributes promise, and how bad it is: card_promises.
void show_promises(const Seen& seen, CardView& card);
void show_severity(const Moment& moment, CardView& card);
void show_proposals(const Moment& moment, CardView& card); ///< of triggers, with what happens without an answer
const plan::Option*
proposed_option(const release::Release& release); ///< by a trigger, else by the severity; null = none

// The plan's own alerts: card_alerts.
void show_alerts(const Moment& moment, CardView& card); ///< those that fire and that nobody has acknowledged

// How it stands: card_state.
void show_state(const Seen& seen, CardView& card);
void show_triage(const Seen& seen, CardView& card);
void show_doubt(const Seen& seen, CardView& card);

// Cards that are of no step: card_release.
CardView outcome_card(const Moment& moment);
CardView rollback_card(const Moment& moment);
CardView between_card(const Moment& moment);
QString way_back(const release::Release& release, const plan::Option& option); ///< "blue"; empty = it moves no traffic
QString commands_by_hand(const Moment& moment, const plan::Option& option);

// What can be done: card_offers.
void offer_for(const Seen& seen, const std::optional<release::Actor>& viewer, CardView& card);
void offer_between(const Moment& moment, CardView& card);
void offer_in_rollback(const Moment& moment, CardView& card);

} // namespace sluice::story::card
