#pragma once
/// The events of people: what they answered, approved, decided and asked for. Part of event.h, whose rules hold here.
#include "base/json.h"
#include "base/nanos.h"
#include "plan/step.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::release {

using plan::StepId;

/// Who: a person with the role taken, or the engine, the clock, a trigger.
struct Actor {
    std::string name;
    std::string role;
    bool operator==(const Actor&) const = default;
};

struct Confirmed {
    StepId step;
    Actor by;
    std::string evidence;
    Json proof = nullptr; ///< of what was signed (release/signing.h); null = nothing was
};

/// A statement made by its owner.
struct Attested {
    StepId step;
    Actor by;
    std::string evidence;
    Json proof = nullptr;
};

struct Approved {
    StepId step;
    Actor by;
    std::string reason;
    std::string attested_by = {}; ///< it is this person's word that `by` approved; empty = it is `by`'s own
    Json proof = nullptr;
    Nanos expires = {}; ///< if what it is for has not begun by then; 0 = never
    int count = 0;      ///< it is the n-th that counts
    int of = 0;         ///< of so many that are wanted
};

struct Refused {
    StepId step;
    Actor by;
    std::string reason;
    Json proof = nullptr;
    std::string attested_by = {}; ///< the lead who says so; empty = given by `by`
};

/// The organisation's policy holds for this session. Policy and keys are here as they were read, so that nobody needs
/// the files to tell whether an approval counted.
struct PolicyBound {
    std::string file; ///< its name
    std::string source;
    std::string digest;              ///< SHA-256 of it, hexadecimal
    std::string signers_file;        ///< empty = nobody can sign
    std::string signers;             ///< allowed_signers
    std::string signers_digest;      ///< SHA-256 of it
    std::string type, environment;   ///< of the release, filled: what decides which rule is for it
    std::vector<std::string> raised; ///< what was asked for beyond the plan, for people
};

/// Somebody is on the bridge, with roles.
struct BridgeJoined {
    std::string person;
    std::vector<std::string> roles;
    Actor by;
};

struct BridgeLeft {
    std::string person;
    Actor by;
};

struct LeadHandedOver {
    std::string to;
    Actor by; ///< who led until now
    std::string reason;
};

/// A signature is asked for. Each request is answered once.
struct SignatureAsked {
    StepId step;
    std::string nonce;
    Json request; ///< all of it (release/signing.h)
    Nanos expires;
    Actor by;
};

/// An approval became too old before what it is for had begun.
struct ApprovalExpired {
    StepId step;
    std::string person;
    std::string why;
};

/// The plan was amended: what was approved is not what will run. None given so far counts.
struct ApprovalAskedAgain {
    StepId step;
    std::string why;
};

/// Going on without approval. It is demanded afterwards.
struct GlassBroken {
    StepId step;
    Actor by;
    std::string reason;
    Nanos due; ///< then it is overdue
};

struct ApprovalOverdue {
    StepId step;
};

/// What was gone on with by breaking the glass has been approved.
struct ApprovedAfterwards {
    StepId step;
    std::string why;
};

struct Decided {
    StepId step;
    std::string choice;
    Actor by;
    std::string reason;
};

struct Advanced {
    StepId step;
    Actor by;
};

/// A gate, a hold, a probe, a wait or a closed window was set aside.
struct Overridden {
    std::string subject; ///< step or phase
    std::string gate;    ///< one gate of it; empty = all
    Actor by;
    std::string reason;
    std::string window = {}; ///< of a phase: why its window was closed ("outside of: …", "it has ended")
};

struct Noted {
    Actor by;
    std::string text;
    StepId step; ///< may be empty
};

struct Paused {
    Actor by;
    std::string reason;
};

struct Continued {
    Actor by;
};

struct Aborted {
    Actor by;
    std::string reason;
};

} // namespace sluice::release
