#pragma once
#include "range/application.h"
#include "range/faults.h"
#include "range/http_server.h"
#include "range/kubernetes/path.h"
#include "range/kubernetes/status.h"
#include "range/world/world.h"
#include "range/writes.h"

#include <functional>
#include <set>
#include <string>

namespace sluice::range {

/// The Kubernetes API over a World: get, list, create, put, patch, server-side apply, delete, the subresources scale,
/// status, log and the service proxy, dryRun=All, access reviews, discovery of what is there. Watches are not served
/// yet: `watch=true` is refused (405), so that nobody takes a list for one.
class ClusterApi {
public:
    /// What answers behind a Service: the resolved Service, the port as it was asked for, the request as it arrives
    /// there.
    using Proxied = std::function<Answer(const Key& service, const std::string& port, const Asked& inner)>;
    using PodLog = std::function<std::string(const Json& pod, const PodLogAsked& asked)>;

    ClusterApi(World& world, Scheduler& scheduler, const FaultBoard& faults, Writes& writes, std::string token)
        : world_(world), scheduler_(scheduler), faults_(faults), writes_(writes), token_(std::move(token)) {}

    void set_proxied(Proxied proxied) { proxied_ = std::move(proxied); }
    void set_pod_log(PodLog log) { pod_log_ = std::move(log); }

    Answer handle(const Asked& asked);

private:
    Answer dispatch(const Asked& asked);
    Answer get(const ApiPath& path, const Asked& asked);
    Answer list(const ApiPath& path, const Asked& asked);
    Answer create(const ApiPath& path, const Asked& asked);
    Answer replace(const ApiPath& path, const Asked& asked);
    Answer patch(const ApiPath& path, const Asked& asked);
    Answer apply(const ApiPath& path, const Asked& asked);
    Answer remove(const ApiPath& path, const Asked& asked);
    Answer scale(const ApiPath& path, const Asked& asked);
    Answer log(const ApiPath& path, const Asked& asked);
    Answer proxy(const ApiPath& path, const Asked& asked);
    Answer access_review(const Asked& asked);

    /// The last checks of any write (preconditions, admission), then the write itself, or its preview for a dry run.
    Answer store(const Key& key, Json object, const Asked& asked, Author author, const Fields& applied, int created);
    Json computed(const Key& key) const;
    void let_somebody_else_edit(const Key& key);

    World& world_;
    Scheduler& scheduler_;
    const FaultBoard& faults_;
    Writes& writes_;
    std::string token_;
    Proxied proxied_;
    PodLog pod_log_;
    std::set<std::pair<const Fault*, Key>> edited_; ///< by the fault `conflict`, once an object
};

} // namespace sluice::range
