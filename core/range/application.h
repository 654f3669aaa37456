#pragma once
#include "range/faults.h"
#include "range/http_server.h"
#include "range/load/load_model.h"
#include "range/world/world.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace sluice::range {

/// What of a pod's log is wanted.
struct PodLogAsked {
    std::int64_t tail_lines = -1; ///< so many at most, the last ones; -1 = all
    std::optional<Nanos> since;   ///< of this time and later
    bool timestamps = false;      ///< the time stands once more before each line, as the kubelet writes it
};

/// Where plans send their messages: takes a POST of a JSON object with a `text`.
Answer take_message(const Asked& asked);

/// The applications behind the Services: what a pod answers to a request, whichever way it came (service proxy, edge).
///
/// `/health` {"status":"healthy"}; `/metrics` (503 while the fault `no data` holds); `/api/v1/streams`: POST creates
/// one and answers with its `id`, GET (also
/// `/active`) lists with `total_count`, `/ID` is read and deleted. The API wants `Authorization: Bearer …`, else 401.
/// All versions share one store of streams, as they share one database. Errors by a fault are of the load, not of these
/// single requests. A POST with an Idempotency-Key is carried out once: the same key and body get the same answer
/// again, the same key with another body 422.
class Application {
public:
    Application(World& world, LoadModel& load, const FaultBoard& faults, Scheduler& scheduler)
        : world_(world), load_(load), faults_(faults), scheduler_(scheduler) {}

    /// What the Service answers; 503 without a ready pod. ExternalName is followed.
    Answer handle(const Key& service, const Asked& asked);

    /// Through the Ingress, as ingress-nginx divides the requests. Which backend one request meets is decided by the
    /// seed, its X-Request-Id, its path and the time.
    Answer at_edge(const Asked& asked);

    /// What `kubectl logs` shows: a line each half minute since the pod is ready, and ERROR lines while errors are
    /// injected.
    std::string pod_log(const Json& pod, const PodLogAsked& asked, std::string_view arm) const;

private:
    struct Remembered {
        std::string body_digest;
        Answer answer;
    };
    Answer streams(const Asked& asked);
    Answer create(const Asked& asked);
    Answer create_once(const Asked& asked);
    Json stored_list() const;

    World& world_;
    LoadModel& load_;
    const FaultBoard& faults_;
    Scheduler& scheduler_;
    std::map<std::string, Json> streams_;
    std::map<std::string, Remembered> by_key_; ///< by Idempotency-Key
};

} // namespace sluice::range
