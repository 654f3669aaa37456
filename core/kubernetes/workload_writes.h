#pragma once
/// Writes on workloads: scale, image, environment, restart. Each is pure: the object as it was read goes in, the exact
/// request comes out. `found` null (not there) is `not_found`.
#include "kubernetes/prepared_write.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::kubernetes {

/// Where replicas are read and written: the object's path + "/scale".
std::string scale_path(const ObjectRef& workload);

/// JSON patch on the scale subresource that tests the replicas it read. `found` is the Scale.
Result<PreparedWrite> scale_write(const ObjectRef& workload, int replicas, const Json& found);

/// JSON patch that tests the container's name and the image it read. An empty container name means the only container.
Result<PreparedWrite> image_write(const ObjectRef& workload, const std::string& container, const std::string& image,
                                  const Json& found);

struct EnvChange {
    std::string name;
    std::optional<std::string> value; ///< nothing = remove the variable
    bool secret = false;              ///< the value must reach neither event nor log: the write is withheld
};

/// Strategic merge patch with the resourceVersion it read. A value replaces a `valueFrom`.
Result<PreparedWrite> env_write(const ObjectRef& workload, const std::string& container,
                                const std::vector<EnvChange>& changes, const Json& found);

/// What `kubectl rollout restart` does: a new `restartedAt` in the template's annotations. Merge patch with the
/// resourceVersion it read. `stamp` is RFC 3339 and makes repeating it harmless.
Result<PreparedWrite> restart_write(const ObjectRef& workload, const std::string& stamp, const Json& found);

} // namespace sluice::kubernetes
