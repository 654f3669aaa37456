/// The whole release as JSON: `sluicectl state --json`, and the hash by which live and replayed states are compared.
#include "release/state.h"

namespace sluice::release {
namespace {

Json to_json(const HoldState& clock) {
    return {{"running", clock.running},
            {"held", nanos_text(clock.held)},
            {"mark", nanos_text(clock.mark)},
            {"why", clock.why}};
}

Json to_json(const GateState& gate) {
    return {{"verdict", gate.verdict},
            {"close", gate.close},
            {"value", gate.value},
            {"limit", gate.limit},
            {"why", gate.why},
            {"headroom", gate.headroom},
            {"since", nanos_text(gate.since)},
            {"overridden", gate.overridden},
            {"overridden_by", gate.overridden_by},
            {"breach_in", nanos_text(gate.breach_in)},
            {"breach_at", nanos_text(gate.breach_at)},
            {"shadow", gate.shadow},
            {"seen", gate.seen},
            {"wanted", gate.wanted},
            {"important", gate.important},
            {"own", to_json(gate.own)}};
}

Json to_json(const Approved& approval) {
    return {{"name", approval.by.name},  {"role", approval.by.role},
            {"reason", approval.reason}, {"attested_by", approval.attested_by},
            {"proof", approval.proof},   {"expires", nanos_text(approval.expires)},
            {"count", approval.count},   {"of", approval.of}};
}

Json to_json(const StepState& step) {
    Json json = {{"status", name(step.status)},
                 {"attempt", step.attempt},
                 {"title", step.title},
                 {"started", nanos_text(step.started)},
                 {"ended", nanos_text(step.ended)},
                 {"begun", nanos_text(step.begun)},
                 {"why", step.why},
                 {"until", nanos_text(step.until)},
                 {"operation", step.operation},
                 {"choice", step.choice},
                 {"answered", step.answered},
                 {"overdue", nanos_text(step.overdue)},
                 {"asked", nanos_text(step.asked)},
                 {"escalated", step.escalated},
                 {"advanced_by", step.advanced_by},
                 {"stop_asked", step.stop_asked},
                 {"approvals", Json::array()},
                 {"gates", Json::object()},
                 {"set_aside", step.set_aside},
                 {"hold", to_json(step.hold)}};
    if (step.glass) {
        json["glass"] = {{"by", {{"name", step.glass->by.name}, {"role", step.glass->by.role}}},
                         {"reason", step.glass->reason},
                         {"due", nanos_text(step.glass->due)},
                         {"overdue", step.glass->overdue},
                         {"approved", step.glass->approved}};
    }
    for (const auto& approval : step.approvals) {
        json["approvals"].push_back(to_json(approval));
    }
    for (const auto& [key, gate] : step.gates) {
        json["gates"][key] = to_json(gate);
    }
    return json;
}

Json to_json(const OperationState& operation) {
    const char* phase = operation.phase == OperationState::Phase::in_flight  ? "in-flight"
                        : operation.phase == OperationState::Phase::in_doubt ? "in-doubt"
                                                                             : "settled";
    return {{"intent", release::to_json(Event{0, operation.began, operation.intent})["data"]},
            {"began", nanos_text(operation.began)},
            {"phase", phase},
            {"observed", operation.observed},
            {"why", operation.why},
            {"read_back", operation.read_back},
            {"settled", release::to_json(Event{0, {}, operation.settled})["data"]}};
}

Json to_json(const HandShift& shift) {
    const auto& body = std::get<plan::Shift>(shift.planned.body);
    return {{"step", shift.planned.id}, {"traffic", body.traffic},
            {"weights", body.weights},  {"by", {{"name", shift.by.name}, {"role", shift.by.role}}},
            {"reason", shift.reason},   {"state", to_json(shift.state)}};
}

Json to_json(const PhaseState& phase) {
    Json stood = Json::array();
    for (const auto& [from, to] : phase.stood) {
        stood.push_back({nanos_text(from), nanos_text(to)});
    }
    static constexpr const char* names[] = {"to come", "waiting", "running", "finished"};
    return {{"status", names[static_cast<int>(phase.status)]},
            {"started", nanos_text(phase.started)},
            {"ended", nanos_text(phase.ended)},
            {"until", nanos_text(phase.until)},
            {"why", phase.why},
            {"overridden", phase.overridden},
            {"warning", phase.warning},
            {"window_ends", nanos_text(phase.window_ends)},
            {"window_opens", nanos_text(phase.window_opens)},
            {"window_over", phase.window_over},
            {"window_paused", phase.window_paused},
            {"at_window_end", phase.at_window_end},
            {"stood", std::move(stood)}};
}

Json to_json(const TriggerState& trigger) {
    return {{"state", trigger.state},
            {"since", nanos_text(trigger.since)},
            {"frozen_at", nanos_text(trigger.frozen_at)},
            {"grace_ends", nanos_text(trigger.grace_ends)},
            {"answer", trigger.answer},
            {"value", trigger.value},
            {"why", trigger.why}};
}

Json to_json(const AlertState& alert) {
    Json routes = Json::object();
    for (const auto& [channel, route] : alert.routes) {
        routes[channel] = {{"key", route.key},
                           {"attempt", route.attempt},
                           {"in_flight", route.in_flight},
                           {"delivered", route.delivered},
                           {"at", nanos_text(route.at)},
                           {"why", route.why},
                           {"resolved", route.resolved},
                           {"heard", route.heard},
                           {"perhaps", route.perhaps}};
    }
    return {{"state", alert.state},
            {"absent", alert.absent},
            {"since", nanos_text(alert.since)},
            {"frozen_at", nanos_text(alert.frozen_at)},
            {"fired", alert.fired},
            {"value", alert.value},
            {"why", alert.why},
            {"acknowledged_by", alert.acknowledged_by},
            {"acknowledged_why", alert.acknowledged_why},
            {"routes", routes},
            {"unread", alert.unread}};
}

Json to_json(const RollbackState& rollback) {
    return {{"active", rollback.active},
            {"option", rollback.option},
            {"cause", rollback.cause},
            {"trigger", rollback.trigger},
            {"reason", rollback.reason},
            {"outcome", rollback.outcome},
            {"by", rollback.by.name},
            {"role", rollback.by.role},
            {"started", nanos_text(rollback.started)},
            {"programs_end", nanos_text(rollback.programs_end)},
            {"ended", nanos_text(rollback.ended)},
            {"ready_option", rollback.ready_option},
            {"ready", rollback.ready},
            {"ready_why", rollback.ready_why}};
}

template <typename Map>
Json object_of(const Map& map) {
    Json json = Json::object();
    for (const auto& [key, value] : map) {
        json[key] = to_json(value);
    }
    return json;
}

} // namespace

Json to_json(const Release& release) {
    Json sources = Json::object();
    for (const auto& [key, source] : release.sources) {
        sources[key] = {{"state", source.state}, {"why", source.why}, {"since", nanos_text(source.since)}};
    }
    Json shifts = Json::array();
    for (const auto& shift : release.shifts) {
        shifts.push_back(to_json(shift));
    }
    Json files = Json::array(); // a path may hold what the key of an object may not
    for (const auto& [path, digest] : release.files) {
        files.push_back({{"path", path}, {"digest", digest}});
    }
    Json amendments = Json::array();
    for (const auto& amendment : release.amendments) {
        amendments.push_back({{"digest", amendment.digest},
                              {"changes", amendment.changes},
                              {"by", amendment.by.name},
                              {"role", amendment.by.role},
                              {"reason", amendment.reason},
                              {"time", nanos_text(amendment.time)}});
    }
    Json opened = to_json(Event{0, release.started, release.opened})["data"];
    opened.erase("plan_source"); // its digest stands for it, and for its files
    opened.erase("includes");
    Json policy; // null = none
    if (release.policy) {
        policy = to_json(Event{0, {}, release.bound})["data"];
        policy.erase("source");
        policy.erase("signers");
    }
    Json requests = Json::object();
    for (const auto& [nonce, asked] : release.requests) {
        requests[nonce] = {{"step", asked.step},
                           {"request", asked.request},
                           {"expires", nanos_text(asked.expires)},
                           {"used_by", asked.used_by}};
    }
    Json baselines = Json::object();
    for (const auto& [step, values] : release.baselines) {
        baselines[step] = Json::object();
        for (const auto& [key, value] : values) {
            baselines[step][key] = number_text(value);
        }
    }
    Json lost = Json::object();
    for (const auto& [step, metrics] : release.baselines_lost) {
        lost[step] = metrics;
    }
    Json before = Json::object();
    for (const auto& [of, known] : release.before) {
        Json values = Json::object();
        for (const auto& [key, value] : known.values) {
            values[key] = number_text(value);
        }
        before[of] = {{"values", std::move(values)}, {"why", known.why}};
    }
    return {{"seq", release.seq},
            {"time", nanos_text(release.time)},
            {"opened", opened},
            {"started", nanos_text(release.started)},
            {"t0", nanos_text(release.t0)},
            {"values", release.values},
            {"phases", object_of(release.phases)},
            {"steps", object_of(release.steps)},
            {"shifts", shifts},
            {"operations", object_of(release.operations)},
            {"split", release.split},
            {"ready_arms", release.ready_arms},
            {"triggers", object_of(release.triggers)},
            {"alerts", object_of(release.alerts)},
            {"sources", sources},
            {"rollback", to_json(release.rollback)},
            {"copy",
             {{"place", release.copy.place},
              {"state", release.copy.state},
              {"why", release.copy.why},
              {"since", nanos_text(release.copy.since)}}},
            {"amendments", amendments},
            {"files", files},
            {"baselines", baselines},
            {"baselines_lost", lost},
            {"before", before},
            {"released", nanos_text(release.released)},
            {"way_back_closed", release.way_back_closed},
            {"severity", release.severity},
            {"severity_since", nanos_text(release.severity_since)},
            {"severity_set_aside", release.severity_set_aside},
            {"paused", release.paused},
            {"paused_why", release.paused_why},
            {"paused_since", nanos_text(release.paused_since)},
            {"aborted", release.aborted},
            {"outcome", release.outcome},
            {"notes", release.notes},
            {"overrides", release.overrides},
            {"policy", policy},
            {"lead", release.lead},
            {"bridge", release.bridge},
            {"proposers", release.proposers},
            {"requests", requests}};
}

} // namespace sluice::release
