#include "sluicectl/people.h"

#include "base/instant.h"
#include "base/printable.h"
#include "release/demand.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace sluicectl {

void print_approvals(const sluice::release::Release& release, const sluice::plan::Step& step, sluice::Nanos at) {
    const auto& state = release.at(step.id);
    if (std::holds_alternative<sluice::plan::Approve>(step.body) &&
        state.status == sluice::release::StepStatus::person) {
        const auto wanted = sluice::release::demand(release, step);
        fmt::print("      wants {} of {}{}\n", wanted.quorum, fmt::join(wanted.roles, ", "),
                   wanted.barred.empty() ? "" : fmt::format(", not {}", fmt::join(wanted.barred, ", ")));
    }
    const bool open = state.status == sluice::release::StepStatus::person || (state.glass && !state.glass->approved);
    const auto valid = open ? sluice::release::counting(release, step, at) : state.approvals;
    for (const auto& approval : state.approvals) {
        const bool counts = std::any_of(valid.begin(), valid.end(),
                                        [&](const auto& other) { return other.by.name == approval.by.name; });
        const std::string key = sluice::release::key_of_proof(approval.proof);
        fmt::print("      {} as {}{}{}{}{}\n", sluice::printable(approval.by.name), approval.by.role,
                   key.empty() ? "" : ", signed " + key,
                   approval.attested_by.empty() ? "" : ", attested by " + sluice::printable(approval.attested_by),
                   approval.expires.count == 0 ? "" : ", expires " + sluice::utc(approval.expires),
                   counts ? "" : ", does not count any more");
    }
    if (state.glass) {
        fmt::print("      BREAK-GLASS by {}: {}; {}\n", sluice::printable(state.glass->by.name),
                   sluice::printable(state.glass->reason),
                   state.glass->approved  ? "approved afterwards"
                   : state.glass->overdue ? "approval OVERDUE since " + sluice::utc(state.glass->due)
                                          : "approval due by " + sluice::utc(state.glass->due));
    }
}

void print_people(const sluice::release::Release& release) {
    fmt::print("policy: {}\n", release.policy ? fmt::format("{} ({})", release.bound.file, release.bound.digest)
                                              : std::string("no policy"));
    for (const auto& raised : release.bound.raised) {
        fmt::print("  {}\n", raised);
    }
    fmt::print("lead: {}\n", sluice::printable(release.lead));
    for (const auto& [name, roles] : release.bridge) {
        fmt::print("bridge: {} as {}\n", sluice::printable(name), fmt::join(roles, ", "));
    }
}

std::string unanswered(const sluice::release::Proposal& proposal, const std::string& before) {
    return proposal.ends.count == 0
               ? ""
               : fmt::format("{}without an answer by {}: {}", before, sluice::release::instant(proposal.ends),
                             sluice::plan::name(proposal.trigger->after_grace));
}

} // namespace sluicectl
