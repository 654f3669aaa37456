#pragma once
#include "plan/model.h"

#include <string>

namespace sluice::host {

/// What a plan takes for granted of its clusters, as manifests (JSON documents, one after another): the stand in which
/// it is rehearsed when it names no world of its own. Pure.
///
/// Its arms' workloads and Services; the Ingresses of its traffic, which lead to the arm that has it at the start; the
/// deployments and ConfigMaps that its steps change; those that they ask about, and whose logs metrics read, where no
/// step makes any; and what stands behind a connection through the service proxy. A workload whose image the plan sets
/// still has the version of the arm that has its traffic. What a step applies or makes by itself is not guessed at.
///
/// `values`: of the plan's variables. A template that needs another value stays as it is written.
std::string assumed_world(const plan::Plan& plan, const plan::Scope& values);

/// "namespace/name" of the Ingress where the load of the plan's first traffic enters; empty = it has none.
std::string assumed_entry(const plan::Plan& plan);

} // namespace sluice::host
