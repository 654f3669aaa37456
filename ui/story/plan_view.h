#pragma once
#include "story/current_step.h"
#include "story/step_mark.h"
#include "story/story.h"

#include <QStringList>
#include <string>
#include <vector>

namespace sluice::story {

/// One row of the plan list. Rows stand in order, each behind the one that it belongs to.
struct PlanRow {
    enum class Kind { phase, group, step, rollback };
    std::string id;  ///< of the phase, the step, or the rollback option
    int parent = -1; ///< index of its row; −1 = top
    Kind kind = Kind::step;
    Mark mark = Mark::to_come;
    QString word;   ///< what the mark says
    QString title;  ///< phases are numbered: "3 Traffic switch"
    QString detail; ///< second line: why it waits, who approved; of a phase that is over: what became of its steps
    QString right;  ///< "0:41"; of a phase "9:12 / 10:00"; what is planned where it has not begun
    bool begun = false;
    bool over = false;
    bool current = false; ///< the one row that matters most now
    bool operator==(const PlanRow&) const = default;
};

struct PlanView {
    QString progress;     ///< "19 of 31 steps · 2 m ahead"
    QString end;          ///< "Ends about 16:10 UTC", "Ends after 16:10 UTC · 3 steps untimed"; empty = it has
    QStringList hangs_on; ///< titles of the steps to be done that decide the end, first to last (the critical path)
    std::vector<PlanRow> rows;
    bool operator==(const PlanView&) const = default;
};

PlanView present_plan(const Moment& moment);

} // namespace sluice::story
