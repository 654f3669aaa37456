#pragma once
/// What the traffic panel shows at a moment: splits, the arms side by side, what could roll back. Pure.
///
/// What has no data behind it is not in here: empty lists and empty texts are left away, never filled.
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <optional>
#include <vector>

namespace sluice::story {

struct ArmShare {
    QString name;    ///< "blue"
    QString version; ///< "v1.2.3"; empty if the plan doesn't say
    int place = 0;   ///< in the plan: its colour and line style
    int weight = 0;  ///< per cent, commanded
    bool operator==(const ArmShare&) const = default;
};

/// A split that the slider can stop at.
struct Station {
    int weight = 0;        ///< of the arm that is released
    plan::Weights weights; ///< whole
    bool here = false;     ///< it is commanded now
    bool allowed = false;  ///< a person may move traffic there now
    QString why_not;       ///< with its remedy
    QString change;        ///< "25 % → 10 % green"
    QString write;         ///< "PATCH ingress/api-ingress-canary canary-weight 10"
    QString consequence;   ///< "Bake at 25 % starts to hold anew"; empty if nothing else changes
    bool operator==(const Station&) const = default;
};

/// A shift by hand whose outcome is not known: a person must say what became of it.
struct ShiftDoubt {
    std::string operation;
    QString text;      ///< what was sent, and why its outcome is not known
    QString read_back; ///< what a look at the outside gave; may be empty
    bool operator==(const ShiftDoubt&) const = default;
};

struct SplitView {
    std::string traffic;        ///< the plan's name: "edge"
    QString place;              ///< "ingress api-ingress"
    std::vector<ArmShare> arms; ///< the initial one first
    QString released;           ///< the other arm of two: what the slider says the weight of
    int released_place = 0;
    int weight = 0;                   ///< of it, commanded
    std::optional<double> observed;   ///< of it, per cent, at the edge; only where a metric tells
    QString observed_text;            ///< "24.6 % green"
    bool apart = false;               ///< observed and commanded differ by more than 5 points
    std::vector<Station> stations;    ///< by weight
    QString notice;                   ///< "▸ moving to 10 % green"; empty = it stands still
    Mark notice_mark = Mark::running; ///< of the notice
    std::optional<ShiftDoubt> doubt;
    bool operator==(const SplitView&) const = default;
};

/// A row: label, value, and its state by shape and word.
struct TrafficFact {
    QString label, value;
    std::optional<Mark> mark;
    QString note; ///< a second line, or the tool tip
    bool operator==(const TrafficFact&) const = default;
};

/// One metric of both arms, latest answers. Without one: "–", with the reason in `word`.
struct Comparison {
    QString metric, unit;
    QString released, initial, difference;
    std::optional<Mark> mark; ///< against the gates of the step that holds or held last; none = no gate looks at it
    QString word;             ///< "holds", "close", "breached", "no data", "source error"
    bool operator==(const Comparison&) const = default;
};

struct TrafficView {
    std::vector<SplitView> splits;
    std::vector<TrafficFact> facts; ///< observed split, replicas, restarts
    QString released, initial;
    int released_place = 0, initial_place = 0;
    std::vector<Comparison> comparisons;
    QString way_back_head; ///< "armed", "not armed"; empty = the plan has no rollback, or nothing was proven yet
    std::vector<TrafficFact> way_back;
    QString triggers_head; ///< "armed", "1 pending", "1 fired", "disarmed"
    std::vector<TrafficFact> triggers;
    QString alerts_head; ///< "2 firing", "none firing"; empty = the plan has none, and no metric counts them
    std::vector<TrafficFact> alerts;
    bool operator==(const TrafficView&) const = default;
};

TrafficView present_traffic(const Moment& moment);

} // namespace sluice::story
