#pragma once
#include "release/command.h"

#include <QString>
#include <map>
#include <optional>
#include <vector>

namespace sluice::story {

/// What a person can do on a card.
enum class Deed {
    advance,
    confirm,
    refuse, ///< a confirmation or an approval
    approve,
    attest_other, ///< another person's approval, by the lead's word
    decide,
    retry,
    skip,
    roll_back,
    roll_back_proposed, ///< what the severity or a trigger proposes
    decline,            ///< what a trigger proposes
    acknowledge,        ///< an alert of the plan
    stop,               ///< a program, or the asking, of this step
    close_way,          ///< all is done, and the way back need not be kept open
    abort,
    happened, ///< the four answers to an action in doubt
    run_again,
    skip_doubt,
    abort_doubt,
    set_aside, ///< override
    pause,
    go_on,
    note,
    declare, ///< a severity
    by_hand, ///< shows the commands; sends nothing
    ask_signature,
    show_request, ///< shows it, to be carried to who signs; sends nothing
    read_answer,
    break_glass,
};

/// What is asked before a deed is done.
enum class Asks { nothing, reason, reason_if_any, evidence, evidence_if_any, text, answer };

struct Subject {
    std::string id;
    QString title;
    bool operator==(const Subject&) const = default;
};

/// An output of the step that a person says, since the step's own answer is lost.
struct AskedOutput {
    std::string name;
    QString hint; ///< what its value must be
    bool needed = false;
    bool operator==(const AskedOutput&) const = default;
};

/// One deed as it is offered: a button.
struct Offer {
    Deed deed = Deed::note;
    QString label;   ///< "Advance to 50 %"; ends with "…" when something is asked first
    QString tip;     ///< what it does
    QString why_not; ///< why it can't be done now; empty = it can
    Asks asks = Asks::nothing;
    enum class Look { plain, primary, danger } look = Look::plain;
    bool aside = false;            ///< stands in the menu behind the buttons
    std::string argument;          ///< choice of a decision, option of a rollback; kind of what is signed or refused
    std::vector<Subject> subjects; ///< one is chosen: the gate that is set aside, a rollback's option, a severity, …
    QString which;                 ///< what is asked with the subjects: "Who approved"; empty = "Which"
    bool names_person = false;     ///< and a name is typed: of somebody whom the session does not know
    std::vector<AskedOutput> outputs; ///< what the step gave is asked too
    bool operator==(const Offer&) const = default;
};

struct CardView;

/// What a person gave to it.
struct Given {
    QString text;                                    ///< reason, evidence, note
    std::string subject;                             ///< one of the offer's subjects
    QString person = {};                             ///< where a name is asked for
    std::map<std::string, std::string> outputs = {}; ///< what was said of them
};

/// The command that a deed is; nothing for those that send none. Pure.
std::optional<release::Command> command_of(const CardView& card, const Offer& offer, const Given& given);

} // namespace sluice::story
