/// Confirms, attests and approvals: who may, on what ground, and when they are over (PLAN.md, "People").
#include "release/covered.h"
#include "release/demand.h"
#include "release/draft.h"
#include "release/signing.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {
namespace {

/// Who says it, and what it rests on.
struct Voice {
    Actor by;
    plan::Ground ground = plan::Ground::given;
    std::string attested_by;
    std::string key; ///< of a signature
    Json proof;
    bool refuse = false;
    std::string reason;
    std::string evidence = {}; ///< that was signed
};

bool owes_approval(const StepState& state) {
    return state.glass && !state.glass->approved;
}

/// Somebody may answer: it is asked, or was gone on with. In triage it is tried again first.
bool is_awaited(const StepState& state) {
    return state.status == StepStatus::person || (owes_approval(state) && state.status != StepStatus::triage);
}

/// The step, if it is of the kind and somebody is awaited.
template <typename Kind>
Result<Named> asked(const Draft& draft, const StepId& id, const char* kind) {
    auto found = named(draft, id);
    if (!found) {
        return found;
    }
    if (!std::holds_alternative<Kind>(found->step->body)) {
        return refuse(fmt::format("the step is of the kind {}, not {}", plan::kind_name(found->step->body), kind), id);
    }
    if (!is_awaited(*found->state)) {
        return refuse(fmt::format("the step is {}; nobody is awaited", name(found->state->status)), id);
    }
    return found;
}

/// By the person's key. The signature itself was verified outside; here it must be an answer to what was asked.
Result<Voice> by_key(const Draft& draft, const StepId& step, const SignedAnswer& answer) {
    const Release& release = draft.state();
    if (!release.policy || release.bound.signers_digest.empty()) {
        return refuse("this session knows nobody's key", step,
                      "start it with a policy that names allowed-signers: --policy FILE");
    }
    const auto statement = read_statement(answer.statement);
    if (!statement) {
        return failed(statement);
    }
    const auto* person = release.policy->by_principal(answer.principal);
    const std::string name = person ? person->name : std::string();
    if (const auto fits = check_statement(release, step, *statement, name, draft.now()); !fits) {
        return failed(fits);
    }
    if (!answer.verified) {
        return refuse("the signature was not verified", step);
    }
    if (!person) {
        return refuse(fmt::format("the principal '{}' is nobody of the policy", answer.principal), step);
    }
    Voice voice{{person->name, statement->role}, plan::Ground::signed_, {}, answer.key, {}, false, {}};
    voice.refuse = statement->answer == "no";
    voice.reason = statement->reason;
    voice.evidence = statement->evidence;
    voice.proof = {{"principal", answer.principal},
                   {"key", answer.key},
                   {"nonce", statement->request["nonce"]},
                   {"statement", answer.statement},
                   {"signature", answer.signature}};
    return voice;
}

Result<Voice> attested(const Draft& draft, const StepId& step, const Approve& command) {
    const Actor& person = *command.attested;
    const std::string& reason = command.reason;
    if (!leads(draft.state(), draft.by().name)) {
        return refuse("only the lead attests another's approval", step,
                      fmt::format("{} leads this session", draft.state().lead));
    }
    if (const auto& glass = draft.state().at(step).glass; glass && glass->by.name == draft.by().name) {
        return refuse("who broke the glass does not attest the approval that is owed for it", step,
                      "the person signs: --request; or hand the lead over");
    }
    if (person.name == own_name) {
        return refuse("this program calls itself so in the log", step, "another name for the person");
    }
    if (person.name.empty() || person.name == draft.by().name) {
        return refuse("one's own approval is given, not attested", step, "approve without --for");
    }
    if (auto given = reason_given(reason, step); !given) {
        return failed(given);
    }
    return Voice{in_role(draft.state(), person, step),
                 plan::Ground::attested,
                 draft.by().name,
                 {},
                 nullptr,
                 command.refuse,
                 reason};
}

Voice spoken(const Draft& draft, bool refuse, const std::string& reason) {
    return {draft.by(), plan::Ground::given, {}, {}, nullptr, refuse, reason};
}

Verdict refused(Draft& draft, const Named& found, const Voice& voice) {
    const StepId id = found.step->id;
    if (auto reason = reason_given(voice.reason, id); !reason) {
        return reason;
    }
    if (owes_approval(*found.state) && found.state->status != StepStatus::person) {
        return refuse("it has been gone on with", id, "roll back, or approve it afterwards");
    }
    const int attempt = found.state->attempt;
    draft.add(Refused{id, voice.by, voice.reason, voice.proof, voice.attested_by});
    const std::string told = voice.attested_by.empty() ? "" : " (attested by " + voice.attested_by + ")";
    draft.add(TriageOpened{id, attempt, voice.by.name + " refused" + told + ": " + voice.reason});
    return {};
}

Verdict holds_role(const Draft& draft, const StepId& step, const Actor& by) {
    if (!holds(draft.state(), by.name, by.role)) {
        return refuse(fmt::format("{} does not hold the role '{}'", by.name, by.role), step,
                      draft.state().policy ? "the policy says who holds which role" : "the lead says who joins: join");
    }
    return {};
}

std::string why_barred(const Release& release, const StepId& step, const std::string& person) {
    const auto& glass = release.at(step).glass;
    return glass && glass->by.name == person    ? "broke the glass"
           : release.opened.by.name == person   ? "opened this session"
           : release.proposers.contains(person) ? "proposed a change in this session"
                                                : "leads this session";
}

/// Whether this approval counts; else why not.
Verdict counts(const Draft& draft, const Named& found, const Demand& wanted, const Voice& voice) {
    const StepId& id = found.step->id;
    if (auto held = holds_role(draft, id, voice.by); !held) {
        return held;
    }
    if (!wanted.accepts.contains(voice.ground)) {
        return voice.ground == plan::Ground::attested
                   ? refuse("the policy does not count what the lead attests", id, "the person signs: --request")
                   : refuse("the policy counts only signed approvals", id,
                            "ask for a signature with --request, and read the answer with --signed");
    }
    if (wanted.barred.contains(voice.by.name)) {
        return refuse(
            fmt::format("{} {} and may not approve", voice.by.name, why_barred(draft.state(), id, voice.by.name)), id,
            "another person must approve");
    }
    for (const auto& earlier : counting(draft.state(), *found.step, draft.now())) {
        if (earlier.by.name == voice.by.name) {
            return refuse(voice.by.name + " has approved already", id, "another person must approve");
        }
        if (!voice.key.empty() && key_of_proof(earlier.proof) == voice.key) {
            return refuse(fmt::format("the key {} has approved already, for {}", voice.key, earlier.by.name), id,
                          "another person must approve, with a key of his own");
        }
    }
    return {};
}

/// A statement by the owner: signed, where the session knows keys and this is no rehearsal.
Verdict state_owner(const Draft& draft, const plan::Step& step, const Voice& voice) {
    const Release& release = draft.state();
    if (!step.owner.empty() && voice.by.role != step.owner) {
        return refuse(fmt::format("this is for the {} to state, not the {}", step.owner, voice.by.role), step.id,
                      "--role " + step.owner);
    }
    const bool anybody = step.owner.empty() && voice.by.role.empty();
    if (auto held = anybody ? Verdict() : holds_role(draft, step.id, voice.by); !held) {
        return held;
    }
    if (voice.ground != plan::Ground::signed_ && !release.bound.signers_digest.empty() &&
        release.opened.mode != "rehearse" && std::holds_alternative<plan::Attest>(step.body)) {
        return refuse("this statement is signed", step.id,
                      "ask for a signature with --request, and read the answer with --signed");
    }
    return {};
}

/// Where it can be seen. What stands beside a signature is the signer's word: whoever hands the answer in adds nothing.
template <typename Command>
Result<std::string> evidence_of(const plan::Step& step, const Command& command, const Voice& voice) {
    if (command.answer && !command.evidence.empty() && command.evidence != voice.evidence) {
        return refuse("this evidence is not what " + voice.by.name + " signed", step.id,
                      "leave it out; the signer gives it: 'sluicectl approve REQUEST --evidence TEXT'");
    }
    std::string evidence = !command.answer ? command.evidence : voice.evidence.empty() ? voice.reason : voice.evidence;
    if (step.evidence == "required" && evidence.empty()) {
        return refuse(needs_evidence, step.id,
                      command.answer
                          ? "the signer names where it can be seen: 'sluicectl approve REQUEST --evidence TEXT'"
                          : "name where it can be seen");
    }
    return evidence;
}

template <typename Kind, typename Event, typename Command>
Verdict state(Draft& draft, const Command& command, const char* kind, const char* done) {
    const auto found = asked<Kind>(draft, command.step, kind);
    if (!found) {
        return failed(found);
    }
    const auto voice = command.answer ? by_key(draft, command.step, *command.answer)
                                      : Result<Voice>(spoken(draft, command.refuse, command.reason));
    if (!voice) {
        return failed(voice);
    }
    const bool attest = std::holds_alternative<plan::Attest>(found->step->body);
    if (attest || command.answer) {
        if (auto owner = state_owner(draft, *found->step, *voice); !owner) {
            return owner;
        }
    }
    if (voice->refuse) {
        return refused(draft, *found, *voice);
    }
    const auto evidence = evidence_of(*found->step, command, *voice);
    if (!evidence) {
        return failed(evidence);
    }
    const int attempt = found->state->attempt;
    draft.add(Event{command.step, voice->by, *evidence, voice->proof});
    if (std::holds_alternative<plan::External>(found->step->body) && found->step->verify) {
        return {}; // it is read back before the plan goes on
    }
    draft.add(StepFinished{command.step, attempt, "passed", fmt::format("{} by {}", done, voice->by.name)});
    return {};
}

} // namespace

Verdict on(Draft& draft, const Confirm& command) {
    const plan::Step* planned = draft.state().step(command.step);
    const bool elsewhere = planned && std::holds_alternative<plan::External>(planned->body);
    return elsewhere ? state<plan::External, Confirmed>(draft, command, "external", "confirmed")
                     : state<plan::Confirm, Confirmed>(draft, command, "confirm", "confirmed");
}

Verdict on(Draft& draft, const Attest& command) {
    return state<plan::Attest, Attested>(draft, command, "attest", "attested");
}

Verdict on(Draft& draft, const Approve& command) {
    watch_approvals(draft); // what has expired makes room first
    const auto found = asked<plan::Approve>(draft, command.step, "approve");
    if (!found) {
        return failed(found);
    }
    const Result<Voice> voice = command.answer     ? by_key(draft, command.step, *command.answer)
                                : command.attested ? attested(draft, command.step, command)
                                                   : spoken(draft, command.refuse, command.reason);
    if (!voice) {
        return failed(voice);
    }
    const Demand wanted = demand(draft.state(), *found->step);
    // Where roles are held and not claimed, whoever leads may say no all the same.
    const bool named = draft.state().policy || !draft.state().bridge.empty();
    const bool may_refuse = named && voice->refuse && !command.answer && leads(draft.state(), draft.by().name);
    if (!may_refuse && std::find(wanted.roles.begin(), wanted.roles.end(), voice->by.role) == wanted.roles.end()) {
        return refuse(voice->by.role.empty() ? voice->by.name + " has no role that approves here"
                                             : fmt::format("'{}' does not approve here", voice->by.role),
                      command.step, fmt::format("one of: {}", fmt::join(wanted.roles, ", ")));
    }
    if (voice->refuse) {
        if (auto held = may_refuse ? Verdict() : holds_role(draft, command.step, voice->by); !held) {
            return held;
        }
        return refused(draft, *found, *voice);
    }
    if (auto counted = counts(draft, *found, wanted, *voice); !counted) {
        return counted;
    }
    const auto before = counting(draft.state(), *found->step, draft.now());
    const int attempt = found->state->attempt;
    const bool afterwards = owes_approval(*found->state);
    const bool awaited = found->state->status == StepStatus::person; // owed both for a change and for what is to come
    Approved approval{command.step,
                      voice->by,
                      voice->reason,
                      voice->attested_by,
                      voice->proof,
                      wanted.valid_for && awaited ? draft.now() + *wanted.valid_for : Nanos{},
                      static_cast<int>(before.size()) + 1,
                      wanted.quorum};
    draft.add(std::move(approval));
    const auto all = counting(draft.state(), *draft.state().step(command.step), draft.now());
    if (!missing(wanted, all).empty()) {
        return {};
    }
    const std::string why = fmt::format("{} of {} approved", all.size(), wanted.quorum);
    if (afterwards) {
        draft.add(ApprovedAfterwards{command.step, why});
    }
    if (awaited) {
        draft.add(StepFinished{command.step, attempt, "passed", why});
    }
    return {};
}

Verdict on(Draft& draft, const AskSignature& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    const auto& body = found->step->body;
    if (!std::holds_alternative<plan::Approve>(body) && !std::holds_alternative<plan::Confirm>(body) &&
        !std::holds_alternative<plan::Attest>(body) && !std::holds_alternative<plan::External>(body)) {
        return refuse(fmt::format("nobody signs a {}", plan::kind_name(body)), command.step,
                      "a confirm, an attest, an external or an approve can be signed");
    }
    if (!is_awaited(*found->state)) {
        return refuse(fmt::format("the step is {}; nobody is awaited", name(found->state->status)), command.step);
    }
    const Release& release = draft.state();
    if (!release.policy || release.bound.signers_digest.empty()) {
        return refuse("this session knows nobody's key", command.step,
                      "start it with a policy that names allowed-signers: --policy FILE");
    }
    if (command.nonce.empty() || release.requests.contains(command.nonce)) {
        return refuse("'" + command.nonce + "' is not a new nonce", command.step);
    }
    const Nanos expires = draft.now() + release.policy->request_valid_for;
    Json request = signature_request(release, *found->step, command, expires, draft.by().name);
    draft.add(SignatureAsked{command.step, command.nonce, std::move(request), expires, draft.by()});
    return {};
}

Verdict may_break_glass(const Release& release, const std::string& person, const std::string& where) {
    if (!release.policy || !release.policy->break_glass) {
        return refuse(release.policy ? "the policy lets nobody go on without approval" : "there is no policy", where,
                      release.policy ? "" : "without one, the step can be skipped if it is not required");
    }
    const auto& roles = release.policy->break_glass->roles;
    const bool may =
        std::any_of(roles.begin(), roles.end(), [&](const auto& role) { return release.policy->holds(person, role); });
    return may ? Verdict()
               : refuse(person + " may not break the glass", where,
                        fmt::format("the policy lets: {}", fmt::join(roles, ", ")));
}

Verdict on(Draft& draft, const BreakGlass& command) {
    const auto found = named(draft, command.step);
    if (!found) {
        return failed(found);
    }
    if (!std::holds_alternative<plan::Approve>(found->step->body)) {
        return refuse(fmt::format("the step is of the kind {}, not approve", plan::kind_name(found->step->body)),
                      command.step);
    }
    const StepStatus status = found->state->status;
    if (status != StepStatus::person && status != StepStatus::triage) {
        return refuse(fmt::format("the step is {}; nobody is awaited", name(status)), command.step);
    }
    const Release& release = draft.state();
    if (auto may = may_break_glass(release, draft.by().name, command.step); !may) {
        return may;
    }
    const auto& rule = *release.policy->break_glass;
    if (auto reason = reason_given(command.reason, command.step); !reason) {
        return reason;
    }
    if (owes_approval(*found->state) &&
        found->state->glass->by.name != draft.by().name) { // or he would be barred no more
        return refuse(found->state->glass->by.name + " broke the glass here, and the approval is owed still",
                      command.step, "it is given first");
    }
    const int attempt = found->state->attempt;
    draft.add(GlassBroken{command.step, draft.by(), command.reason, draft.now() + rule.approve_within});
    draft.add(StepFinished{command.step, attempt, "overridden",
                           fmt::format("break-glass by {}: {}", draft.by().name, command.reason)});
    return {};
}

void watch_approvals(Draft& draft) {
    const auto plan = draft.state().plan;
    const bool forward = !draft.state().rollback.active && !draft.state().aborted;
    for (const auto& step : plan->steps) {
        if (!std::holds_alternative<plan::Approve>(step.body)) {
            continue;
        }
        const StepState& state = draft.state().at(step.id);
        if (state.glass && !state.glass->approved && !state.glass->overdue && state.glass->due <= draft.now()) {
            draft.add(ApprovalOverdue{step.id});
        }
        if (!forward || (state.status != StepStatus::person && state.status != StepStatus::passed)) {
            continue;
        }
        const auto expired = [&](const Approved& one) { return one.expires.count != 0 && one.expires <= draft.now(); };
        if (std::none_of(state.approvals.begin(), state.approvals.end(), expired)) {
            continue;
        }
        const auto covered = covered_by(draft.state(), step.id);
        if (state.status == StepStatus::passed &&
            (!any_to_come(draft.state(), covered) || any_begun(draft.state(), covered))) {
            continue;
        }
        for (const auto& approval : std::vector(state.approvals)) {
            if (expired(approval)) {
                draft.add(ApprovalExpired{step.id, approval.by.name,
                                          "it was given for what had not begun by " + instant(approval.expires)});
            }
        }
    }
}

void ask_approvals_again(Draft& draft, const std::string& why) {
    const auto plan = draft.state().plan;
    for (const auto& step : plan->steps) {
        const StepState& state = draft.state().at(step.id);
        if (!std::holds_alternative<plan::Approve>(step.body)) {
            continue;
        }
        const auto covered = covered_by(draft.state(), step.id);
        const bool to_come = any_to_come(draft.state(), covered);
        const bool half = !state.approvals.empty() && (state.status == StepStatus::person || owes_approval(state));
        const bool afterwards = state.glass && state.glass->approved;
        if (half || ((afterwards || state.status == StepStatus::passed) && to_come)) {
            draft.add(ApprovalAskedAgain{step.id, why});
        }
    }
}

} // namespace sluice::release
