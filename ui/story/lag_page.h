#pragma once
/// Consumer groups, topics and partitions with their lag, as of a moment: what the page behind Ctrl+L prints. Out of
/// the recorded samples alone (report/recorded_lag.h), so it is the same live, for who follows, and in a replay.
#include "story/step_mark.h"
#include "story/story.h"

#include <QString>
#include <vector>

namespace sluice::story {

/// A group, a topic of it, or a partition of that.
struct LagLine {
    QString name; ///< unique among its siblings; a partition's number
    Mark mark = Mark::to_come;
    QString state;                  ///< "ok", "stall", "no commit", …; what is wrong in words
    QString lag;                    ///< messages up to the log's end; "≥ 12" where a partition could not be asked
    QString skew;                   ///< of several partitions the worst against the mean: "3.2 × in 7"
    QString behind;                 ///< age of the oldest message that is not read: "1 m 40 s"
    QString produced, consumed;     ///< messages a second
    QString drain;                  ///< "2 m", or why there is no estimate: "grows", "quiet", "no commit"
    QString committed, end, stable; ///< of a partition
    std::vector<LagLine> parts;
    bool operator==(const LagLine&) const = default;
};

struct LagPage {
    QString heading; ///< "In trouble: 1 of 3 groups"
    QString note;    ///< as of when, and how old
    bool trouble = false;
    std::vector<QString> wrong;  ///< of no single line: what could not be asked, topics that are gone, what is left out
    std::vector<LagLine> groups; ///< by name
    bool operator==(const LagPage&) const = default;
};

/// Pure.
LagPage present_lag_page(const Moment& moment);

} // namespace sluice::story
