/// Who approves and who states, on what ground, and what is owed (PLAN.md, "People").
#include "release/demand.h"
#include "release/signing.h"
#include "story/card_parts.h"
#include "story/step_titles.h"

#include <algorithm>

namespace sluice::story::card {
namespace {

using release::StepStatus;

QString said(const release::Approved& one, Nanos now) {
    QStringList parts{text(one.by.name)};
    if (const QString key = text(release::key_of_proof(one.proof)); !key.isEmpty()) {
        parts << Words::tr("signed %1").arg(key);
    }
    if (!one.attested_by.empty()) {
        parts << Words::tr("attested by %1").arg(text(one.attested_by));
    }
    if (one.expires.count != 0) {
        parts << Words::tr("expires %1").arg(utc_moment(one.expires, now));
    }
    const QString whole = parts.join(QStringLiteral(", "));
    return one.reason.empty() ? whole : whole + QStringLiteral(": ") + text(one.reason);
}

/// A signature that is asked for and can still be given; the last one.
void show_request(const Seen& seen, CardView& card) {
    const release::AskedSignature* last = nullptr;
    for (const auto& [nonce, asked] : seen.moment.release.requests) {
        if (asked.step == seen.step.id && asked.used_by.empty() && asked.expires > seen.moment.now &&
            (!last || asked.expires > last->expires)) {
            last = &asked;
        }
    }
    const auto bytes = last ? canonical(last->request) : Result<std::string>(std::string());
    if (!bytes || bytes->empty()) {
        return;
    }
    card.request = text(release::armoured("REQUEST", *bytes));
    card.facts.push_back({Words::tr("Signature"),
                          Words::tr("asked for, can be given until %1").arg(utc_moment(last->expires, seen.moment.now)),
                          Tone::plain, false});
}

} // namespace

void show_attest(const Seen& seen, const plan::Attest& attest, CardView& card) {
    card.text = filled(seen.moment, attest.text);
    if (!seen.step.owner.empty()) {
        card.facts.push_back({Words::tr("Owner"), role_text(seen.step.owner), Tone::plain, false});
    }
    const auto& log = seen.moment.entries;
    for (auto entry = log.rbegin(); entry != log.rend(); ++entry) {
        const auto* done = std::get_if<release::Attested>(&entry->event.body);
        if (done && done->step == seen.step.id) {
            const QString key = text(release::key_of_proof(done->proof));
            card.people.push_back(
                {Mark::holds, role_text(done->by.role),
                 Words::tr("%1 at %2, %3")
                     .arg(text(done->by.name), wall_time(entry->event.time),
                          key.isEmpty() ? Words::tr("not signed") : Words::tr("signed %1").arg(key))});
            if (!done->evidence.empty()) {
                card.facts.push_back({Words::tr("Evidence"), text(done->evidence), Tone::plain, false});
            }
            return;
        }
    }
    show_request(seen, card);
}

void show_approve(const Seen& seen, CardView& card) {
    const auto& release = seen.moment.release;
    const auto wanted = release::demand(release, seen.step);
    // What does not count any more is told as such; once it is over, what counted then is what there is to show.
    const bool open = seen.state.status == StepStatus::person || (seen.state.glass && !seen.state.glass->approved);
    const auto valid = open ? release::counting(release, seen.step, seen.moment.now) : seen.state.approvals;
    std::vector<release::Approved> others = valid;
    QStringList missing;
    for (const auto& role : wanted.roles) {
        const auto found =
            std::find_if(others.begin(), others.end(), [&](const auto& one) { return one.by.role == role; });
        if (found == others.end()) {
            card.people.push_back({Mark::to_come, role_text(role), Words::tr("has not answered yet")});
            missing << role_text(role);
        } else {
            card.people.push_back({Mark::holds, role_text(role), said(*found, seen.moment.now)});
            others.erase(found);
        }
    }
    for (const auto& one : others) {
        card.people.push_back({Mark::holds, role_text(one.by.role), said(one, seen.moment.now)});
    }
    for (const auto& one : seen.state.approvals) {
        const bool counts =
            std::any_of(valid.begin(), valid.end(), [&](const auto& other) { return other.by.name == one.by.name; });
        if (!counts) {
            card.people.push_back({Mark::breached, role_text(one.by.role),
                                   Words::tr("%1, does not count any more").arg(said(one, seen.moment.now))});
        }
    }
    card.situation = Words::tr("%1 of %2 approved").arg(valid.size()).arg(wanted.quorum);
    if (!missing.isEmpty() && seen.state.status == StepStatus::person) {
        card.situation += QStringLiteral(" · ") + Words::tr("missing: %1").arg(missing.join(QStringLiteral(", ")));
    }
    card.progress = static_cast<double>(valid.size()) / std::max(1, wanted.quorum);
    if (seen.state.status == StepStatus::person && !wanted.barred.empty()) {
        QStringList names;
        for (const auto& name : wanted.barred) {
            names << text(name);
        }
        card.facts.push_back({Words::tr("May not approve"), names.join(QStringLiteral(", ")), Tone::plain, false});
    }
    if (const auto& glass = seen.state.glass) {
        const QString due = utc_moment(glass->due, seen.moment.now);
        card.facts.push_back({Words::tr("Break-glass"),
                              Words::tr("%1: %2").arg(text(glass->by.name), text(glass->reason)), Tone::breach, false});
        card.facts.push_back({Words::tr("Approval"),
                              glass->approved  ? Words::tr("given afterwards")
                              : glass->overdue ? Words::tr("overdue since %1").arg(due)
                                               : Words::tr("owed until %1").arg(due),
                              glass->approved  ? Tone::good
                              : glass->overdue ? Tone::breach
                                               : Tone::warn,
                              false});
    }
    show_request(seen, card);
}

} // namespace sluice::story::card
