#pragma once
/// The card of the current step: what it does, how it stands, and what a person can do about it (DESIGN.md, "Screens").
#include "story/card_offer.h"
#include "story/current_step.h"
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <optional>
#include <vector>

namespace sluice::story {

/// What colours a line or the card's border; its words say the same.
enum class Tone { plain, accent, good, warn, breach };

/// One gate on one arm.
struct GateRow {
    QString title, now, limit, headroom, held; ///< ready to print; "–" = there is none
    QString state;                             ///< "holds", "source error 0:38": the word after the mark
    QString age;                               ///< of the data: "0.4 s"; empty = there was none yet
    QString why;                               ///< tooltip of the state
    QString exact = {};                        ///< all that was measured, tooltip of `now`; empty = nothing was
    Mark mark = Mark::no_data;
    bool aside = false;     ///< overridden
    bool shadow = false;    ///< nothing waits for it: drawn so that it does not draw the eye
    bool important = false; ///< it has a clock of its own: `held` says of how long
    bool operator==(const GateRow&) const = default;
};

/// A value that an effect changes.
struct ChangeRow {
    QString object, where, before, after;
    bool operator==(const ChangeRow&) const = default;
};

/// Something wanted of a step's result, and what was there.
struct CheckRow {
    Mark mark = Mark::to_come;
    QString wanted, found;
    bool operator==(const CheckRow&) const = default;
};

/// A step within: of a group, a decision, a rollback.
struct PartRow {
    Mark mark = Mark::to_come;
    QString title, took, result;
    bool operator==(const PartRow&) const = default;
};

/// Who is asked, and what they said.
struct PersonRow {
    Mark mark = Mark::to_come;
    QString role, said;
    QString ground = {};  ///< what it rests on: "signed", "attested by lena"; empty = the person's own word
    QString exact = {};   ///< all of it: the key; tooltip of `ground`
    bool by_word = false; ///< of another: the lead's
    QString rest = {};    ///< until when, and what was said to it
    bool operator==(const PersonRow&) const = default;
};

/// "Read back now": "…". `tone` colours the text; its mark goes before it where the text is a verdict.
struct Fact {
    QString name, text;
    Tone tone = Tone::plain;
    bool figures = false; ///< command or output: set in the figures' type
    bool operator==(const Fact&) const = default;
};

/// All that the card prints. What does not apply is empty, and is then absent from the screen.
struct CardView {
    plan::StepId step; ///< empty: not of a step
    release::OperationId operation;
    Tone tone = Tone::plain; ///< of the card as a whole
    QString title;
    Mark mark = Mark::to_come;
    QString state; ///< the word after the mark: "paused 0:38"
    Tone state_tone = Tone::plain;
    QString situation;              ///< the rest of the line
    std::optional<double> progress; ///< 0 … 1
    bool stands_still = false;      ///< the clock of the progress does not count
    QString text;                   ///< what a person is asked or told, of several lines
    QString command;                ///< final argv, or method and path
    std::vector<GateRow> gates;
    std::vector<ChangeRow> changes;
    std::vector<Fact> facts;
    std::vector<CheckRow> checks;
    std::vector<PersonRow> people;
    QString parts_title; ///< heading of the parts
    std::vector<PartRow> parts;
    QString output;            ///< the end of what it printed
    std::vector<Offer> offers; ///< what a person can do; empty in replay
    QString by_hand;           ///< a rollback: the commands to do it without this program
    QString request;           ///< for a signature, as text for a chat
    bool operator==(const CardView&) const = default;
};

/// The card of the current step, or of `selected`. `viewer`: whose commands they would be; it tells why an approval
/// is not theirs to give. Pure.
CardView present_card(const Moment& moment, const std::optional<plan::StepId>& selected = {},
                      const std::optional<release::Actor>& viewer = {});

} // namespace sluice::story
