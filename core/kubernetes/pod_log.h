#pragma once
#include "base/json.h"
#include "base/nanos.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::kubernetes {

/// What of a container's log is wanted: the subresource pods/log.
struct LogQuestion {
    std::string name_space;
    std::string pod;
    std::string container;           ///< empty = its only one
    bool previous = false;           ///< of the instance before the last restart
    bool timestamps = false;         ///< each line begins with when it was written, by its node's clock, and a blank
    std::optional<Nanos> since = {}; ///< lines of this second and later: the API knows whole seconds
    std::optional<Nanos> back = {};  ///< so far back from now, in whole seconds, one at least
    int last_lines = 0;              ///< so many at most, the last ones; 0 = all
    std::size_t most_bytes = 0;      ///< the server ends there, and begins with the oldest; 0 = it sends all
};
std::string log_path(const LogQuestion& question);

/// A container of a pod, and whose log the API has of it.
///
/// An instance is what runs between two restarts, and each has a log of its own. The API serves that of the last one
/// which ran, and by `previous` that of the one before; older ones are gone.
struct LoggingContainer {
    std::string pod;
    std::string pod_uid;
    std::string name;
    std::optional<Nanos> created; ///< the pod, by the API server's clock
    bool over = false;            ///< the pod has ended: nothing more will be written
    std::string current;          ///< the instance whose log is served; empty = none has run yet
    std::string previous;         ///< the one before; empty = none that is known
    int nth = 0;                  ///< how many instances ran before the current one
    bool ended = true;            ///< the current one does not run: its log is complete
};

/// The container of that name in each pod of a list's `items`, sorted by pod. Without a name each pod must have one
/// container; that, and a pod without such a container, is `bad_input`.
Result<std::vector<LoggingContainer>> logging_containers(const Json& pods, const std::string& name);

} // namespace sluice::kubernetes
