#include "story/audit_view.h"

#include "story/format.h"

#include <QCoreApplication>

#include <algorithm>

namespace sluice::story {
namespace {

struct AuditText {
    Q_DECLARE_TR_FUNCTIONS(AuditText)
};

QString checkpoint_words(const Seal& seal, Nanos now) {
    const QString size = count(seal.size);
    const QString which =
        seal.covers.count == 0
            ? AuditText::tr("checkpoint %1").arg(size)
            : AuditText::tr("checkpoint %1 of %2")
                  .arg(size, date(seal.covers) == date(now) ? wall_time(seal.covers) : utc_moment(seal.covers, now));
    if (seal.size == 0) {
        return AuditText::tr("A CHECKPOINT CAN'T BE READ");
    }
    if (seal.covers.count == 0) {
        return AuditText::tr("ENTRIES CUT OFF: %1 covers more").arg(which);
    }
    if (!seal.fits) {
        return AuditText::tr("%1 DOES NOT FIT").arg(which);
    }
    return seal.by_operator ? AuditText::tr("%1 signed").arg(which)
                            : AuditText::tr("%1 not signed by the session's key").arg(which);
}

} // namespace

AuditLine audit_line(const Entry& entry, const release::Names& names) {
    AuditLine line;
    line.at = entry.event.time;
    line.seq = entry.event.seq;
    line.root = entry.root;
    line.time = wall_time_exactly(entry.event.time);
    line.day = date(entry.event.time);
    line.actor = QString::fromStdString(release::actor_of(entry.event.body));
    line.exact = QString::fromStdString(release::describe(entry.event.body)).simplified();
    line.text = QString::fromStdString(release::describe(entry.event.body, names)).simplified();
    line.proof =
        QString::number(line.seq) + QStringLiteral(" · ") + QString::fromStdString(hex(entry.root).substr(0, 8));
    if (const auto* amended = std::get_if<release::PlanAmended>(&entry.event.body)) {
        line.more = QString::fromStdString(amended->diff);
    }
    line.heartbeat = std::holds_alternative<release::HoldHeartbeat>(entry.event.body);
    return line;
}

AuditSeal present_seal(const Moment& moment) {
    const auto& entries = moment.entries;
    if (entries.empty()) {
        return {Mark::to_come, AuditText::tr("no entries yet")};
    }
    AuditSeal seal;
    seal.text = entries.size() == 1 ? AuditText::tr("1 entry")
                                    : AuditText::tr("%1 entries").arg(count(static_cast<std::int64_t>(entries.size())));
    if (entries.back().intact) {
        seal.mark = Mark::holds;
        seal.text += AuditText::tr(", tree intact");
    } else {
        const auto bad =
            std::partition_point(entries.begin(), entries.end(), [](const Entry& one) { return one.intact; });
        seal.mark = Mark::breached;
        seal.text += AuditText::tr(", TREE NOT INTACT from entry %1").arg(bad->event.seq);
    }
    if (moment.seal) {
        seal.text += QStringLiteral(" · ") + checkpoint_words(*moment.seal, moment.now);
        if (!moment.seal->fits) {
            seal.mark = Mark::breached;
        } else if (!moment.seal->by_operator && seal.mark == Mark::holds) {
            seal.mark = Mark::close;
        }
    }
    return seal;
}

QString proof_word(const AuditSeal& seal) {
    return seal.mark == Mark::holds      ? AuditText::tr("verified")
           : seal.mark == Mark::breached ? AuditText::tr("NOT INTACT")
                                         : QString();
}

} // namespace sluice::story
