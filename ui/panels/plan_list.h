#pragma once
#include "panels/elided_text.h"
#include "panels/plan_model.h"

#include <QLabel>
#include <QTreeView>
#include <QWidget>

#include <map>

namespace sluice::panels {

class PlanDelegate;

/// The plan with where it stands. What is over folds up by itself, what begins unfolds; whatever a person folds stays
/// as it was left until then.
class PlanList : public QWidget {
    Q_OBJECT
public:
    explicit PlanList(QWidget* parent = nullptr);

    void set_compact(bool compact); ///< on a low screen: less air between phases
    void show_moment(const story::Moment& moment);
    void clear_selection(); ///< back to following the current step
    std::string selected() const { return selected_; }
    void show_selected(const std::string& step); ///< as if a person had picked it; empty, or unknown: the current one
    PlanModel& model() { return model_; }
    QTreeView& view() { return *view_; }
    QStringList texts() const; ///< all that it says, folded or not

    QSize sizeHint() const override { return {344, 600}; }

signals:
    /// A person picked a step to look at; empty: the current one again.
    void step_selected(const QString& step);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fold();
    void keep_current_in_sight();
    void picked(const QModelIndex& index);
    void toggle(const QModelIndex& index);
    void select(const std::string& step);

    PlanModel model_;
    story::PlanView shown_;
    QLabel* progress_;
    ElidedText* end_;
    ElidedText* hangs_on_;
    QTreeView* view_;
    PlanDelegate* delegate_;
    bool compact_ = false;
    std::map<std::string, int> stage_; ///< 0 to come, 1 under way, 2 over: what folding last went by
    std::string current_, selected_;
    bool showing_ = false;
    bool back_ = false; ///< a rollback is listed
};

} // namespace sluice::panels
