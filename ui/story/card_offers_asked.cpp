/// What is offered when a person is asked: in doubt, after a failure, for a confirmation, an approval, a decision.
#include "release/decide.h"
#include "release/demand.h"
#include "story/card_table.h"
#include "story/people_view.h"
#include "story/step_titles.h"

#include <algorithm>

namespace sluice::story::card {

void offer_doubt(Table& table) {
    using Look = Offer::Look;
    // Which it is can't be known here; where sending again does no harm, that is the next thing to do.
    const bool safe = table.seen.operation && table.seen.operation->intent.effect_class != "opaque";
    ask_outputs(table.add(Deed::happened, Words::tr("It happened…"),
                          Words::tr("You attest that it was done; the plan goes on"), Asks::reason),
                table.seen, true);
    table
        .add(Deed::run_again, Words::tr("It did not, run again…"),
             Words::tr("You attest that it was not done; it is sent again"), Asks::reason,
             safe ? Look::primary : Look::plain)
        .why_not = table.forward() ? QString() : Words::tr("The plan is not going forward any more");
    Offer& skip = table.add(Deed::skip_doubt, Words::tr("Skip…"), Words::tr("Leaves this step out; needs a reason"),
                            Asks::reason);
    skip.why_not = table.seen.step.required ? Words::tr("The plan says that this step is required") : QString();
    ask_outputs(skip, table.seen, false);
    table
        .add(Deed::abort_doubt, Words::tr("Abort release…"),
             Words::tr("Ends the release where it stands; needs a reason"), Asks::reason)
        .why_not = table.of_rollback() ? Words::tr("A rollback can't be aborted") : QString();
}

void offer_triage(Table& table) {
    const bool happened = release::lost_only_outputs(table.release(), table.seen.step.id);
    if (happened) {
        ask_outputs(table.add(Deed::happened, Words::tr("Say what it gave…"),
                              Words::tr("It has happened; the step passes with what you say that it gave"),
                              Asks::reason, Offer::Look::primary),
                    table.seen, true);
    }
    table
        .add(Deed::retry, Words::tr("Retry"),
             happened ? Words::tr("Does it once more, though it has happened") : Words::tr("Tries the step again"),
             Asks::nothing, happened ? Offer::Look::plain : Offer::Look::primary)
        .why_not = table.forward() ? QString() : Words::tr("The plan is not going forward any more");
    offer_skip(table);
    offer_override(table);
    offer_proposed(table);
    if (!proposed_option(table.release()) || table.release().plan->rollback.options.size() > 1) {
        offer_rollback(table); // else the one that there is stands beside it
    }
    offer_abort(table, false);
}

namespace {

/// Where the session knows keys: a request to carry away, and the answer that comes back.
void offer_signature(Table& table, const char* kind) {
    if (table.release().bound.signers_digest.empty()) {
        return;
    }
    table.add(Deed::ask_signature, Words::tr("Ask for a signature"),
              Words::tr("Makes a request that a person at another desk signs"));
    if (!table.card.request.isEmpty()) {
        table.add(Deed::show_request, Words::tr("Show the request"),
                  Words::tr("To be carried to who signs it with 'sluicectl approve'"));
    }
    table
        .add(Deed::read_answer, Words::tr("Read an answer…"), Words::tr("Takes what the person has signed"),
             Asks::answer)
        .argument = kind;
}

QString why_not_approve(const Table& table, const release::Demand& wanted, const release::Actor& viewer) {
    if (std::find(wanted.roles.begin(), wanted.roles.end(), viewer.role) == wanted.roles.end()) {
        QStringList roles;
        for (const auto& role : wanted.roles) {
            roles << role_text(role);
        }
        return Words::tr("You act as %1; this is for %2")
            .arg(viewer.role.empty() ? Words::tr("nobody in particular") : role_text(viewer.role),
                 roles.join(QStringLiteral(", ")));
    }
    if (wanted.barred.contains(viewer.name)) {
        return Words::tr("You may not approve here; another person must");
    }
    if (std::any_of(table.seen.state.approvals.begin(), table.seen.state.approvals.end(),
                    [&](const auto& one) { return one.by.name == viewer.name; })) {
        return Words::tr("You have approved already; another person must");
    }
    return wanted.accepts.contains(plan::Ground::given) ? QString()
                                                        : Words::tr("The policy counts only signed approvals");
}

/// By phone, in the chat: somebody approved who is at no desk of this session, and the lead says so.
void offer_attested(Table& table, const release::Demand& wanted, const std::optional<release::Actor>& viewer) {
    Offer& offer = table.add(Deed::attest_other, Words::tr("Attest another's approval…"),
                             Words::tr("You say that another person approved: by phone, in the chat. It is recorded "
                                       "and shown as attested by you. Say how you know"),
                             Asks::reason);
    const bool known = table.release().policy || !table.release().bridge.empty();
    for (const auto& person : holders(table.release(), wanted.roles)) {
        const bool given = std::any_of(table.seen.state.approvals.begin(), table.seen.state.approvals.end(),
                                       [&](const auto& one) { return one.by.name == person.name; });
        if (!given && !wanted.barred.contains(person.name) && !(viewer && viewer->name == person.name)) {
            offer.subjects.push_back(
                {person.role + '/' + person.name, Words::tr("%1, %2").arg(text(person.name), role_text(person.role))});
        }
    }
    offer.which = known ? Words::tr("&Who approved") : Words::tr("&As which role");
    offer.names_person = !known;
    for (const auto& role : known ? std::vector<std::string>{} : wanted.roles) {
        offer.subjects.push_back({role, role_text(role)});
    }
    offer.why_not = viewer && !release::leads(table.release(), viewer->name)
                        ? Words::tr("Only the lead can: %1 leads").arg(text(table.release().lead))
                    : !wanted.accepts.contains(plan::Ground::attested)
                        ? Words::tr("The policy does not count what the lead attests")
                    : offer.subjects.empty() ? Words::tr("Nobody else is known who may approve this")
                                             : QString();
    offer.aside = !offer.why_not.isEmpty();
}

} // namespace

void offer_approve(Table& table, const std::optional<release::Actor>& viewer) {
    const auto wanted = release::demand(table.release(), table.seen.step);
    Offer& offer = table.add(Deed::approve, Words::tr("Approve"), Words::tr("Approves in your name and role"),
                             Asks::nothing, Offer::Look::primary);
    offer.why_not = viewer ? why_not_approve(table, wanted, *viewer) : QString();
    offer_signature(table, "approve");
    offer_attested(table, wanted, viewer);
    if (table.seen.state.status != release::StepStatus::person) {
        return; // it was gone on without: it is approved afterwards
    }
    Offer& refuse = table.add(Deed::refuse, Words::tr("Refuse…"),
                              Words::tr("Stops here until it is settled; needs a reason"), Asks::reason);
    refuse.argument = "approve";
    const bool named = table.release().policy || !table.release().bridge.empty();
    const bool asked = !viewer || (named && release::leads(table.release(), viewer->name)) ||
                       std::find(wanted.roles.begin(), wanted.roles.end(), viewer->role) != wanted.roles.end();
    refuse.why_not = asked ? QString() : why_not_approve(table, wanted, *viewer);
    const auto& policy = table.release().policy;
    if (policy && policy->break_glass) {
        Offer& glass =
            table.add(Deed::break_glass, Words::tr("Break the glass…"),
                      Words::tr("Goes on without approval; needs a reason, is shown in red from then on, and "
                                "the approval is owed"),
                      Asks::reason, Offer::Look::danger);
        glass.aside = true;
        const auto& roles = policy->break_glass->roles;
        glass.why_not = !viewer || std::any_of(roles.begin(), roles.end(),
                                               [&](const auto& role) { return policy->holds(viewer->name, role); })
                            ? QString()
                            : Words::tr("The policy does not let you");
    }
}

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
        offer_signature(table, "confirm");
    } else if (std::holds_alternative<plan::Attest>(step.body)) {
        Offer& attest =
            table.add(Deed::confirm, Words::tr("Attest…"), Words::tr("States this in your name"),
                      step.evidence == "required" ? Asks::evidence : Asks::evidence_if_any, Offer::Look::primary);
        attest.argument = "attest";
        if (!table.release().bound.signers_digest.empty() && table.release().opened.mode != "rehearse") {
            attest.why_not = Words::tr("This statement must be signed: ask for a signature");
        } else if (viewer && !step.owner.empty() && viewer->role != step.owner) {
            attest.why_not = Words::tr("This is for the %1 to state").arg(role_text(step.owner));
        }
        table
            .add(Deed::refuse, Words::tr("Refuse…"), Words::tr("Stops here until it is settled; needs a reason"),
                 Asks::reason)
            .argument = "attest";
        offer_signature(table, "attest");
    } else if (std::holds_alternative<plan::Approve>(step.body)) {
        offer_approve(table, viewer);
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
