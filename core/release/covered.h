#pragma once
/// What an approval covers: the effects that come after it, and no later approval before them. Pure.
#include "release/state.h"

#include <string>
#include <vector>

namespace sluice::release {

/// An approve that every way through the plan passes.
bool always_passed(const plan::Step& step);

/// Effects of the plan and what is typed elsewhere, in its order, that are reached through this approve step and not
/// through another one behind it that is always passed.
std::vector<StepId> covered_by(const Release& release, const StepId& approve);

/// Effects of the plan and what is typed elsewhere, in its order, that may begin before anybody has approved anything;
/// messages apart.
std::vector<StepId> before_any_approval(const Release& release);

/// Probes of the plan, in its order, that ask a program: nobody approves a probe.
std::vector<StepId> probes_of_programs(const Release& release);

/// What they will do: [{step, on, title, does, what, files, asks, undo}], filled with all that is known now; what an
/// earlier step is still to give stands as ${name}. Secrets stand as their references. Canonical: its digest is what an
/// approver signs.
Json what_runs(const Release& release, const std::vector<StepId>& steps);

/// What somebody approves there: what it covers, how that is taken back, and after it what each way back does, which
/// may run at any time from then on ("way back": its option). What ways back take from steps that don't come before the
/// approval stands as ${name}, also when it was given. Nothing where it covers nothing.
Json to_approve(const Release& release, const StepId& approve);

/// SHA-256 of it, hexadecimal.
std::string digest_of_runs(const Json& runs);

/// The approve step before this effect, at any distance, that must be passed anew before it begins, since its approval
/// expired, was refused or is asked for again after the steps between had been done; empty = none.
StepId unapproved(const Release& release, const plan::Step& step);

/// Whether one of them has not begun, and may yet.
bool any_to_come(const Release& release, const std::vector<StepId>& steps);

/// True once any of them was begun.
bool any_begun(const Release& release, const std::vector<StepId>& steps);

} // namespace sluice::release
