#include "story/rollback_view.h"

#include "release/ways_back.h"
#include "story/format.h"
#include "story/progress_count.h"
#include "story/step_titles.h"

#include <QCoreApplication>

#include <algorithm>

namespace sluice::story {
namespace {

using release::StepStatus;

struct RollbackText {
    Q_DECLARE_TR_FUNCTIONS(RollbackText)
};

/// The arm that the option's last shift leaves with all traffic; empty if none does.
std::string target_arm(const plan::Plan& plan, const plan::Option& option) {
    std::string arm;
    for (const auto& step : plan.rollback_steps) {
        const auto* shift = std::get_if<plan::Shift>(&step.body);
        if (shift == nullptr || std::find(option.steps.begin(), option.steps.end(), step.id) == option.steps.end()) {
            continue;
        }
        arm.clear();
        for (const auto& [name, weight] : shift->weights) {
            if (weight == 100) {
                arm = name;
            }
        }
    }
    return arm;
}

QString estimate(const plan::Option& option) {
    return option.planned ? RollbackText::tr("est. %1").arg(spell(*option.planned)) : QString();
}

QString joined(const QString& one, const QString& other) {
    return other.isEmpty() ? one : one.isEmpty() ? other : one + QStringLiteral(" · ") + other;
}

std::vector<OptionLine> options_of(const release::Release& release) {
    std::vector<OptionLine> lines;
    const plan::Option* by_default = release::default_option(release);
    for (const auto* option : release::ranked_options(release)) {
        OptionLine line;
        line.id = option->id;
        line.title = QString::fromStdString(option->title);
        const std::string why = release::not_available(release, *option);
        line.available = why.empty();
        line.detail = why.empty() ? estimate(*option) : QString::fromStdString(why);
        line.by_default = option == by_default;
        lines.push_back(std::move(line));
    }
    return lines;
}

void present_running(RollbackView& view, const Moment& moment) {
    const release::Release& release = moment.release;
    const auto& rollback = release.rollback;
    const plan::Option* option = release.plan->option(rollback.option);
    if (option == nullptr) {
        return;
    }
    const ProgressCount count = count_steps(release, release.plan->rollback_steps, option->steps);
    view.fraction = count.fraction();
    const QString title = QString::fromStdString(option->title);
    if (!rollback.outcome.empty()) {
        view.state = RollbackView::State::rolled_back;
        view.title =
            rollback.outcome == "done" ? RollbackText::tr("Rolled back") : RollbackText::tr("Rolled back, incomplete");
        view.detail = RollbackText::tr("%1 · took %2")
                          .arg(RollbackText::tr("%1 of %2 done").arg(count.passed + count.overridden).arg(count.steps),
                               clock(rollback.ended - rollback.started));
        view.tip = joined(title, view.detail);
        return;
    }
    const Nanos running = moment.now - rollback.started;
    view.state = RollbackView::State::rolling;
    view.title = RollbackText::tr("Rolling back · %1").arg(clock(running));
    QString left;
    if (option->planned) {
        left = *option->planned > running
                   ? RollbackText::tr("est. %1 left").arg(spell(*option->planned - running))
                   : RollbackText::tr("%1 over the estimate").arg(spell(running - *option->planned));
    }
    view.detail = joined(RollbackText::tr("%1 of %2 done").arg(count.over).arg(count.steps), left);
    StepTitles titles(release);
    for (const auto& step : release.plan->rollback_steps) {
        const StepStatus status = release.at(step.id).status;
        if (status == StepStatus::triage || status == StepStatus::in_doubt || status == StepStatus::person) {
            view.state = RollbackView::State::needs_you;
            view.detail = RollbackText::tr("needs a person: %1").arg(titles.of(step));
            break;
        }
    }
    view.tip = joined(title, view.detail);
}

void present_ready(RollbackView& view, const release::Release& release, Nanos now) {
    const plan::Option* option = release::default_option(release);
    if (option == nullptr) {
        return;
    }
    const std::string arm = target_arm(*release.plan, *option);
    view.title = arm.empty() ? RollbackText::tr("Roll back")
                             : RollbackText::tr("Roll back to %1").arg(QString::fromStdString(arm));
    const QString title = QString::fromStdString(option->title);
    if (const std::string why = release::not_available(release, *option); !why.empty()) {
        view.state = RollbackView::State::unavailable;
        view.detail = RollbackText::tr("not available: %1").arg(QString::fromStdString(why));
    } else if (point_passed(release) != nullptr) { // at once: what was proven, was proven before it
        view.state = RollbackView::State::not_armed;
        view.detail = RollbackText::tr("past the point of no return");
    } else if (release::default_ready(release)) {
        view.state = RollbackView::State::armed;
        view.detail = joined(RollbackText::tr("armed"), estimate(*option));
    } else {
        view.state = RollbackView::State::not_armed;
        const bool told = release.rollback.ready_option == option->id && !release.rollback.ready_why.empty();
        view.detail = !told ? RollbackText::tr("not armed: not proven yet")
                            : RollbackText::tr("not armed: %1").arg(QString::fromStdString(release.rollback.ready_why));
    }
    view.tip = joined(title, view.detail);
    // What the program is about to do by itself is said where the eye is.
    const auto proposals = release::open_proposals(release);
    if (!proposals.empty() && proposals.front().ends.count != 0 &&
        proposals.front().trigger->after_grace == plan::AfterGrace::roll_back) {
        view.detail = RollbackText::tr("by itself in %1").arg(clock(std::max(Nanos{}, proposals.front().ends - now)));
    }
}

} // namespace

const plan::Step* point_passed(const release::Release& release) {
    return release::no_return_since(release);
}

RollbackView present_rollback(const Moment& moment, bool acting) {
    if (moment.mode != Mode::replay) {
        return present_lead_button(moment, acting);
    }
    RollbackView view;
    view.state = RollbackView::State::replay;
    view.title = RollbackText::tr("Replay — actions off");
    view.detail = moment.entries.empty() ? QString()
                                         : RollbackText::tr("recorded %1").arg(date(moment.entries.front().event.time));
    view.tip = view.detail;
    return view;
}

RollbackView present_lead_button(const Moment& moment, bool acting) {
    RollbackView view;
    const release::Release& release = moment.release;
    if (!release.plan || release.plan->rollback.options.empty()) {
        return view;
    }
    if (const auto* option = release::default_option(release)) {
        view.option = option->id;
    }
    if (release.rollback.active) {
        present_running(view, moment);
    } else if (release.closed()) {
        view.state = RollbackView::State::closed;
        view.title = release.outcome == "done" ? RollbackText::tr("Release done") : RollbackText::tr("Release aborted");
        view.detail = RollbackText::tr("session closed %1").arg(utc_moment(release.time, moment.now));
        view.tip = view.detail;
    } else if (!acting) {
        present_ready(view, release, moment.now);
        const QString ready = view.detail;
        view.state = RollbackView::State::watching;
        view.title = RollbackText::tr("Following — actions off");
        view.detail = RollbackText::tr("rollback %1").arg(ready);
        view.tip = view.detail;
    } else {
        present_ready(view, release, moment.now);
        view.options = options_of(release);
    }
    return view;
}

QString rollback_question(const RollbackView& view, const std::string& option) {
    for (const auto& line : view.options) {
        if (line.id != option) {
            continue;
        }
        QString text = line.by_default ? view.title + QStringLiteral(": ") + line.title : line.title;
        text += u'?';
        if (!line.detail.isEmpty()) {
            text += u'\n' + line.detail;
        }
        if (line.by_default && view.state == RollbackView::State::not_armed) {
            text += u'\n' + view.detail;
        } else if (!line.by_default) {
            text += u'\n' + RollbackText::tr("Its readiness is not proven: only the default option's is.");
        }
        return text;
    }
    return {};
}

} // namespace sluice::story
