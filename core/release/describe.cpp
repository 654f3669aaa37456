/// One line an event, for people. Says nothing that the event does not hold.
#include "base/printable.h"
#include "release/event.h"
#include "release/foresight.h"
#include "release/names.h"
#include "release/state.h"

#include "base/instant.h"
#include "base/quantity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {
namespace {

std::string because(const std::string& why) {
    return why.empty() ? "" : ": " + why;
}

/// Gates and triggers of one arm are named after it, if the plan gives them no name ("error_ratio-green"), and by most
/// who give them one ("Errors on green").
std::string on_arm(const std::string& name, const std::string& arm) {
    const bool named = name.ends_with("-" + arm) || name.find(" " + arm) != std::string::npos;
    return arm.empty() || named ? name : name + " on " + arm;
}

std::string clock(Nanos length) {
    const std::int64_t whole = length.count / 1'000'000'000;
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

struct Describe {
    const Names& n;

    /// ", signed SHA256:…"; nothing without a proof.
    std::string signed_by(const Json& proof) const {
        const std::string key = key_of_proof(proof);
        return key.empty() ? "" : ", signed " + n.key(key);
    }

    std::string operator()(const SessionOpened& e) const {
        return fmt::format("Session {} opened: {} of plan {} ({}){}{}", e.session, e.mode, e.plan_id,
                           e.plan_digest.substr(0, 8), e.variant.empty() ? "" : ", variant " + e.variant,
                           e.opening.count == 0 ? "" : ", for the opening at " + instant(e.opening));
    }
    std::string operator()(const SessionResumed& e) const {
        return e.taken_over_from.empty() ? "Session resumed"
                                         : "Session taken over from " + e.taken_over_from + ", which did not answer";
    }
    std::string operator()(const SessionClosed& e) const { return "Session closed: " + e.outcome; }
    std::string operator()(const ClockJumped& e) const {
        return (e.slept.count > 0 ? "The machine slept for " + duration_text(e.slept)
                                  : std::string("The clock jumped")) +
               "; hold clocks stood still meanwhile";
    }
    std::string operator()(const PhaseWaiting& e) const {
        return "Phase " + n.phase(e.phase) + " waits" + because(e.why);
    }
    std::string operator()(const PhaseStarted& e) const {
        return "Phase " + n.phase(e.phase) + " started" + because(e.warning);
    }
    std::string operator()(const PhaseFinished& e) const { return "Phase " + n.phase(e.phase) + " finished"; }
    std::string operator()(const StepStarted& e) const {
        return e.title + (e.attempt > 1 ? fmt::format(" started, attempt {}", e.attempt) : " started");
    }
    std::string operator()(const StepWaiting& e) const { return n.step(e.step) + " waits" + because(e.why); }
    std::string operator()(const StepNotApplicable& e) const {
        return n.step(e.step) + " does not apply" + because(e.why);
    }
    std::string operator()(const StepProbed& e) const { return n.step(e.step) + because(e.why); }
    std::string operator()(const OutputTaken& e) const {
        return n.step(e.step) + " gave " + e.name + " = " + e.value +
               (e.by.name.empty() ? "" : ", as " + e.by.name + " says");
    }
    std::string operator()(const StepFinished& e) const { return n.step(e.step) + " " + e.outcome + because(e.why); }
    std::string operator()(const TriageOpened& e) const { return n.step(e.step) + " failed" + because(e.why); }
    std::string operator()(const RetryPlanned& e) const {
        return n.step(e.step) + " will be tried again" + because(e.why);
    }
    std::string operator()(const TriageAnswered& e) const {
        return n.step(e.step) + ": " + e.answer + because(e.reason);
    }
    std::string operator()(const Intent& e) const { return n.operation(e.operation) + ": " + e.summary; }
    std::string operator()(const Observed& e) const {
        const auto pid = pid_of(e.what);
        return n.operation(e.operation) + " is at work" + (pid ? fmt::format(", pid {}", *pid) : "");
    }
    std::string operator()(const Settled& e) const {
        return fmt::format("{} {} ({}){}", n.operation(e.operation), e.succeeded ? "done" : "failed", e.how,
                           because(e.why));
    }
    std::string operator()(const InDoubt& e) const {
        return n.operation(e.operation) + ": outcome unknown" + because(e.why);
    }
    std::string operator()(const DoubtAnswered& e) const {
        return n.operation(e.operation) + ": " + e.answer + because(e.reason);
    }
    std::string operator()(const Confirmed& e) const {
        return "Confirmed " + n.step(e.step) + signed_by(e.proof) + because(e.evidence);
    }
    std::string operator()(const Attested& e) const {
        return "Attested " + n.step(e.step) + " as " + n.role(e.by.role) +
               (e.proof.is_object() ? signed_by(e.proof) : ", not signed") + because(e.evidence);
    }
    std::string operator()(const Approved& e) const {
        return "Approved " + n.step(e.step) + " as " + n.role(e.by.role) +
               (e.of > 0 ? fmt::format(" ({} of {})", e.count, e.of) : "") + signed_by(e.proof) +
               (e.attested_by.empty() ? "" : ", ATTESTED by " + e.attested_by) + because(e.reason);
    }
    std::string operator()(const Refused& e) const {
        return "Refused " + n.step(e.step) + signed_by(e.proof) +
               (e.attested_by.empty() ? "" : ", attested by " + e.attested_by) + because(e.reason);
    }
    std::string operator()(const PolicyBound& e) const {
        std::string text = fmt::format("Policy {} ({}) holds for {} in {}", e.file, e.digest.substr(0, 8),
                                       e.type.empty() ? "a release of no type" : e.type,
                                       e.environment.empty() ? "no environment" : e.environment);
        if (!e.signers_digest.empty()) {
            text += fmt::format(", keys {} ({})", e.signers_file, e.signers_digest.substr(0, 8));
        }
        for (const auto& raised : e.raised) {
            text += "; " + raised;
        }
        return text;
    }
    std::string operator()(const BridgeJoined& e) const {
        std::string roles;
        for (const auto& role : e.roles) {
            roles += (roles.empty() ? "" : ", ") + n.role(role);
        }
        return e.person + " joined the bridge as " + roles;
    }
    std::string operator()(const BridgeLeft& e) const { return e.person + " left the bridge"; }
    std::string operator()(const LeadHandedOver& e) const { return "The lead went to " + e.to + because(e.reason); }
    std::string operator()(const SignatureAsked& e) const {
        return fmt::format("Asked for a signature on {} ({})", n.step(e.step), e.nonce.substr(0, 8));
    }
    std::string operator()(const ApprovalExpired& e) const {
        return fmt::format("The approval of {} by {} expired{}", n.step(e.step), e.person, because(e.why));
    }
    std::string operator()(const GlassBroken& e) const {
        return "BREAK-GLASS: " + n.step(e.step) + " without approval" + because(e.reason);
    }
    std::string operator()(const ApprovalOverdue& e) const {
        return "OVERDUE: the approval of " + n.step(e.step) + " after break-glass";
    }
    std::string operator()(const ApprovedAfterwards& e) const {
        return n.step(e.step) + " is approved after break-glass" + because(e.why);
    }
    std::string operator()(const ApprovalAskedAgain& e) const {
        return "The approval of " + n.step(e.step) + " is asked for again" + because(e.why);
    }
    std::string operator()(const Decided& e) const {
        return "Decided " + n.step(e.step) + ": " + e.choice + because(e.reason);
    }
    std::string operator()(const Advanced& e) const { return "Advanced " + n.step(e.step); }
    std::string operator()(const Overridden& e) const {
        return "OVERRIDDEN: " + n.step(e.subject) + (e.gate.empty() ? "" : ", gate " + n.gate(e.subject, e.gate)) +
               (e.window.empty() ? "" : ", its window (" + e.window + ")") + because(e.reason);
    }
    std::string operator()(const Noted& e) const { return "Note: " + e.text; }
    std::string operator()(const Paused& e) const { return "Paused" + because(e.reason); }
    std::string operator()(const Continued&) const { return "Continued"; }
    std::string operator()(const Aborted& e) const { return "Aborted" + because(e.reason); }
    std::string operator()(const GateChanged& e) const {
        const std::string held = e.close                  ? "is close to its limit"
                                 : e.breach_in.count == 0 ? "holds"
                                 : falls_to(e.limit)      ? "is falling"
                                                          : "is rising";
        const std::string word = e.verdict == "pass"   ? held
                                 : e.verdict == "fail" ? "is breached"
                                                       : "has no answer (" + e.verdict + ")";
        const std::string counted = e.verdict == "pass" && e.wanted > 0 ? ", " + samples_text(e.seen, e.wanted) : "";
        return fmt::format("{} {} {}{}{}{}",
                           e.shadow      ? "Shadow gate"
                           : e.important ? "Important gate"
                                         : "Gate",
                           on_arm(n.gate(e.step, e.gate), e.arm), word, counted, because(e.why),
                           foreseen_text(e.close, e.breach_in));
    }
    std::string operator()(const HoldChanged& e) const {
        const std::string own = e.gate.empty() ? "" : ", " + on_arm(n.gate(e.step, e.gate), e.arm) + ",";
        return fmt::format("Hold {}{} {} at {}{}", n.step(e.step), own, e.state, clock(e.held), because(e.why));
    }
    std::string operator()(const HoldHeartbeat& e) const {
        return "Hold " + n.step(e.step) + " has held " + clock(e.held);
    }
    std::string operator()(const TriggerChanged& e) const {
        return fmt::format("Trigger {} {}{}", on_arm(n.trigger(e.trigger), e.arm), e.state, because(e.why));
    }
    std::string operator()(const AlertChanged& e) const {
        return fmt::format("Alert {} {}{}", on_arm(e.alert, e.arm), e.state == "firing" ? "FIRING" : e.state,
                           because(e.why));
    }
    std::string operator()(const AlertSent& e) const {
        return fmt::format("{} is being told {} {}{}{}", e.channel, e.resolved ? "that alert" : "of alert",
                           on_arm(e.alert, e.arm), e.resolved ? " has resolved" : "",
                           e.attempt > 1 ? fmt::format(", attempt {}", e.attempt) : "");
    }
    std::string operator()(const AlertTold& e) const {
        return fmt::format("{} {} {} {}{}{}",
                           e.delivered ? "Told"
                           : e.perhaps ? "Perhaps told"
                                       : "NOT told",
                           e.channel, e.resolved ? "that alert" : "of alert", on_arm(e.alert, e.arm),
                           e.resolved ? " has resolved" : "", because(e.why));
    }
    std::string operator()(const AlertAcknowledged& e) const {
        return "Alert " + on_arm(e.alert, e.arm) + " is acknowledged" + because(e.reason);
    }
    std::string operator()(const ProposalAnswered& e) const {
        const std::string what = e.answer == "declined"        ? "declined"
                                 : e.answer == "rolled-back"   ? "taken"
                                 : e.answer == "paused"        ? "over: the release is paused"
                                 : e.answer == "not-available" ? "over"
                                                               : "over: the release goes on";
        return fmt::format("The way back that {} proposes is {}{}", on_arm(n.trigger(e.trigger), e.arm), what,
                           because(e.reason));
    }
    std::string operator()(const WayBackClosed& e) const {
        return "The way back is not kept open any longer" + because(e.reason);
    }
    std::string operator()(const StopAsked& e) const { return n.step(e.step) + " is stopped" + because(e.reason); }
    std::string operator()(const SourceChanged& e) const {
        return "Source " + e.source + ": " + e.state + because(e.why);
    }
    std::string operator()(const RollbackStarted& e) const {
        return "ROLLING BACK: " + n.option(e.option) + because(e.reason);
    }
    std::string operator()(const RollbackFinished& e) const {
        return "Rollback " + n.option(e.option) + " " + e.outcome +
               (e.awaits.empty()
                    ? ""
                    : fmt::format("; still in flight, so the session stays open: {}", fmt::join(e.awaits, ", ")));
    }
    std::string operator()(const ShiftAsked& e) const {
        std::string weights;
        const Json none = Json::object();
        for (const auto& [arm, weight] : (e.weights.is_object() ? e.weights : none).items()) {
            weights += (weights.empty() ? "" : ", ") + arm + " " + weight.dump();
        }
        return fmt::format("Shift by hand: {} to {}{}", e.traffic, weights, because(e.reason));
    }
    std::string operator()(const CopyChanged& e) const {
        return e.place.empty()     ? "NO SECOND COPY is kept any more" + because(e.why)
               : e.state == "kept" ? "Second copy is kept: " + e.place + because(e.why)
                                   : "SECOND COPY IS BEHIND: " + e.place + because(e.why);
    }
    std::string operator()(const PlanAmended& e) const {
        return fmt::format("PLAN AMENDED: {}{}", fmt::join(e.changes, ", "), because(e.reason));
    }
    std::string operator()(const Released& e) const { return "RELEASED" + because(e.why); }
    std::string operator()(const SeverityDeclared& e) const {
        return "SEVERITY " + e.level + because(e.reason) + (e.response.empty() ? "" : " → " + e.response) +
               (e.option.empty() ? "" : fmt::format(" (roll back: {})", n.option(e.option)));
    }
    std::string operator()(const SeverityCleared& e) const {
        return "The condition of severity " + e.level + " holds no more" + because(e.why);
    }
    std::string operator()(const StepOverdue& e) const { return "OVERDUE: " + n.step(e.step) + because(e.why); }
    std::string operator()(const StepExpired& e) const {
        return n.step(e.step) + " is asked for again" + because(e.why);
    }
    std::string operator()(const Escalated& e) const {
        return "Escalated to " + e.to + ": " + n.step(e.step) + because(e.why);
    }
    std::string operator()(const BaselineCaptured& e) const {
        std::string all;
        for (const auto& one : readings_of(e)) {
            all += fmt::format("{}{} {}{:.4g} (of {} readings)", all.empty() ? ": " : ", ", one.metric,
                               one.arm.empty() ? "" : one.arm + " ", one.value, one.count);
        }
        if (e.before.count != 0) {
            return fmt::format("The baseline of {} over the {} before the start {}{}{}", e.metric,
                               duration_text(e.before), all.empty() ? "is missing" : "was taken", all, because(e.why));
        }
        if (!e.metric.empty()) {
            return fmt::format("The baseline of {} counts no more for {}{}", n.step(e.step), e.metric, because(e.why));
        }
        return "The baseline of " + n.step(e.step) +
               (all.empty() ? " is missing: it was not measured, or not all the time" : " was taken" + all);
    }
    std::string operator()(const Told& e) const {
        return (e.delivered ? "Told " : "NOT told ") + e.channel + " about " + n.step(e.step) + because(e.why);
    }
    std::string operator()(const WindowEnded& e) const {
        return fmt::format("The window of {} ended{}", n.phase(e.phase),
                           e.then == "finish"  ? "; what is under way goes on"
                           : e.then == "pause" ? "; it stands still until the window opens again"
                                               : "; it stands still until a person says that it goes on");
    }
    std::string operator()(const WindowReopened& e) const {
        return "The window of " + n.phase(e.phase) + " is open" + (e.ends.count != 0 ? " until " + utc(e.ends) : "");
    }
    std::string operator()(const RollbackReadiness& e) const {
        return "Rollback " + n.option(e.option) + (e.ready ? " is armed" : " is not ready") + because(e.why);
    }
};

template <typename Body>
concept ByPerson = requires(const Body& body) {
    body.by.name;
};

} // namespace

std::string describe(const Body& body) {
    return describe(body, Names());
}

std::string describe(const Body& body, const Names& names) {
    return printable(std::visit(Describe{names}, body));
}

std::string actor_of(const Body& body) {
    return std::visit(
        []<typename Kind>(const Kind& event) -> std::string {
            if constexpr (ByPerson<Kind>) {
                return event.by.name;
            } else {
                return own_name;
            }
        },
        body);
}

} // namespace sluice::release
