#include "effects/traffic/ingress_backends.h"

#include "kubernetes/object_writes.h"

#include <fmt/format.h>
#include <set>

namespace sluice::effects {

using kubernetes::ObjectRef;
using kubernetes::PreparedWrite;

std::vector<Backend> backends_of(const Json& ingress, const ArmServices& services, const std::string& path) {
    std::vector<Backend> backends;
    const auto take = [&](const Json& holder, const std::string& pointer, const std::string& host,
                          const std::string& at) {
        const Json::json_pointer name("/service/name");
        for (const auto& [arm, service] : services) {
            if (holder.is_object() && holder.contains(name) && holder.at(name) == service &&
                (path.empty() || path == at)) {
                backends.push_back({pointer + "/service/name", host, at, arm});
            }
        }
    };
    const Json spec = ingress.value("spec", Json::object());
    const Json rules = spec.value("rules", Json::array());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Json paths = rules[i].value("/http/paths"_json_pointer, Json::array());
        for (std::size_t j = 0; j < paths.size(); ++j) {
            take(paths[j].value("backend", Json()), fmt::format("/spec/rules/{}/http/paths/{}/backend", i, j),
                 rules[i].value("host", ""), paths[j].value("path", ""));
        }
    }
    take(spec.value("defaultBackend", Json()), "/spec/defaultBackend", "", "");
    return backends;
}

Result<std::string> arm_of(const ObjectRef& ingress, const std::vector<Backend>& backends) {
    if (backends.empty()) {
        return fail(ErrorCode::not_found, fmt::format("{} leads to none of the arms", ingress.text()), ingress.path(),
                    "check the services of the arms and the path");
    }
    for (const auto& backend : backends) {
        if (backend.arm != backends.front().arm) {
            return fail(ErrorCode::conflict,
                        fmt::format("{} leads {}{} to {} and {}{} to {}", ingress.text(), backends.front().host,
                                    backends.front().path, backends.front().arm, backend.host, backend.path,
                                    backend.arm),
                        ingress.path(), "shift to one arm to bring the paths together, or name the path that counts");
        }
    }
    return backends.front().arm;
}

Result<PreparedWrite> switch_write(const ObjectRef& ingress, const Json& found, const std::vector<Backend>& backends,
                                   const ArmServices& services, const std::string& arm) {
    if (backends.empty()) {
        return failed(arm_of(ingress, backends));
    }
    Json operations = Json::array();
    std::set<std::string> from;
    for (const auto& backend : backends) {
        if (backend.arm == arm) {
            continue;
        }
        from.insert(backend.arm);
        if (!backend.path.empty()) { // a rule put in before it would move it to another place
            const std::string place = backend.pointer.substr(0, backend.pointer.find("/backend/"));
            operations.push_back({{"op", "test"}, {"path", place + "/path"}, {"value", backend.path}});
        }
        operations.push_back({{"op", "replace"}, {"path", backend.pointer}, {"value", services.at(arm)}});
    }
    const std::string what = fmt::format("{}: backend {} → {}", ingress.text(), fmt::join(from, ", "), arm);
    if (operations.empty()) {
        return kubernetes::nothing_to_send(fmt::format("{}: backend {}", ingress.text(), arm), ingress, found,
                                           Json::object());
    }
    auto write = kubernetes::patch_write(ingress, kubernetes::PatchKind::json, operations, found);
    if (write) {
        write->what = what;
    }
    return write;
}

} // namespace sluice::effects
