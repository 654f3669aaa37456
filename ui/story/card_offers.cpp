/// What a person can do: the same rules as release/decide.h, told beforehand, so that a button says why it can't.
#include "release/decide.h"
#include "release/demand.h"
#include "release/hold_clocks.h"
#include "release/retire.h"
#include "release/ways_back.h"
#include "release/window.h"
#include "story/card_table.h"
#include "story/rollback_view.h"

#include <algorithm>

namespace sluice::story::card {
using release::StepStatus;

QString advance_label(const Seen& seen) {
    const auto& steps = seen.moment.release.plan->steps;
    auto next = std::find_if(steps.begin(), steps.end(), [&](const auto& step) { return step.id == seen.step.id; });
    for (next = next == steps.end() ? next : next + 1; next != steps.end(); ++next) {
        if (seen.moment.release.at(next->id).status != StepStatus::to_come) {
            continue;
        }
        const auto* shift = std::get_if<plan::Shift>(&next->body);
        const auto* traffic = shift ? seen.moment.release.plan->traffic_named(shift->traffic) : nullptr;
        if (!traffic) {
            break;
        }
        int moved = 0;
        for (const auto& [arm, weight] : shift->weights) {
            moved += arm == traffic->initial ? 0 : weight;
        }
        return Words::tr("Advance to %1 %").arg(moved);
    }
    return Words::tr("Advance");
}

namespace {

std::vector<Subject> gates_to_set_aside(const Seen& seen, const std::vector<plan::Gate>& gates, const QString& whole) {
    std::vector<Subject> hindering, holding;
    for (const auto& gate : gates) {
        if (gate.shadow || seen.state.set_aside.contains(gate.id)) {
            continue;
        }
        const bool holds = std::all_of(seen.state.gates.begin(), seen.state.gates.end(), [&](const auto& entry) {
            return !(entry.first == gate.id || entry.first.starts_with(gate.id + "/")) ||
                   entry.second.verdict == "pass";
        });
        (holds ? holding : hindering).push_back({gate.id, Words::tr("Gate %1").arg(filled(seen.moment, gate.title))});
    }
    hindering.insert(hindering.end(), holding.begin(), holding.end());
    if (!whole.isEmpty()) {
        hindering.push_back({"", whole});
    }
    return hindering;
}

} // namespace

void offer_override(Table& table) {
    const auto& body = table.seen.step.body;
    const auto* hold = std::get_if<plan::Hold>(&body);
    const bool measures = hold || std::holds_alternative<plan::Probe>(body) || std::holds_alternative<plan::Wait>(body);
    const bool waits = table.seen.state.status == StepStatus::waiting;
    const bool serves = waits && !release::still_serves(table.seen.moment.release, table.seen.step).empty();
    const auto& before = table.seen.step.gates;
    const bool gated = std::any_of(before.begin(), before.end(), [](const auto& gate) { return !gate.shadow; });
    if (!measures && !serves && (!gated || !waits)) {
        return;
    }
    Offer& offer =
        table.add(Deed::set_aside, Words::tr("Override…"),
                  Words::tr("Sets a condition of the plan aside; needs a reason and is shown in red from then on"),
                  Asks::reason, Offer::Look::danger);
    if (hold) {
        offer.subjects = gates_to_set_aside(table.seen, hold->gates, Words::tr("The whole hold: go on at once"));
    } else if (!measures) {
        offer.subjects = gates_to_set_aside(table.seen, table.seen.step.gates, QString());
        if (serves) {
            offer.subjects.insert(offer.subjects.begin(),
                                  {release::traffic_gate, Words::tr("That it still has traffic")});
        }
    }
}

void ask_outputs(Offer& offer, const Seen& seen, bool happened) {
    const auto needed = happened ? release::outputs_to_say(seen.moment.release, seen.step) : std::vector<std::string>{};
    for (const auto& output : seen.step.outputs) {
        const QString type = output.type == "string" ? QString() : QString::fromStdString(output.type);
        const QString like =
            output.pattern.empty() ? QString() : Words::tr("like %1").arg(QString::fromStdString(output.pattern));
        offer.outputs.push_back({output.name, type.isEmpty() || like.isEmpty() ? type + like : type + ", " + like,
                                 std::find(needed.begin(), needed.end(), output.name) != needed.end()});
    }
}

void offer_skip(Table& table) {
    Offer& offer =
        table.add(Deed::skip, Words::tr("Skip…"), Words::tr("Leaves this step out; needs a reason"), Asks::reason);
    if (table.seen.state.attempt > 0) {
        ask_outputs(offer, table.seen, false);
    }
    if (table.seen.step.required) {
        offer.why_not = Words::tr("The plan says that this step is required");
    } else if (std::holds_alternative<plan::Approve>(table.seen.step.body) &&
               release::demand(table.release(), table.seen.step).by_policy) {
        offer.why_not = Words::tr("The policy demands this approval");
    }
}

void offer_abort(Table& table, bool aside) {
    if (table.of_rollback() || table.release().aborted || table.release().rollback.active) {
        return;
    }
    table
        .add(Deed::abort, Words::tr("Abort release…"),
             Words::tr("Ends the release where it stands, without a rollback; needs a reason"), Asks::reason)
        .aside = aside;
}

namespace {

/// The present way back does not get on.
void offer_other_way(Table& table) {
    const auto ways = release::other_ways(table.release());
    if (ways.empty() || !table.of_rollback()) {
        return;
    }
    Offer& offer = table.add(Deed::roll_back, Words::tr("Another way back…"),
                             Words::tr("Gives this way back up where it stands, and takes another one of the plan"),
                             Asks::reason, Offer::Look::danger);
    for (const auto* option : ways) {
        offer.subjects.push_back({option->id, filled(table.seen.moment, option->title)});
    }
}

} // namespace

void offer_rollback(Table& table) {
    const auto& options = table.release().plan->rollback.options;
    if (table.release().rollback.active) {
        offer_other_way(table);
        return;
    }
    if (options.empty()) {
        return;
    }
    Offer& offer = table.add(Deed::roll_back, Words::tr("Roll back…"), Words::tr("Starts a rollback of the plan"),
                             Asks::reason, Offer::Look::danger);
    for (const auto* option : release::ranked_options(table.release())) {
        offer.subjects.push_back({option->id, filled(table.seen.moment, option->title)});
    }
}

void offer_proposed(Table& table) {
    const auto* option = proposed_option(table.release());
    if (!option) {
        return;
    }
    const auto proposals = release::open_proposals(table.release());
    const QString who = proposals.empty() ? Words::tr("The severity") : Words::tr("The trigger");
    const QString title = filled(table.seen.moment, option->title);
    const bool by_default = option == release::default_option(table.release());
    const QString tip =
        point_passed(table.release())
            ? Words::tr("%1 proposes this. The point of no return is past: it does not lead back to what "
                        "was before")
        : by_default && release::default_ready(table.release())
            ? Words::tr("%1 proposes this way back; it is proven ready")
            : Words::tr("%1 proposes this way back. Its readiness is not proven");
    Offer& offer = table.add(Deed::roll_back_proposed, Words::tr("Roll back: %1…").arg(title), tip.arg(who),
                             Asks::reason, Offer::Look::danger);
    offer.argument = option->id;
    if (const std::string why = release::not_available(table.release(), *option); !why.empty()) {
        offer.why_not = Words::tr("Not available now: %1").arg(text(why));
    }
    if (!proposals.empty()) {
        table
            .add(Deed::decline, Words::tr("Decline…"),
                 Words::tr("Goes on without this way back; needs a reason. It is proposed anew when its cause has gone "
                           "and comes again"),
                 Asks::reason)
            .argument = release::key_of(proposals.front().trigger->id, proposals.front().arm);
    }
}

namespace {

/// Something hangs: what it has done so far stands, and a person says what comes next.
void offer_stop(Table& table) {
    const auto& body = table.seen.step.body;
    const bool program = plan::is_program(body) && !table.seen.state.operation.empty();
    if (program || std::holds_alternative<plan::Probe>(body)) {
        Offer& offer = table.add(Deed::stop, Words::tr("Stop…"),
                                 program ? Words::tr("Asks this program to end, after ten seconds kills it; then you "
                                                     "choose what comes next")
                                         : Words::tr("Asks no more; then you choose what comes next"),
                                 Asks::reason);
        offer.aside = !program;
        offer.why_not = table.seen.state.stop_asked.empty() ? QString() : Words::tr("It is being ended already");
    }
}

void offer_running(Table& table) {
    const auto* hold = std::get_if<plan::Hold>(&table.seen.step.body);
    if (hold) {
        const QString rest =
            clock(release::left_of_hold(table.release(), table.seen.step, *hold, table.seen.moment.now));
        table
            .add(Deed::advance, advance_label(table.seen), Words::tr("Goes on to the next step"), Asks::nothing,
                 Offer::Look::primary)
            .why_not = hold->then == plan::Then::ask
                           ? Words::tr("Its gates have not held together for long enough: %1 to go").arg(rest)
                           : Words::tr("It advances by itself when its gates have held together: %1 to go").arg(rest);
    }
    offer_stop(table);
}

void offer_pause(Table& table) {
    if (table.release().rollback.active || table.release().aborted) {
        return;
    }
    if (table.release().paused) {
        const bool taken = std::any_of(table.card.offers.begin(), table.card.offers.end(), [](const Offer& offer) {
            return offer.look == Offer::Look::primary && offer.why_not.isEmpty();
        });
        for (auto& offer : table.card.offers) {
            offer.look = offer.look == Offer::Look::primary && !taken ? Offer::Look::plain : offer.look;
        }
        Offer& on = table.add(Deed::go_on, Words::tr("Continue"), Words::tr("Ends the pause"), Asks::nothing,
                              taken ? Offer::Look::plain : Offer::Look::primary);
        if (const auto* phase = release::kept_by_window(table.release())) {
            const auto& phases = table.release().phases;
            const bool by_calendar =
                std::any_of(phases.begin(), phases.end(), [](const auto& one) { return one.second.window_paused; });
            on.why_not = by_calendar ? Words::tr("The window has ended; it goes on by itself when it opens again")
                                     : Words::tr("The window has ended; it can be continued when it opens again");
            Offer& beyond = table.add(Deed::set_aside, Words::tr("Go on outside the window…"),
                                      Words::tr("Needs a reason and is shown in red from then on"), Asks::reason,
                                      Offer::Look::danger);
            beyond.argument = phase->id;
            if (by_calendar) {
                table.add(Deed::pause, Words::tr("Pause"),
                          Words::tr("It goes on when somebody continues it, not by itself when the window opens"));
            }
            return;
        }
        if (!taken) {
            std::rotate(table.card.offers.begin(), table.card.offers.end() - 1, table.card.offers.end());
        }
        (void)on;
    } else {
        table.add(Deed::pause, Words::tr("Pause"),
                  Words::tr("Nothing new starts and hold clocks stand still until it is continued"));
    }
}

/// In the menu behind the buttons: it is rarely wanted, and then it is found.
void offer_severity(Table& table) {
    std::vector<Subject> levels;
    for (const auto& level : table.release().plan->severity) {
        if (level.id != table.release().severity) {
            levels.push_back({level.id, text(level.title)});
        }
    }
    if (levels.empty()) {
        return;
    }
    Offer& offer = table.add(Deed::declare, Words::tr("Declare severity…"),
                             Words::tr("Says how bad it is; triggers may hang on it. Needs a reason"), Asks::reason);
    std::reverse(levels.begin(), levels.end()); // the worst first
    offer.subjects = std::move(levels);
    offer.aside = true;
}

/// Why the answer is not this person's to give: not only where a pointer rests.
void tell_why_not(CardView& card) {
    if (card.offers.empty() || card.offers.front().why_not.isEmpty() ||
        (card.offers.front().deed != Deed::approve && card.offers.front().deed != Deed::confirm)) {
        return;
    }
    const QString why = card.offers.front().why_not;
    card.situation = card.situation.isEmpty() ? why : card.situation + QStringLiteral(" · ") + why;
}

Offer note_offer() {
    Offer note;
    note.deed = Deed::note;
    note.label = Words::tr("Add note");
    note.tip = Words::tr("Puts a note into the log");
    note.asks = Asks::text;
    return note;
}

} // namespace

void offer_for(const Seen& seen, const std::optional<release::Actor>& viewer, CardView& card) {
    if (seen.moment.mode == Mode::replay || seen.moment.release.closed()) {
        return;
    }
    Table table{seen, card};
    const auto status = seen.state.status;
    if (status == StepStatus::in_doubt) {
        offer_doubt(table);
        offer_acknowledge(table);
        card.offers.push_back(note_offer());
        return;
    }
    if (status == StepStatus::triage) {
        offer_triage(table);
    } else if (status == StepStatus::person) {
        offer_person(table, viewer);
        tell_why_not(card);
    } else if (status == StepStatus::running) {
        offer_running(table);
    } else if (status == StepStatus::retrying) {
        table.add(Deed::retry, Words::tr("Retry now"), Words::tr("Does not wait for the next attempt"), Asks::nothing,
                  Offer::Look::primary);
        offer_skip(table);
    } else if (status == StepStatus::waiting) {
        offer_skip(table);
    } else if (seen.state.glass && !seen.state.glass->approved) {
        offer_approve(table, viewer);
        tell_why_not(card);
    }
    if (status != StepStatus::triage) {
        offer_proposed(table);
    }
    offer_acknowledge(table);
    offer_pause(table);
    if (status == StepStatus::running || status == StepStatus::waiting) {
        offer_override(table);
    }
    card.offers.push_back(note_offer());
    offer_severity(table);
    if (status != StepStatus::triage) {
        offer_abort(table, true);
    }
}

void offer_between(const Moment& moment, CardView& card) {
    if (moment.release.closed()) {
        return;
    }
    static const plan::Step nothing;
    const Seen seen{moment, nothing, moment.release.at(""), nullptr};
    Table table{seen, card};
    for (const auto& [id, phase] : moment.release.phases) {
        if (phase.status == release::PhaseState::Status::waiting) {
            table
                .add(Deed::set_aside, Words::tr("Override…"),
                     Words::tr("Starts the phase outside its window; needs a reason and is shown in red from then on"),
                     Asks::reason, Offer::Look::danger)
                .argument = id;
            break;
        }
    }
    offer_proposed(table);
    offer_acknowledge(table);
    if (release::kept_open_until(moment.release, moment.now).count != 0) {
        if (!proposed_option(moment.release) || moment.release.plan->rollback.options.size() > 1) {
            offer_rollback(table);
        }
        table.add(Deed::close_way, Words::tr("Close now…"),
                  Words::tr("Does not wait until the way back ends: the session is done; needs a reason"),
                  Asks::reason);
    } else {
        offer_pause(table);
    }
    card.offers.push_back(note_offer());
    offer_severity(table);
    if (!moment.release.aborted && !moment.release.rollback.active &&
        release::kept_open_until(moment.release, moment.now).count == 0) {
        table
            .add(Deed::abort, Words::tr("Abort release…"),
                 Words::tr("Ends the release where it stands, without a rollback; needs a reason"), Asks::reason)
            .aside = true;
    }
}

void offer_in_rollback(const Moment& moment, CardView& card) {
    Offer show;
    show.deed = Deed::by_hand;
    show.label = Words::tr("Show commands to do it by hand");
    show.tip = Words::tr("What is still to be done, for another terminal");
    card.offers = {show};
    static const plan::Step nothing;
    const Seen seen{moment, nothing, moment.release.at(""), nullptr};
    Table table{seen, card};
    offer_acknowledge(table);
    card.offers.push_back(note_offer());
}

} // namespace sluice::story::card
