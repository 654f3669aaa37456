/// What is offered when a person is asked: in doubt, after a failure, for a confirmation, an approval, a decision.
#include "story/card_table.h"

#include <algorithm>

namespace sluice::story::card {

void offer_doubt(Table& table) {
    using Look = Offer::Look;
    // Which it is can't be known here; where sending again does no harm, that is the next thing to do.
    const bool safe = table.seen.operation && table.seen.operation->intent.effect_class != "opaque";
    table.add(Deed::happened, Words::tr("It happened…"), Words::tr("You attest that it was done; the plan goes on"),
              Asks::reason);
    table
        .add(Deed::run_again, Words::tr("It did not, run again…"),
             Words::tr("You attest that it was not done; it is sent again"), Asks::reason,
             safe ? Look::primary : Look::plain)
        .why_not = table.forward() ? QString() : Words::tr("The plan is not going forward any more");
    table.add(Deed::skip_doubt, Words::tr("Skip…"), Words::tr("Leaves this step out; needs a reason"), Asks::reason)
        .why_not = table.seen.step.required ? Words::tr("The plan says that this step is required") : QString();
    table
        .add(Deed::abort_doubt, Words::tr("Abort release…"),
             Words::tr("Ends the release where it stands; needs a reason"), Asks::reason)
        .why_not = table.of_rollback() ? Words::tr("A rollback can't be aborted") : QString();
}

void offer_triage(Table& table) {
    table.add(Deed::retry, Words::tr("Retry"), Words::tr("Tries the step again"), Asks::nothing, Offer::Look::primary)
        .why_not = table.forward() ? QString() : Words::tr("The plan is not going forward any more");
    offer_skip(table);
    offer_override(table);
    offer_rollback(table);
    offer_abort(table, false);
}

namespace {

void offer_approve(Table& table, const plan::Approve& approve, const std::optional<release::Actor>& viewer) {
    Offer& offer = table.add(Deed::approve, Words::tr("Approve"), Words::tr("Approves in your name and role"),
                             Asks::nothing, Offer::Look::primary);
    if (viewer && std::find(approve.roles.begin(), approve.roles.end(), viewer->role) == approve.roles.end()) {
        QStringList roles;
        for (const auto& role : approve.roles) {
            roles << text(role);
        }
        offer.why_not = Words::tr("You act as %1; this is for %2")
                            .arg(viewer->role.empty() ? Words::tr("nobody in particular") : text(viewer->role),
                                 roles.join(QStringLiteral(", ")));
    } else if (viewer && std::any_of(table.seen.state.approvals.begin(), table.seen.state.approvals.end(),
                                     [&](const auto& one) { return one.by.name == viewer->name; })) {
        offer.why_not = Words::tr("You have approved already; another person must");
    }
    const QString why_not = offer.why_not;
    Offer& refuse = table.add(Deed::refuse, Words::tr("Refuse…"),
                              Words::tr("Stops here until it is settled; needs a reason"), Asks::reason);
    refuse.argument = "approve";
    refuse.why_not =
        viewer && std::find(approve.roles.begin(), approve.roles.end(), viewer->role) == approve.roles.end()
            ? why_not
            : QString();
}

} // namespace

void offer_person(Table& table, const std::optional<release::Actor>& viewer) {
    const auto& step = table.seen.step;
    if (std::holds_alternative<plan::Confirm>(step.body) || std::holds_alternative<plan::External>(step.body)) {
        const Asks asks = step.evidence == "required" ? Asks::evidence
                          : step.evidence.empty()     ? Asks::nothing
                                                      : Asks::evidence_if_any;
        table.add(Deed::confirm, asks == Asks::nothing ? Words::tr("Confirm") : Words::tr("Confirm…"),
                  Words::tr("Confirms this in your name"), asks, Offer::Look::primary);
        table
            .add(Deed::refuse, Words::tr("Refuse…"), Words::tr("Stops here until it is settled; needs a reason"),
                 Asks::reason)
            .argument = "confirm";
    } else if (const auto* approve = std::get_if<plan::Approve>(&step.body)) {
        offer_approve(table, *approve, viewer);
    } else if (const auto* decide = std::get_if<plan::Decide>(&step.body)) {
        for (const auto& choice : decide->choices) {
            table
                .add(Deed::decide, filled(table.seen.moment, choice.title), Words::tr("Decides so in your name"),
                     Asks::nothing, choice.id == decide->by_default ? Offer::Look::primary : Offer::Look::plain)
                .argument = choice.id;
        }
    } else {
        table.add(Deed::advance, advance_label(table.seen), Words::tr("Goes on to the next step"), Asks::nothing,
                  Offer::Look::primary);
    }
    offer_skip(table);
}

} // namespace sluice::story::card
