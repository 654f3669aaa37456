#pragma once
/// The ways back of a release: which can be taken, which the button takes, which a trigger proposes. Pure.
#include "release/state.h"

#include <string>
#include <vector>

namespace sluice::release {

/// Best first: those that are available now, of them the one that the plan prefers while this phase is at work
/// (`default-while`), then the plan's default, then the others as they are written.
std::vector<const plan::Option*> ranked_options(const Release& release);

/// What the button does now; null when the plan has no way back.
const plan::Option* default_option(const Release& release);

/// Whether that one is proven ready.
bool default_ready(const Release& release);

/// The way back that a trigger means: the one it names, or the default one now; null when there is none.
const plan::Option* option_of(const Release& release, const plan::Trigger& trigger);

/// Why a way back can't be taken now: its `available-if`; empty = it can. One that nobody can tell is available.
std::string not_available(const Release& release, const plan::Option& option);

/// Whether the present way back does not get on: a step of it has failed, or it was incomplete.
bool way_stuck(const Release& release);

/// The ways back that can take the place of the present one, which does not get on. None that was tried before.
std::vector<const plan::Option*> other_ways(const Release& release);

/// A way back that a trigger proposes, and that no person has answered.
struct Proposal {
    const plan::Trigger* trigger = nullptr;
    std::string arm; ///< of a trigger that is judged by arm
    std::string why; ///< as it fired
    Nanos ends;      ///< then `after_grace` happens; 0 = it waits for ever
};

/// Those that are open, the one that ends first before the others.
std::vector<Proposal> open_proposals(const Release& release);

/// Whether one of them rolls back by itself, as things stand, when nobody answers it.
bool rolls_back_unanswered(const Release& release);

/// All is done, and the session is kept open so that there is a way back until then (`within`); 0 = it is not.
Nanos kept_open_until(const Release& release, Nanos now);

} // namespace sluice::release
