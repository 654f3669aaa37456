#pragma once
/// What `sluicectl state` tells of people: policy, lead and bridge; who approved, on what ground, and what is owed.
#include "release/state.h"

namespace sluicectl {

void print_people(const sluice::release::Release& release);
void print_approvals(const sluice::release::Release& release, const sluice::plan::Step& step);

} // namespace sluicectl
