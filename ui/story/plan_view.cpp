#include "story/plan_view.h"

#include "release/schedule.h"
#include "story/current_step.h"
#include "story/format.h"
#include "story/progress_count.h"
#include "story/step_detail.h"
#include "story/step_titles.h"

#include <QCoreApplication>
#include <QStringList>

#include <map>

namespace sluice::story {
namespace {

using release::PhaseState;
using release::StepStatus;

struct PlanText {
    Q_DECLARE_TR_FUNCTIONS(PlanText)
};

using Children = std::map<plan::StepId, std::vector<const plan::Step*>>;

Children children_of(std::span<const plan::Step> steps) {
    Children children;
    for (const auto& step : steps) {
        if (!step.parent.empty()) {
            children[step.parent].push_back(&step);
        }
    }
    return children;
}

QString summary(const ProgressCount& count) {
    QStringList parts;
    if (count.passed != 0) {
        parts << (count.passed == 1 ? PlanText::tr("1 step passed")
                                    : PlanText::tr("%1 steps passed").arg(count.passed));
    }
    if (count.by_hand != 0) {
        parts << PlanText::tr("%1 by hand").arg(count.by_hand);
    }
    if (count.overridden != 0) {
        parts << PlanText::tr("%1 overridden").arg(count.overridden);
    }
    if (count.skipped != 0) {
        parts << PlanText::tr("%1 skipped").arg(count.skipped);
    }
    if (count.not_applicable != 0) {
        parts << PlanText::tr("%1 did not apply").arg(count.not_applicable);
    }
    if (count.stopped != 0) {
        parts << PlanText::tr("%1 stopped").arg(count.stopped);
    }
    return parts.join(QStringLiteral(", "));
}

QString times(Nanos taken, const std::optional<Nanos>& planned) {
    return planned ? clock(taken) + QStringLiteral(" / ") + clock(*planned) : clock(taken);
}

/// Writes the rows of one moment.
class Rows {
public:
    Rows(const Moment& moment, std::vector<PlanRow>& rows)
        : moment_(moment), release_(moment.release), titles_(release_), current_(current_step(release_)), rows_(rows) {}

    void phases() {
        const Children children = children_of(release_.plan->steps);
        int number = 0;
        for (const auto& phase : release_.plan->phases) {
            add_phase(phase, ++number);
            const int parent = static_cast<int>(rows_.size()) - 1;
            for (const auto& id : phase.steps) {
                if (const auto* step = release_.plan->step(id)) {
                    add_step(*step, parent, children);
                }
            }
        }
    }

    /// The present way back, behind those that it took the place of.
    void rollback() {
        const auto& plan = *release_.plan;
        if (!release_.rollback.active) {
            return;
        }
        const plan::Option* present = plan.option(release_.rollback.option);
        for (const auto& option : plan.rollback.options) {
            const bool begun =
                std::any_of(plan.rollback_steps.begin(), plan.rollback_steps.end(), [&](const auto& step) {
                    return release_.at(step.id).attempt > 0 && plan.option_of(step.id) == &option;
                });
            if (begun && &option != present) {
                add_way(option, false);
            }
        }
        if (present != nullptr) {
            add_way(*present, true);
        }
    }

private:
    void add_phase(const plan::Phase& phase, int number) {
        const auto found = release_.phases.find(phase.id);
        const PhaseState state = found == release_.phases.end() ? PhaseState{} : found->second;
        PlanRow row;
        row.id = phase.id;
        row.kind = PlanRow::Kind::phase;
        const QString title = QString::fromStdString(phase.title);
        // "2 24 hours before" would be misread.
        const bool digit = !title.isEmpty() && title.front().isDigit();
        row.title = QString::number(number) + (digit ? QStringLiteral(" · ") : QStringLiteral(" ")) + title;
        row.begun = state.status == PhaseState::Status::running || state.status == PhaseState::Status::finished;
        row.over = state.status == PhaseState::Status::finished;
        if (row.over) {
            row.mark = Mark::holds;
            row.word = PlanText::tr("done");
            row.detail = summary(count_steps(release_, release_.plan->steps, phase.steps));
            row.right = times(state.ended - state.started, phase.planned);
        } else if (row.begun && (release_.rollback.active || release_.aborted)) {
            const Nanos ended = release_.rollback.active ? release_.rollback.started : release_.time;
            row.mark = Mark::skipped;
            row.word = PlanText::tr("stopped");
            row.right = times(ended - state.started, phase.planned);
        } else if (row.begun) {
            row.mark = Mark::running;
            row.word = PlanText::tr("running");
            row.right = times(moment_.now - state.started, phase.planned);
        } else {
            const bool waits = state.status == PhaseState::Status::waiting;
            row.mark = waits ? Mark::paused : Mark::to_come;
            row.word = waits ? PlanText::tr("waits") : PlanText::tr("to come");
            row.right = phase.planned ? clock(*phase.planned) : QString();
            if (waits) {
                row.detail = QString::fromStdString(state.why);
                if (state.until > moment_.now) {
                    row.detail += PlanText::tr(", until %1").arg(utc_moment(state.until, moment_.now));
                }
            }
        }
        if (state.overridden) { // told until the session ends (ref/semantics.md)
            row.detail = PlanText::tr("window overridden") +
                         (row.detail.isEmpty() ? QString() : QStringLiteral(", ") + row.detail);
        }
        rows_.push_back(std::move(row));
    }

    void add_way(const plan::Option& option, bool present) {
        const auto& state = release_.rollback;
        PlanRow row;
        row.id = option.id;
        row.kind = PlanRow::Kind::rollback;
        row.begun = true;
        row.over = !present || !state.outcome.empty();
        row.title = PlanText::tr("Rollback: %1").arg(QString::fromStdString(option.title));
        row.mark = !present                  ? Mark::skipped
                   : !row.over               ? Mark::running
                   : state.outcome == "done" ? Mark::holds
                                             : Mark::close;
        row.word = !present                  ? PlanText::tr("given up")
                   : !row.over               ? PlanText::tr("running")
                   : state.outcome == "done" ? PlanText::tr("done")
                                             : PlanText::tr("incomplete");
        if (present) {
            row.right = times((row.over ? state.ended : moment_.now) - state.started, option.planned);
        }
        if (row.over) {
            row.detail = summary(count_steps(release_, release_.plan->rollback_steps, option.steps));
        }
        rows_.push_back(std::move(row));
        const int parent = static_cast<int>(rows_.size()) - 1;
        const Children children = children_of(release_.plan->rollback_steps);
        for (const auto& id : option.steps) {
            const auto* step = release_.plan->step(id);
            if (step != nullptr && step->parent.empty()) {
                add_step(*step, parent, children);
            }
        }
    }

    bool is_left_out(const plan::Step& step) const {
        const auto* outer = step.parent.empty() ? nullptr : release_.plan->step(step.parent);
        return !step.left_out.empty() || (outer != nullptr && is_left_out(*outer));
    }

    void add_step(const plan::Step& step, int parent, const Children& children) {
        const auto& state = release_.at(step.id);
        PlanRow row;
        row.id = step.id;
        row.parent = parent;
        row.kind = std::holds_alternative<plan::Group>(step.body) ? PlanRow::Kind::group : PlanRow::Kind::step;
        row.mark = mark_of(state.status);
        row.word = word_of(state.status);
        // What the variant leaves out never comes, though its turn is still to come.
        const bool left_out = state.status == StepStatus::to_come && is_left_out(step);
        if (left_out) {
            row.mark = mark_of(StepStatus::not_applicable);
            row.word = word_of(StepStatus::not_applicable);
        }
        if (stands_still(step, state)) {
            row.mark = Mark::paused;
            row.word = PlanText::tr("stands still");
        }
        row.title = titles_.of(step);
        row.detail = left_out ? row.word : detail_of(step, state, moment_);
        if (state.overdue.count != 0 && !release::over(state.status)) {
            const QString since = PlanText::tr("overdue since %1").arg(utc_moment(state.overdue, moment_.now));
            row.detail = row.detail.isEmpty() ? since : since + QStringLiteral(" · ") + row.detail;
        }
        row.right = left_out ? QString() : duration_of(step, state, moment_.now);
        row.begun = state.status != StepStatus::to_come;
        row.over = release::over(state.status);
        row.current = step.id == current_;
        const auto below = children.find(step.id);
        if (row.kind == PlanRow::Kind::group && row.over) {
            row.detail = summary(count_steps(release_, parent_list(step), std::span(&step.id, 1)));
        }
        rows_.push_back(std::move(row));
        if (below == children.end()) {
            return;
        }
        const int own = static_cast<int>(rows_.size()) - 1;
        for (const auto* child : below->second) {
            add_step(*child, own, children);
        }
    }

    const std::vector<plan::Step>& parent_list(const plan::Step& step) const {
        return release_.plan->phase_of(step.id) != nullptr ? release_.plan->steps : release_.plan->rollback_steps;
    }

    const Moment& moment_;
    const release::Release& release_;
    StepTitles titles_;
    plan::StepId current_;
    std::vector<PlanRow>& rows_;
};

/// Whole minutes, the next one: nobody is told of an end that has passed.
QString minute_of(Nanos time, Nanos now) {
    const Nanos whole = minutes((time.count + minutes(1).count - 1) / minutes(1).count);
    return date(whole) == date(now) ? wall_time(whole).left(5) + QStringLiteral(" UTC") : utc_day(whole);
}

QString end_text(const release::Schedule& schedule, Nanos now) {
    const auto& whole = schedule.whole;
    if (whole.over) {
        return {};
    }
    if (!whole.end) {
        return PlanText::tr("End not known: %1").arg(QString::fromStdString(schedule.unknown));
    }
    if (*whole.end - now < seconds(1)) {
        return PlanText::tr("Ends as soon as what is open is done");
    }
    const QString when = minute_of(*whole.end, now);
    return schedule.unplanned == 0 ? PlanText::tr("Ends about %1").arg(when)
           : schedule.unplanned == 1
               ? PlanText::tr("Ends after %1 · one step untimed").arg(when)
               : PlanText::tr("Ends after %1 · %2 steps untimed").arg(when).arg(schedule.unplanned);
}

/// `ahead`: of the planned times of phases that have some: what those that are over took, and what the running one will
/// take by the estimate; negative = behind.
QString progress_text(const Moment& moment, std::optional<Nanos> ahead) {
    const ProgressCount count = count_forward(moment.release);
    QString text = PlanText::tr("%1 of %2 steps")
                       .arg(count.over - count.stopped)
                       .arg(count.steps); // what was given up is not done
    if (ahead) {
        const Nanos size = ahead->count < 0 ? -*ahead : *ahead;
        // Whole minutes: nobody steers by seconds.
        const Nanos whole = minutes(size.count / minutes(1).count);
        text += QStringLiteral(" · ");
        text += whole.count == 0   ? PlanText::tr("on plan")
                : ahead->count > 0 ? PlanText::tr("%1 ahead").arg(spell(whole))
                                   : PlanText::tr("%1 behind").arg(spell(whole));
    }
    return text;
}

} // namespace

PlanView present_plan(const Moment& moment) {
    PlanView view;
    if (!moment.release.plan) {
        return view;
    }
    const auto schedule = release::schedule(moment.release, moment.now);
    const bool forward = !moment.release.rollback.active && !moment.release.aborted;
    view.progress = progress_text(moment, forward ? schedule.ahead : std::nullopt);
    if (!moment.release.closed()) {
        view.end = end_text(schedule, moment.now);
        StepTitles titles(moment.release);
        for (const auto& id : schedule.critical) {
            if (!schedule.steps.at(id).over) {
                view.hangs_on << titles.of(*moment.release.step(id));
            }
        }
    }
    Rows rows(moment, view.rows);
    rows.phases();
    rows.rollback();
    return view;
}

} // namespace sluice::story
