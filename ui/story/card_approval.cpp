/// Who approves and who states, on what ground, and what is owed (PLAN.md, "People").
#include "release/demand.h"
#include "release/signing.h"
#include "story/card_parts.h"
#include "story/step_titles.h"

#include <algorithm>
#include <map>
#include <optional>

namespace sluice::story::card {
namespace {

using release::StepStatus;

/// By the first signs of the key: enough to tell two apart; all of it is the tip.
void rest_on_key(PersonRow& row, const Json& proof) {
    const QString key = text(release::key_of_proof(proof));
    if (!key.isEmpty()) {
        const auto from = key.indexOf(u':') + 1;
        constexpr int enough = 10;
        row.ground = Words::tr("signed with %1").arg(key.size() > from + enough ? key.left(from + enough) + u'…' : key);
        row.exact = Words::tr("signed with the key %1").arg(key);
    }
}

PersonRow row_of(const release::Approved& one, bool counts, Nanos now) {
    PersonRow row;
    row.mark = counts ? Mark::holds : Mark::breached;
    row.role = role_text(one.by.role);
    row.said = text(one.by.name);
    rest_on_key(row, one.proof);
    if (!one.attested_by.empty()) {
        row.ground = Words::tr("attested by %1").arg(text(one.attested_by));
        row.exact = Words::tr("%1 says so; %2 has not signed").arg(text(one.attested_by), text(one.by.name));
        row.by_word = true;
    }
    QStringList rest;
    if (!counts) {
        rest << Words::tr("does not count any more");
    }
    if (one.expires.count != 0) {
        rest << (one.expires > now ? Words::tr("expires %1") : Words::tr("expired %1"))
                    .arg(utc_moment(one.expires, now));
    }
    if (!one.reason.empty()) {
        rest << text(one.reason);
    }
    row.rest = rest.join(QStringLiteral(" · "));
    return row;
}

/// Why what had been given is asked for once more, while it is: the last of it, and nothing that was answered since.
void show_asked_again(const Seen& seen, CardView& card) {
    if (seen.state.status != StepStatus::person) {
        return;
    }
    std::map<std::string, Fact> expired; // by person
    std::optional<Fact> asked;
    for (const auto& entry : seen.moment.entries) {
        const auto& body = entry.event.body;
        if (const auto* old = std::get_if<release::ApprovalExpired>(&body); old && old->step == seen.step.id) {
            expired[old->person] = {Words::tr("Expired"),
                                    Words::tr("the approval of %1, %2: what it was for had not begun")
                                        .arg(text(old->person), utc_moment(entry.event.time, seen.moment.now)),
                                    Tone::warn, false};
        } else if (const auto* again = std::get_if<release::ApprovalAskedAgain>(&body);
                   again && again->step == seen.step.id) {
            expired.clear();
            asked = Fact{Words::tr("Asked again"),
                         Words::tr("%1: %2").arg(utc_moment(entry.event.time, seen.moment.now), text(again->why)),
                         Tone::warn, false};
        } else if (const auto* given = std::get_if<release::Approved>(&body); given && given->step == seen.step.id) {
            expired.erase(given->by.name);
        }
    }
    for (auto& [person, fact] : expired) {
        card.facts.push_back(std::move(fact));
    }
    if (asked) {
        card.facts.push_back(std::move(*asked));
    }
}

/// A signature that is asked for and can still be given; the last one. One request is for all who are to sign.
void show_request(const Seen& seen, CardView& card) {
    if (seen.state.status != StepStatus::person && !(seen.state.glass && !seen.state.glass->approved)) {
        return; // it is over, however many more were asked for
    }
    const release::AskedSignature* last = nullptr;
    for (const auto& [nonce, asked] : seen.moment.release.requests) {
        if (asked.step == seen.step.id && asked.expires > seen.moment.now && (!last || asked.expires > last->expires)) {
            last = &asked;
        }
    }
    const auto bytes = last ? canonical(last->request) : Result<std::string>(std::string());
    if (!bytes || bytes->empty()) {
        return;
    }
    card.request = text(release::armoured("REQUEST", *bytes));
    QStringList by;
    for (const auto& person : last->used_by) {
        by << text(person);
    }
    const QString until = utc_moment(last->expires, seen.moment.now);
    card.facts.push_back({Words::tr("Signature"),
                          by.isEmpty() ? Words::tr("asked for, can be given until %1").arg(until)
                                       : Words::tr("given by %1; by others until %2").arg(by.join(", "), until),
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
            PersonRow row{Mark::holds, role_text(done->by.role),
                          Words::tr("%1 at %2").arg(text(done->by.name), wall_time(entry->event.time))};
            rest_on_key(row, done->proof);
            if (row.ground.isEmpty()) {
                row.ground = Words::tr("not signed");
            }
            card.people.push_back(std::move(row));
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
            card.people.push_back(row_of(*found, true, seen.moment.now));
            others.erase(found);
        }
    }
    for (const auto& one : others) {
        card.people.push_back(row_of(one, true, seen.moment.now));
    }
    for (const auto& one : seen.state.approvals) {
        const bool counts =
            std::any_of(valid.begin(), valid.end(), [&](const auto& other) { return other.by.name == one.by.name; });
        if (!counts) {
            card.people.push_back(row_of(one, false, seen.moment.now));
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
    show_asked_again(seen, card);
    if (const auto& glass = seen.state.glass) {
        card.tone = glass->approved ? card.tone : Tone::breach;
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
