/// The plan's own alerts that fire: told on the card until a person has said that he has seen them.
#include "story/card_table.h"
#include "story/own_alerts.h"

namespace sluice::story::card {

void show_alerts(const Moment& moment, CardView& card) {
    if (moment.release.closed()) {
        return;
    }
    for (const OwnAlert& alert : own_alerts(moment.release)) {
        if (!alert.unseen()) {
            continue;
        }
        card.facts.push_back(
            {Words::tr("Alert"),
             Words::tr("%1, since %2: %3")
                 .arg(alert.title(moment.release), utc_moment(alert.state->since, moment.now), text(alert.state->why)),
             alert.planned->page ? Tone::breach : Tone::warn, false});
        if (!alert.planned->advice.empty()) {
            card.facts.push_back({Words::tr("What to do"), filled(moment, alert.planned->advice), Tone::plain, false});
        }
    }
}

void offer_acknowledge(Table& table) {
    std::vector<Subject> unseen;
    for (const OwnAlert& alert : own_alerts(table.release())) {
        if (alert.unseen()) {
            unseen.push_back({alert.key, alert.title(table.release())});
        }
    }
    if (unseen.empty()) {
        return;
    }
    Offer& offer =
        table.add(Deed::acknowledge, Words::tr("Acknowledge…"),
                  Words::tr("Says that you have seen what fires: it is not repeated; needs a reason"), Asks::reason);
    if (unseen.size() == 1) {
        offer.argument = unseen.front().id;
    } else {
        offer.subjects = std::move(unseen);
        offer.which = Words::tr("Which alert");
    }
}

} // namespace sluice::story::card
