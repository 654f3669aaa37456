#pragma once
/// What a person types to do a step without this program (DESIGN.md, "Where it goes when one machine is not enough").
///
/// For a POSIX shell with kubectl and curl; each argument is quoted, so nothing that was filled in is evaluated.
/// Secrets stay references: `env:NAME` becomes "$NAME", `file:PATH` a `cat` of it, and none is an argument (fetched.h).
/// Of a run whatever the plan names is said with its whole path, so that it can be typed wherever somebody stands.
/// Pure.
#include "plan/model.h"
#include "release/state.h"
#include "report/shell_word.h"

#include <string>
#include <vector>

namespace sluice::report {

struct ByHand {
    std::vector<std::string> commands; ///< in order; empty where only a person or another program can do it
    std::vector<std::string> remarks;  ///< what to see to, what is not known yet
};

/// As of the release as it stands: values that were read are filled in, others are named. `started_in`: where the
/// program was started, from which it sees `file:` secrets; empty = not known, which is told.
ByHand by_hand(const release::Release& release, const plan::Step& step, const std::string& started_in = {});

/// How a person finds out afterwards whether it has happened: what the step's `verify` looks at and must find. Of a
/// step that has none nothing at all.
ByHand look_afterwards(const release::Release& release, const plan::Step& step, const std::string& started_in = {});

} // namespace sluice::report
