#pragma once
/// What `sluicectl state` tells of people: policy, lead and bridge; who approved, on what ground, and what is owed.
#include "release/state.h"

namespace sluicectl {

void print_people(const sluice::release::Release& release);
/// `at`: whether an approval has expired is asked of that moment.
void print_approvals(const sluice::release::Release& release, const sluice::plan::Step& step, sluice::Nanos at);

} // namespace sluicectl
