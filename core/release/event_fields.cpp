/// One row a field. A new field goes in at its type's end; readers of older sessions leave it at its default.
#include "release/event_fields.h"

namespace sluice::release {
namespace {

void fields(SessionOpened& e, Fields& f) {
    f("session", e.session);
    f("mode", e.mode);
    f("plan_id", e.plan_id);
    f("plan_file", e.plan_file);
    f("plan_folder", e.plan_folder);
    f("plan_source", e.plan_source);
    f("plan_digest", e.plan_digest);
    f("variables", e.variables);
    f("by", e.by);
    f("public_key", e.public_key);
    f("seed", e.seed);
    f("faults", e.faults);
    f("program", e.program);
    f("includes", e.includes);
    f("files", e.files);
    f("variant", e.variant);
    f("repository", e.repository);
    f("evidence", e.evidence);
    f("opening", e.opening);
}
void fields(SessionResumed& e, Fields& f) {
    f("by", e.by);
    f("last_known", e.last_known);
    f("taken_over_from", e.taken_over_from);
}
void fields(SessionClosed& e, Fields& f) {
    f("outcome", e.outcome);
}
void fields(ClockJumped& e, Fields& f) {
    f("from", e.from);
    f("slept", e.slept);
}
void fields(PhaseWaiting& e, Fields& f) {
    f("phase", e.phase);
    f("why", e.why);
    f("until", e.until);
}
void fields(PhaseStarted& e, Fields& f) {
    f("phase", e.phase);
    f("warning", e.warning);
    f("window_ends", e.window_ends);
}
void fields(PhaseFinished& e, Fields& f) {
    f("phase", e.phase);
}
void fields(StepStarted& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("title", e.title);
}
void fields(StepWaiting& e, Fields& f) {
    f("step", e.step);
    f("why", e.why);
    f("until", e.until);
}
void fields(StepNotApplicable& e, Fields& f) {
    f("step", e.step);
    f("why", e.why);
}
void fields(StepProbed& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("why", e.why);
}
void fields(OutputTaken& e, Fields& f) {
    f("step", e.step);
    f("name", e.name);
    f("value", e.value);
    f("by", e.by);
}
void fields(StepFinished& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("outcome", e.outcome);
    f("why", e.why);
}
void fields(TriageOpened& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("why", e.why);
}
void fields(RetryPlanned& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("why", e.why);
    f("at", e.at);
}
void fields(TriageAnswered& e, Fields& f) {
    f("step", e.step);
    f("answer", e.answer);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(Intent& e, Fields& f) {
    f("operation", e.operation);
    f("step", e.step);
    f("attempt", e.attempt);
    f("kind", e.kind);
    f("effect_class", e.effect_class);
    f("request", e.request);
    f("digest", e.digest);
    f("summary", e.summary);
    f("targets", e.targets);
    f("desired", e.desired);
}
void fields(Observed& e, Fields& f) {
    f("operation", e.operation);
    f("what", e.what);
}
void fields(Settled& e, Fields& f) {
    f("operation", e.operation);
    f("succeeded", e.succeeded);
    f("how", e.how);
    f("why", e.why);
    f("result", e.result);
    f("output_length", e.output_length);
    f("output_digest", e.output_digest);
}
void fields(InDoubt& e, Fields& f) {
    f("operation", e.operation);
    f("why", e.why);
    f("read_back", e.read_back);
}
void fields(DoubtAnswered& e, Fields& f) {
    f("operation", e.operation);
    f("answer", e.answer);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(Confirmed& e, Fields& f) {
    f("step", e.step);
    f("by", e.by);
    f("evidence", e.evidence);
    f("proof", e.proof);
}
void fields(Attested& e, Fields& f) {
    f("step", e.step);
    f("by", e.by);
    f("evidence", e.evidence);
    f("proof", e.proof);
}
void fields(Approved& e, Fields& f) {
    f("step", e.step);
    f("by", e.by);
    f("reason", e.reason);
    f("attested_by", e.attested_by);
    f("proof", e.proof);
    f("expires", e.expires);
    f("count", e.count);
    f("of", e.of);
}
void fields(Refused& e, Fields& f) {
    f("step", e.step);
    f("by", e.by);
    f("reason", e.reason);
    f("proof", e.proof);
    f("attested_by", e.attested_by);
}
void fields(PolicyBound& e, Fields& f) {
    f("file", e.file);
    f("source", e.source);
    f("digest", e.digest);
    f("signers_file", e.signers_file);
    f("signers", e.signers);
    f("signers_digest", e.signers_digest);
    f("type", e.type);
    f("environment", e.environment);
    f("raised", e.raised);
}
void fields(BridgeJoined& e, Fields& f) {
    f("person", e.person);
    f("roles", e.roles);
    f("by", e.by);
}
void fields(BridgeLeft& e, Fields& f) {
    f("person", e.person);
    f("by", e.by);
}
void fields(LeadHandedOver& e, Fields& f) {
    f("to", e.to);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(SignatureAsked& e, Fields& f) {
    f("step", e.step);
    f("nonce", e.nonce);
    f("request", e.request);
    f("expires", e.expires);
    f("by", e.by);
}
void fields(ApprovalExpired& e, Fields& f) {
    f("step", e.step);
    f("person", e.person);
    f("why", e.why);
}
void fields(GlassBroken& e, Fields& f) {
    f("step", e.step);
    f("by", e.by);
    f("reason", e.reason);
    f("due", e.due);
}
void fields(ApprovalOverdue& e, Fields& f) {
    f("step", e.step);
}
void fields(ApprovedAfterwards& e, Fields& f) {
    f("step", e.step);
    f("why", e.why);
}
void fields(ApprovalAskedAgain& e, Fields& f) {
    f("step", e.step);
    f("why", e.why);
}
void fields(Decided& e, Fields& f) {
    f("step", e.step);
    f("choice", e.choice);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(Advanced& e, Fields& f) {
    f("step", e.step);
    f("by", e.by);
}
void fields(Overridden& e, Fields& f) {
    f("subject", e.subject);
    f("gate", e.gate);
    f("by", e.by);
    f("reason", e.reason);
    f("window", e.window);
}
void fields(Noted& e, Fields& f) {
    f("by", e.by);
    f("text", e.text);
    f("step", e.step);
}
void fields(Paused& e, Fields& f) {
    f("by", e.by);
    f("reason", e.reason);
}
void fields(Continued& e, Fields& f) {
    f("by", e.by);
}
void fields(Aborted& e, Fields& f) {
    f("by", e.by);
    f("reason", e.reason);
}
void fields(GateChanged& e, Fields& f) {
    f("step", e.step);
    f("gate", e.gate);
    f("arm", e.arm);
    f("verdict", e.verdict);
    f("close", e.close);
    f("value", e.value);
    f("limit", e.limit);
    f("headroom", e.headroom);
    f("why", e.why);
    f("samples", e.samples);
    f("breach_in", e.breach_in);
    f("shadow", e.shadow);
    f("seen", e.seen);
    f("wanted", e.wanted);
    f("important", e.important);
}
void fields(HoldChanged& e, Fields& f) {
    f("step", e.step);
    f("state", e.state);
    f("held", e.held);
    f("why", e.why);
    f("gate", e.gate);
    f("arm", e.arm);
}
void fields(HoldHeartbeat& e, Fields& f) {
    f("step", e.step);
    f("held", e.held);
    f("seen", e.seen);
}
void fields(TriggerChanged& e, Fields& f) {
    f("trigger", e.trigger);
    f("arm", e.arm);
    f("state", e.state);
    f("value", e.value);
    f("why", e.why);
    f("samples", e.samples);
}
void fields(ProposalAnswered& e, Fields& f) {
    f("trigger", e.trigger);
    f("arm", e.arm);
    f("answer", e.answer);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(WayBackClosed& e, Fields& f) {
    f("by", e.by);
    f("reason", e.reason);
}
void fields(StopAsked& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(SourceChanged& e, Fields& f) {
    f("source", e.source);
    f("state", e.state);
    f("why", e.why);
}
void fields(RollbackStarted& e, Fields& f) {
    f("option", e.option);
    f("cause", e.cause);
    f("trigger", e.trigger);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(RollbackFinished& e, Fields& f) {
    f("option", e.option);
    f("outcome", e.outcome);
    f("awaits", e.awaits);
}
void fields(RollbackReadiness& e, Fields& f) {
    f("option", e.option);
    f("ready", e.ready);
    f("why", e.why);
}
void fields(ShiftAsked& e, Fields& f) {
    f("step", e.step);
    f("traffic", e.traffic);
    f("weights", e.weights);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(CopyChanged& e, Fields& f) {
    f("place", e.place);
    f("state", e.state);
    f("why", e.why);
}
void fields(PlanAmended& e, Fields& f) {
    f("plan_source", e.plan_source);
    f("plan_digest", e.plan_digest);
    f("diff", e.diff);
    f("changes", e.changes);
    f("variables", e.variables);
    f("by", e.by);
    f("reason", e.reason);
    f("includes", e.includes);
    f("files", e.files);
}
void fields(WindowEnded& e, Fields& f) {
    f("phase", e.phase);
    f("then", e.then);
    f("paused", e.paused);
    f("opens", e.opens);
}
void fields(WindowReopened& e, Fields& f) {
    f("phase", e.phase);
    f("ends", e.ends);
}
void fields(StepOverdue& e, Fields& f) {
    f("step", e.step);
    f("due", e.due);
    f("why", e.why);
}
void fields(StepExpired& e, Fields& f) {
    f("step", e.step);
    f("attempt", e.attempt);
    f("why", e.why);
}
void fields(Escalated& e, Fields& f) {
    f("step", e.step);
    f("to", e.to);
    f("channel", e.channel);
    f("why", e.why);
}
void fields(BaselineCaptured& e, Fields& f) {
    f("step", e.step);
    f("readings", e.readings);
    f("metric", e.metric);
    f("before", e.before);
    f("why", e.why);
}
void fields(Told& e, Fields& f) {
    f("step", e.step);
    f("channel", e.channel);
    f("delivered", e.delivered);
    f("why", e.why);
}
void fields(Released& e, Fields& f) {
    f("why", e.why);
}
void fields(SeverityDeclared& e, Fields& f) {
    f("level", e.level);
    f("by", e.by);
    f("reason", e.reason);
    f("response", e.response);
    f("option", e.option);
}
void fields(AlertChanged& e, Fields& f) {
    f("alert", e.alert);
    f("arm", e.arm);
    f("state", e.state);
    f("absent", e.absent);
    f("value", e.value);
    f("why", e.why);
    f("samples", e.samples);
}
void fields(AlertSent& e, Fields& f) {
    f("alert", e.alert);
    f("arm", e.arm);
    f("channel", e.channel);
    f("key", e.key);
    f("attempt", e.attempt);
    f("resolved", e.resolved);
}
void fields(AlertTold& e, Fields& f) {
    f("alert", e.alert);
    f("arm", e.arm);
    f("channel", e.channel);
    f("delivered", e.delivered);
    f("why", e.why);
    f("resolved", e.resolved);
    f("perhaps", e.perhaps);
}
void fields(AlertAcknowledged& e, Fields& f) {
    f("alert", e.alert);
    f("arm", e.arm);
    f("by", e.by);
    f("reason", e.reason);
}
void fields(SeverityCleared& e, Fields& f) {
    f("level", e.level);
    f("why", e.why);
}

} // namespace

void visit_fields(Body& body, Fields& f) {
    std::visit([&](auto& event) { fields(event, f); }, body);
}

} // namespace sluice::release
