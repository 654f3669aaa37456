#include "story/step_mark.h"

#include <QCoreApplication>

namespace sluice::story {

using release::StepStatus;

Mark mark_of(StepStatus status) {
    switch (status) {
    case StepStatus::to_come:
        return Mark::to_come;
    case StepStatus::waiting:
    case StepStatus::retrying:
        return Mark::paused;
    case StepStatus::running:
    case StepStatus::person:
        return Mark::running;
    case StepStatus::triage:
        return Mark::breached;
    case StepStatus::in_doubt:
        return Mark::no_data;
    case StepStatus::passed:
        return Mark::holds;
    case StepStatus::overridden:
        return Mark::source_error;
    case StepStatus::skipped:
    case StepStatus::not_applicable:
    case StepStatus::stopped:
        return Mark::skipped;
    }
    return Mark::no_data;
}

QString word_of(StepStatus status) {
    const auto text = [](const char* word) { return QCoreApplication::translate("StepStatus", word); };
    switch (status) {
    case StepStatus::to_come:
        return text(QT_TRANSLATE_NOOP("StepStatus", "to come"));
    case StepStatus::waiting:
        return text(QT_TRANSLATE_NOOP("StepStatus", "waits"));
    case StepStatus::running:
        return text(QT_TRANSLATE_NOOP("StepStatus", "running"));
    case StepStatus::person:
        return text(QT_TRANSLATE_NOOP("StepStatus", "needs a person"));
    case StepStatus::triage:
        return text(QT_TRANSLATE_NOOP("StepStatus", "failed"));
    case StepStatus::retrying:
        return text(QT_TRANSLATE_NOOP("StepStatus", "is tried again"));
    case StepStatus::in_doubt:
        return text(QT_TRANSLATE_NOOP("StepStatus", "outcome unknown"));
    case StepStatus::passed:
        return text(QT_TRANSLATE_NOOP("StepStatus", "passed"));
    case StepStatus::skipped:
        return text(QT_TRANSLATE_NOOP("StepStatus", "skipped"));
    case StepStatus::overridden:
        return text(QT_TRANSLATE_NOOP("StepStatus", "overridden"));
    case StepStatus::not_applicable:
        return text(QT_TRANSLATE_NOOP("StepStatus", "does not apply"));
    case StepStatus::stopped:
        return text(QT_TRANSLATE_NOOP("StepStatus", "stopped"));
    }
    return {};
}

bool under_way(StepStatus status) {
    return status != StepStatus::to_come && !release::over(status);
}

} // namespace sluice::story
