#pragma once
#include "host/session_host.h"
#include "plan/policy.h"

#include <optional>
#include <string>

namespace sluice::host {

/// Which policy holds: the one that is named, else $SLUICE_POLICY, else policy.yaml in the user's configuration, if it
/// is there. Empty = none.
std::string policy_file(const std::string& named, const Paths& paths);

/// A policy as a session records it, with the keys that it names, and checked as far as it can be without a plan.
struct PinnedPolicy {
    plan::Policy policy;
    release::PolicyBound bound;
};
/// `bad_input` with all that is wrong, each with file, line and column; as `read_file` for files that can't be read.
Result<PinnedPolicy> read_policy(const std::string& file);

/// "NAME[:ROLE[,ROLE…]]".
Result<release::BridgeJoined> read_operator(const std::string& text);

/// What was asked for by `--policy`, `--operator` and `--role`; nothing of it has been read.
struct PeopleAsked {
    std::string policy;
    std::vector<std::string> operators;
    std::string role;
};

/// Takes them into the options of a start, instead of what these had: the first operator leads; of several, or of one
/// with roles, each is on the bridge. Who names no role takes one that he holds and that may lead.
Result<void> take_people(StartOptions& options, const PeopleAsked& asked);

/// Who takes up or follows a session that exists: the first operator, else the login name; the role only if one was
/// named, since the session knows its policy and its bridge itself.
Result<release::Actor> who_comes(const PeopleAsked& asked);

} // namespace sluice::host
