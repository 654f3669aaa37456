#pragma once
#include "release/names.h"
#include "story/step_mark.h"
#include "story/story.h"

namespace sluice::story {

/// One line of the audit table.
struct AuditLine {
    Nanos at;
    std::int64_t seq = 0;
    QString time;  ///< "14:51:02.114", UTC
    QString day;   ///< "2026-11-18", UTC
    QString actor; ///< a person's name, "engine", "trigger …"
    QString text;  ///< in the plan's titles
    QString exact; ///< the same with ids, as `sluicectl log` has it
    QString proof; ///< "412 · 9f3c1ae1": place in the tree, first 8 hexadecimal digits of its root
    QString more;  ///< lines below it: of an amendment its diff
    bool heartbeat = false;
    Digest root{};
};

/// `names`: see PlanNames.
AuditLine audit_line(const Entry& entry, const release::Names& names);

/// What the table's header says of the log as a whole. Claims only what was computed.
struct AuditSeal {
    Mark mark = Mark::to_come;
    QString text; ///< "412 entries, tree intact · checkpoint 411 of 14:50:30 signed"
    bool operator==(const AuditSeal&) const = default;
};

AuditSeal present_seal(const Moment& moment);
/// What it says of a file in a word: "verified", "NOT INTACT"; empty where it proves nothing.
QString proof_word(const AuditSeal& seal);

} // namespace sluice::story
