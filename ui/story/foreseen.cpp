#include "story/foreseen.h"

#include "release/foresight.h"

#include <QCoreApplication>
#include <algorithm>

namespace sluice::story {
namespace {

struct Foreseen {
    Q_DECLARE_TR_FUNCTIONS(StepCard)
};

} // namespace

std::optional<Nanos> breach_foreseen(const release::StepState& step, const release::GateState& gate, Nanos now) {
    const bool watched = step.status == release::StepStatus::running || step.status == release::StepStatus::person;
    if (!watched || gate.verdict != "pass" || gate.breach_at.count == 0) {
        return std::nullopt;
    }
    return std::max(gate.breach_at - now, Nanos{});
}

QString foreseen_words(bool close, const std::string& limit, Nanos left) {
    const QString in = QString::fromStdString(release::about(left));
    return close                      ? Foreseen::tr("close, breached in %1").arg(in)
           : release::falls_to(limit) ? Foreseen::tr("falling, at its limit in %1").arg(in)
                                      : Foreseen::tr("rising, at its limit in %1").arg(in);
}

} // namespace sluice::story
