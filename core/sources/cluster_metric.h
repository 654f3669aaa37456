#pragma once
#include "base/redact.h"
#include "kubernetes/object_ref.h"
#include "plan/fill.h"
#include "plan/model.h"
#include "sources/cluster_reader.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::sources {

/// A metric that a cluster tells, its templates filled in.
struct ClusterMetric {
    std::string name;
    std::string unit; ///< as the plan names it
    plan::ClusterNumber number;
    std::optional<kubernetes::ObjectRef> workload; ///< none of one that looks at nodes
    plan::Reduce reduce = plan::Reduce::none;      ///< of pods or nodes
    int at_least = 1;
    std::shared_ptr<const RedactionSet> redactions = nullptr; ///< what the cluster says of pods and images is shown
};

/// `bad_input` for a template that can't be filled, and for what then is no name of a workload or a namespace.
Result<ClusterMetric> cluster_metric(const plan::Metric& metric, const plan::Scope& scope);

/// A list of objects; `type` is a name of kubernetes/object_ref.h's table.
ClusterQuestion list_of(const char* type, const std::string& name_space, const std::string& selector);

/// All that may be asked for it, whatever comes: what a role must allow. Of a list of pods by a workload's selector
/// the selector is left out.
std::vector<ClusterQuestion> all_questions(const ClusterMetric& metric);

/// What the cluster says, as a sentence of ours can hold it: one line, without secrets, and of a long one the
/// beginning.
std::string shown(const ClusterMetric& metric, const std::string& said, std::size_t most);

} // namespace sluice::sources
