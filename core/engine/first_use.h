#pragma once
#include "plan/model.h"

namespace sluice::engine {

/// The connection and the cluster that it goes through, and nothing else: for opening it by itself.
plan::Plan with_its_way(const plan::Plan& plan, const plan::Connection& connection);

/// The step that asks `connection` first, if what it leads to can come into being by the plan's own steps: a Service of
/// the cluster or a port-forward on this desk, which no metric reads from the start, and before whose first use
/// something is done. Null: it has to be there when the release starts.
const plan::Step* first_use_after_effects(const plan::Plan& plan, const plan::Connection& connection);

} // namespace sluice::engine
