#include "story/step_detail.h"

#include "release/demand.h"
#include "story/format.h"
#include "story/step_mark.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

namespace sluice::story {
namespace {

using release::StepStatus;

struct StepText {
    Q_DECLARE_TR_FUNCTIONS(StepText)
};

/// What counts of it, against what plan and policy demand: as the card says.
QString approvals_text(const plan::Step& step, const release::StepState& state, const Moment& moment) {
    const bool open = state.status == StepStatus::person || (state.glass && !state.glass->approved);
    const auto given = open ? release::counting(moment.release, step, moment.now) : state.approvals;
    QStringList roles;
    for (const auto& approval : given) {
        roles << role_text(approval.by.role.empty() ? approval.by.name : approval.by.role);
    }
    QString text =
        StepText::tr("%1 of %2 approved").arg(given.size()).arg(release::demand(moment.release, step).quorum);
    if (!roles.isEmpty()) {
        text += QStringLiteral(": ") + roles.join(QStringLiteral(", "));
    }
    return text;
}

QString who(const plan::Step& step, const Moment& moment) {
    const bool approve = std::holds_alternative<plan::Approve>(step.body);
    return who_of(step, approve ? release::demand(moment.release, step).roles : std::vector<std::string>());
}

QString with_why(const QString& word, const std::string& why) {
    return why.empty() ? word : word + QStringLiteral(": ") + QString::fromStdString(why);
}

QString running_text(const plan::Step& step, const release::StepState& state) {
    if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
        if (!state.hold.running) {
            return with_why(StepText::tr("the hold clock stands still"), state.hold.why);
        }
        return hold->gates.empty() ? StepText::tr("for %1").arg(spell(hold->for_))
                                   : StepText::tr("gates must hold %1 together").arg(spell(hold->for_));
    }
    if (const auto* wait = std::get_if<plan::Wait>(&step.body); wait != nullptr && wait->for_) {
        return StepText::tr("for %1").arg(spell(*wait->for_));
    }
    return QString::fromStdString(state.why);
}

QString person_text(const plan::Step& step, const release::StepState& state, const Moment& moment) {
    if (std::holds_alternative<plan::Approve>(step.body)) {
        return approvals_text(step, state, moment);
    }
    if (std::holds_alternative<plan::Hold>(step.body)) {
        return StepText::tr("held as long as asked: a person advances");
    }
    const QString whom = who(step, moment);
    return whom.isEmpty() ? StepText::tr("awaits a person") : StepText::tr("awaits %1").arg(whom);
}

QString passed_text(const plan::Step& step, const release::StepState& state, const Moment& moment) {
    if (!state.set_aside.empty()) {
        return StepText::tr("gate %1 overridden by %2")
            .arg(QString::fromStdString(state.set_aside.begin()->first),
                 QString::fromStdString(state.set_aside.begin()->second));
    }
    if (std::holds_alternative<plan::Approve>(step.body)) {
        return approvals_text(step, state, moment);
    }
    if (const auto* decide = std::get_if<plan::Decide>(&step.body)) {
        for (const auto& choice : decide->choices) {
            if (choice.id == state.choice) {
                return StepText::tr("chosen: %1").arg(QString::fromStdString(choice.title));
            }
        }
    }
    return state.advanced_by.empty() ? QString()
                                     : StepText::tr("advanced by %1").arg(QString::fromStdString(state.advanced_by));
}

} // namespace

bool stands_still(const plan::Step& step, const release::StepState& state) {
    return state.status == StepStatus::running && std::holds_alternative<plan::Hold>(step.body) && !state.hold.running;
}

QString detail_of(const plan::Step& step, const release::StepState& state, const Moment& moment) {
    const auto until = [&](const QString& text) {
        return state.until > moment.now ? text + StepText::tr(", until %1").arg(utc_moment(state.until, moment.now))
                                        : text;
    };
    switch (state.status) {
    case StepStatus::to_come:
        if (step.point_of_no_return) {
            return StepText::tr("no way back after this");
        }
        return by_hand(step.body) ? who(step, moment) : QString();
    case StepStatus::waiting:
        return until(state.why.empty() ? StepText::tr("waits") : QString::fromStdString(state.why));
    case StepStatus::retrying:
        return until(with_why(StepText::tr("is tried again"), state.why));
    case StepStatus::running:
        return running_text(step, state);
    case StepStatus::person:
        return person_text(step, state, moment);
    case StepStatus::passed:
        return passed_text(step, state, moment);
    case StepStatus::triage:
    case StepStatus::in_doubt:
    case StepStatus::skipped:
    case StepStatus::overridden:
    case StepStatus::not_applicable:
    case StepStatus::stopped:
        return with_why(word_of(state.status), state.why);
    }
    return {};
}

QString duration_of(const plan::Step& step, const release::StepState& state, Nanos now) {
    const auto* hold = std::get_if<plan::Hold>(&step.body);
    if (hold != nullptr && under_way(state.status) && state.started.count != 0) {
        return clock(std::min(hold->for_, state.hold.held_at(now))); // important gates may still be waited for
    }
    if (state.started.count != 0) {
        return clock((release::over(state.status) ? state.ended : now) - state.started);
    }
    if (state.status != StepStatus::to_come) {
        return {};
    }
    if (hold != nullptr) {
        return clock(hold->for_);
    }
    if (const auto* wait = std::get_if<plan::Wait>(&step.body); wait != nullptr && wait->for_) {
        return clock(*wait->for_);
    }
    return step.planned ? clock(*step.planned) : QString();
}

} // namespace sluice::story
