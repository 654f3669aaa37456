#pragma once
#include "kubernetes/client.h"
#include "plan/fill.h"
#include "plan/model.h"

#include <functional>
#include <memory>
#include <string>

namespace sluice::engine {

/// Asks the cluster, by access reviews, whether it lets us read what the plan's metrics of this connection read, each
/// thing once. `done` comes once, later, with "may read what N metrics ask" (empty without metrics), or with the first
/// thing that we may not read (`refused`), and the role that is missing; not when what `wanted` points to, which holds
/// the client, is gone. `acted_out`: metrics that say what they tell in a rehearsal are not asked there.
void try_access(kubernetes::Client& cluster, const plan::Plan& plan, const plan::Scope& values,
                const std::string& connection, bool acted_out, const kubernetes::Ask& ask,
                std::weak_ptr<const void> wanted, std::function<void(Result<std::string>)> done);

} // namespace sluice::engine
