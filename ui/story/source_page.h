#pragma once
/// Each source in full (report/source_report.h), as the page behind the ages in the top bar prints it.
#include "story/card.h"
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <string>
#include <vector>

namespace sluice::story {

/// A metric: a line of the list, and all that is known of it.
struct SourceMetric {
    std::string name; ///< the plan's
    QString title;    ///< "Error rate"
    Mark mark = Mark::to_come;
    QString state;             ///< "source error 0:38"; where nothing is wrong the values: "blue 0.2 % · green 0.3 %"
    QString age;               ///< of the newest value that there ever was: "0.4 s ago"; empty = there was none
    QString wrong;             ///< what is wrong in a sentence, and since when; empty = nothing
    QString asks;              ///< what the question is: "Query", "Groups"; empty = the plan has none to show
    QString question;          ///< to be copied
    std::vector<Fact> more;    ///< of the question: what counts as the data's age, how often, …
    std::vector<Fact> answers; ///< by arm or series
    std::vector<Fact> hangs;   ///< gates, triggers, … that look at it
    bool operator==(const SourceMetric&) const = default;
};

/// A connection with its metrics.
struct SourceGroup {
    std::string name; ///< the connection's; empty = derived from the others
    QString title;    ///< "Prometheus prom"
    QString address;  ///< without credentials; may be empty
    Mark mark = Mark::to_come;
    std::vector<SourceMetric> metrics;
    bool operator==(const SourceGroup&) const = default;
};

struct SourcePage {
    QString heading; ///< "1 of 6 metrics is in trouble"
    QString note;    ///< as of when, and who answers
    bool trouble = false;
    std::vector<SourceGroup> sources; ///< those in trouble first; empty = the plan measures nothing
    bool operator==(const SourcePage&) const = default;

    const SourceMetric* metric(const std::string& name) const; ///< null if there is none
};

/// Pure.
SourcePage present_source_page(const Moment& moment);

} // namespace sluice::story
