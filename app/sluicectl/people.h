#pragma once
/// What `sluicectl state` tells of people: policy, lead and bridge; who approved, on what ground, and what is owed.
#include "release/ways_back.h"

namespace sluicectl {

void print_people(const sluice::release::Release& release);
/// `at`: whether an approval has expired is asked of that moment.
void print_approvals(const sluice::release::Release& release, const sluice::plan::Step& step, sluice::Nanos at);

/// What comes of a proposed way back that nobody answers: "without an answer by 2026-01-06T02:10:00Z: roll-back",
/// behind `before`; empty = it waits for ever.
std::string unanswered(const sluice::release::Proposal& proposal, const std::string& before);

} // namespace sluicectl
