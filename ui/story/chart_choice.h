#pragma once
#include "base/result.h"
#include "story/story.h"

#include <QString>
#include <QStringList>
#include <string>
#include <vector>

namespace sluice::story {

/// What a chart or a tile of the wall was told to show: a metric, and one arm of it or all. Written "METRIC" or
/// "METRIC/ARM": so it is kept among the settings, and typed on the command line.
struct ChartChoice {
    std::string metric;
    std::string arm; ///< empty = all

    friend bool operator==(const ChartChoice&, const ChartChoice&) = default;
};
ChartChoice choice_from(const QString& text);
QString text_of(const ChartChoice& choice);

/// One that a person can take, in words.
struct OfferedChoice {
    ChartChoice choice;
    QString title; ///< "Error ratio", "Error ratio · green"
    QString note;  ///< "no gate reads it", "nothing recorded yet"; empty = nothing to say
    bool operator==(const OfferedChoice&) const = default;
};

/// Everything that can be shown: each metric of the plan, read by a gate or not, in the plan's order, then what is
/// recorded beside them (a plan before it was amended had it); behind each that is told by arm its arms, one by one.
std::vector<OfferedChoice> offered_choices(const Moment& moment);

/// The metric, of the plan or made for what is only recorded; nothing where neither plan nor recording has it, or the
/// arm.
std::optional<plan::Metric> metric_of(const Moment& moment, const ChartChoice& choice);

/// What to show at each place, from 0, at most `most`: at the places that were chosen for, what was chosen; elsewhere
/// the metrics that decide first (metric_view.h), of those that have been read. What can't be shown counts as not
/// chosen, and so does what stands at an earlier place already.
std::vector<ChartChoice> choices_to_show(const Moment& moment, const QStringList& chosen, std::size_t most);

/// The places with another choice at one of them, from 0; empty = not chosen.
QStringList chosen_at(QStringList chosen, std::size_t place, const QString& text);

/// Of the command line. Error: the session has no such metric, or the metric no such arm; the remedy names near ones.
Result<void> check_choices(const Moment& moment, const QStringList& chosen);
/// Of a session that has only begun: an arm of the plan of which nothing is recorded yet may still be told.
Result<void> check_choices_early(const Moment& moment, const QStringList& chosen);

} // namespace sluice::story
