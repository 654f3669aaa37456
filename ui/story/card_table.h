#pragma once
/// Internal to the card: what is offered, gathered; the offers of one kind of situation a function.
#include "story/card_parts.h"

namespace sluice::story::card {

/// The step, and what was offered so far.
struct Table {
    const Seen& seen;
    CardView& card;

    Offer& add(Deed deed, const QString& label, const QString& tip, Asks asks = Asks::nothing,
               Offer::Look look = Offer::Look::plain) {
        Offer offer;
        offer.deed = deed;
        offer.label = label;
        offer.tip = tip;
        offer.asks = asks;
        offer.look = look;
        card.offers.push_back(std::move(offer));
        return card.offers.back();
    }
    const release::Release& release() const { return seen.moment.release; }
    bool of_rollback() const { return release().plan->phase_of(seen.step.id) == nullptr; }
    bool forward() const {
        return of_rollback() || seen.step.always || (!release().aborted && !release().rollback.active);
    }
};

QString advance_label(const Seen& seen);                         ///< "Advance to 50 %" where a shift comes next
void ask_outputs(Offer& offer, const Seen& seen, bool happened); ///< with the deed it is said what the step gave
void offer_skip(Table& table);
void offer_override(Table& table);
void offer_abort(Table& table, bool aside);
void offer_rollback(Table& table);
void offer_acknowledge(Table& table);
void offer_proposed(Table& table); ///< what a trigger or the severity proposes, and to decline it
// Situations: card_offers_asked.cpp.
void offer_doubt(Table& table);
void offer_triage(Table& table);
void offer_approve(Table& table, const std::optional<release::Actor>& viewer);
void offer_person(Table& table, const std::optional<release::Actor>& viewer);

} // namespace sluice::story::card
