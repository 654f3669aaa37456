/// Ways back that triggers propose: a person declines them, or nobody answers in time (PLAN.md, "Metrics, gates, holds,
/// triggers"). To take one is to roll back.
#include "base/quantity.h"
#include "release/draft.h"

#include <fmt/format.h>

namespace sluice::release {
namespace {

void answer(Draft& draft, const Proposal& proposal, const char* what, const Actor& by, const std::string& reason) {
    draft.add(ProposalAnswered{proposal.trigger->id, proposal.arm, what, by, reason});
}

void end_of_grace(Draft& draft, const Proposal& proposal) {
    const plan::Trigger& trigger = *proposal.trigger;
    const Actor by{"trigger " + trigger.id, ""};
    const std::string why =
        fmt::format("{}; nobody has answered within {}", proposal.why, duration_text(trigger.grace.value_or(Nanos{})));
    if (trigger.after_grace == plan::AfterGrace::go_on) {
        answer(draft, proposal, "went-on", by, why);
        return;
    }
    if (trigger.after_grace == plan::AfterGrace::pause) {
        answer(draft, proposal, "paused", by, why);
        pause_until_continued(draft, by, why);
        return;
    }
    const plan::Option* option = option_of(draft.state(), trigger);
    const std::string not_now = option ? not_available(draft.state(), *option) : "the plan has no such option";
    if (!not_now.empty()) {
        answer(draft, proposal, "not-available", by, why + "; but its way back is not available: " + not_now);
        return;
    }
    answer(draft, proposal, "rolled-back", by, why);
    start_rollback(draft, RollBack{option->id, trigger.id, why});
}

} // namespace

void watch_proposals(Draft& draft) {
    const auto plan = draft.state().plan; // what a proposal names lives in it
    for (const auto& proposal : open_proposals(draft.state())) {
        if (proposal.ends.count != 0 && proposal.ends <= draft.now() && wanted(draft.state(), *proposal.trigger)) {
            end_of_grace(draft, proposal);
            return; // the others are looked at with what has come of this one
        }
    }
}

Verdict on(Draft& draft, const Decline& command) {
    const auto plan = draft.state().plan;
    const auto open = open_proposals(draft.state());
    const auto meant = [&](const Proposal& one) {
        return command.trigger == one.trigger->id || command.trigger == key_of(one.trigger->id, one.arm);
    };
    if (std::none_of(open.begin(), open.end(), meant)) {
        std::string ids;
        for (const auto& one : open) {
            ids += (ids.empty() ? "" : ", ") + key_of(one.trigger->id, one.arm);
        }
        return refuse("'" + command.trigger + "' proposes nothing now", command.trigger,
                      ids.empty() ? "" : "these do: " + ids);
    }
    if (auto reason = reason_given(command.reason, command.trigger); !reason) {
        return reason;
    }
    for (const auto& one : open) {
        if (meant(one)) {
            answer(draft, one, "declined", draft.by(), command.reason);
        }
    }
    return {};
}

} // namespace sluice::release
