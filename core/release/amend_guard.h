#pragma once
/// What one person may not change of a running plan under a policy, which asks for others.
#include "plan/amendment.h"
#include "release/draft.h"

#include <vector>

namespace sluice::release {

/// Who amends is one person; the policy asks for others. So what it changes runs only behind an approval, those of
/// which anything is to come being asked for again. What runs with none before it is as it was: effects before any,
/// clean-up (it runs after an abort), what takes from a step that was changed, the ways back, and programs that look.
/// What is otherwise, `refused`, each with where and the remedy; none without a rule of the policy.
std::vector<Error> not_approved(const Release& before, const Release& after,
                                const std::vector<plan::PartChange>& changes);

/// The amendment all the same, where `command` breaks the glass for it and its person may: the last approval that was
/// given is owed anew. `before`: the release without the amendment, which `draft` has.
Verdict break_glass_for(Draft& draft, const Release& before, const std::vector<Error>& unapproved,
                        const Amend& command);

} // namespace sluice::release
