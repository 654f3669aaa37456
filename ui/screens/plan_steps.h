#pragma once
#include "plan/model.h"
#include "story/timetable.h"

#include <QTreeWidget>

namespace sluice::screens {

/// The steps of a plan before it starts, by phases: what, which kind, who, when and how long.
class PlanSteps : public QTreeWidget {
    Q_OBJECT
public:
    explicit PlanSteps(QWidget* parent = nullptr);

    /// Keeps the chosen step, if it is still there.
    void show_plan(const plan::Plan& plan, const story::Timetable& table);
    plan::StepId chosen() const; ///< empty = none, or a phase

protected:
    void resizeEvent(QResizeEvent* event) override; ///< times stand near to what they are of, on a wide screen too
};

} // namespace sluice::screens
