#include "release/apply_people.h"

#include <memory>
#include <utility>

namespace sluice::release {

void FoldPeople::operator()(const Confirmed& e) {
    use(e.proof, e.by);
    answered(e.step);
}
void FoldPeople::operator()(const Attested& e) {
    use(e.proof, e.by);
    answered(e.step);
}
void FoldPeople::operator()(const Approved& e) {
    use(e.proof, e.by);
    if (auto* step = find(r.steps, e.step)) {
        step->approvals.push_back(e);
    }
}
void FoldPeople::operator()(const Refused& e) {
    use(e.proof, e.by);
    if (auto* step = find(r.steps, e.step)) {
        step->approvals.clear();
    }
}
void FoldPeople::operator()(const PolicyBound& e) {
    r.bound = e;
    if (auto loaded = plan::load_policy(e.source); loaded.policy) {
        r.policy = std::make_shared<const plan::Policy>(std::move(*loaded.policy));
    }
}
void FoldPeople::operator()(const BridgeJoined& e) {
    r.bridge[e.person] = e.roles;
}
void FoldPeople::operator()(const BridgeLeft& e) {
    r.bridge.erase(e.person);
}
void FoldPeople::operator()(const LeadHandedOver& e) {
    r.lead = e.to;
}
void FoldPeople::operator()(const SignatureAsked& e) {
    r.requests[e.nonce] = {e.step, e.request, e.expires, {}};
}
void FoldPeople::operator()(const ApprovalExpired& e) {
    auto* step = find(r.steps, e.step);
    if (!step) {
        return;
    }
    std::erase_if(step->approvals, [&](const Approved& one) {
        return one.by.name == e.person && one.expires.count != 0 && one.expires <= now_;
    });
    await_again(e.step, *step, e.why);
}
void FoldPeople::operator()(const ApprovalAskedAgain& e) {
    if (auto* step = find(r.steps, e.step)) {
        step->approvals.clear();
        if (step->glass && step->glass->approved) { // of another plan: of this one it is owed anew, for as long
            const bool known = r.policy && r.policy->break_glass;
            step->glass->approved = step->glass->overdue = false;
            step->glass->due = now_ + (known ? r.policy->break_glass->approve_within : Nanos{});
        }
        await_again(e.step, *step, e.why);
    }
}
void FoldPeople::operator()(const GlassBroken& e) {
    ++r.overrides;
    r.proposers.insert(e.by.name);
    if (auto* step = find(r.steps, e.step)) {
        if (satisfies(step->status)) { // for what is otherwise than what was approved: that counts no more
            step->approvals.clear();
        }
        step->glass = BrokenGlass{e.by, e.reason, e.due};
    }
}
void FoldPeople::operator()(const ApprovalOverdue& e) {
    if (auto* step = find(r.steps, e.step); step && step->glass) {
        step->glass->overdue = true;
    }
}
void FoldPeople::operator()(const ApprovedAfterwards& e) {
    if (auto* step = find(r.steps, e.step); step && step->glass) {
        step->glass->approved = true;
    }
}

void FoldPeople::answered(const StepId& id) {
    if (auto* step = find(r.steps, id)) {
        step->answered = true;
    }
}

/// Each person answers a request once.
void FoldPeople::use(const Json& proof, const Actor& by) {
    if (!proof.is_object() || !proof.contains("nonce") || !proof["nonce"].is_string()) {
        return;
    }
    if (auto* asked = find(r.requests, proof["nonce"].get<std::string>())) {
        asked->used_by.insert(by.name);
    }
}

/// What its approval was for has not begun, so the step, and its phase, are open again.
void FoldPeople::await_again(const StepId& id, StepState& step, const std::string& why) {
    if (step.status != StepStatus::passed) {
        return;
    }
    step.status = StepStatus::person;
    step.why = why;
    step.ended = {};
    step.asked = now_;
    step.escalated = false;
    const auto* phase = r.plan->phase_of(id);
    if (auto* state = phase ? find(r.phases, phase->id) : nullptr;
        state && state->status == PhaseState::Status::finished) {
        state->status = PhaseState::Status::running;
        state->ended = {};
    }
}

} // namespace sluice::release
