#include "effects/traffic/ingress_backend_driver.h"
#include "effects/traffic/nginx_canary_driver.h"

#include <fmt/format.h>

namespace sluice::effects {
namespace {

/// Arm → service name; all of them must stand in the Ingress's namespace.
Result<ArmServices> services_of(const TrafficSpec& spec, const kubernetes::ObjectRef& ingress) {
    ArmServices services;
    for (const auto& [arm, text] : spec.services) {
        const auto service = kubernetes::parse_in_namespace(text, "service");
        if (!service) {
            return failed(service);
        }
        if (service->name_space != ingress.name_space) {
            return fail(
                ErrorCode::bad_input,
                fmt::format("{} can't lead to {} of arm {}: an Ingress names services of its own namespace only",
                            ingress.text(), service->text(), arm),
                {},
                fmt::format("put an ExternalName service into {} that points to it, and name that",
                            ingress.name_space));
        }
        for (const auto& [other, name] : services) {
            if (name == service->name) {
                return fail(ErrorCode::bad_input, fmt::format("the arms {} and {} have the same service", other, arm),
                            service->text());
            }
        }
        services[arm] = service->name;
    }
    if (services.size() < 2) {
        return fail(ErrorCode::bad_input, "a split needs two arms with a service each", ingress.text());
    }
    return services;
}

Result<std::string> side(const TrafficSpec& spec, const ArmServices& services, const std::string& name) {
    const auto arm = spec.sides.find(name);
    if (arm == spec.sides.end() || !services.contains(arm->second)) {
        return fail(ErrorCode::bad_input, fmt::format("the driver nginx-canary needs an arm for its side '{}'", name),
                    spec.primary, "write arms: {primary: blue, canary: green}");
    }
    return arm->second;
}

} // namespace

std::string to_text(const Split& split) {
    std::string out;
    for (const auto& [arm, weight] : split) {
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", arm, weight);
    }
    return out;
}

Result<std::unique_ptr<TrafficDriver>> make_driver(kubernetes::Client& client, const TrafficSpec& spec) {
    const auto primary = kubernetes::parse_in_namespace(spec.primary, "ingress");
    if (!primary) {
        return failed(primary);
    }
    auto services = services_of(spec, *primary);
    if (!services) {
        return failed(services);
    }
    if (spec.driver == "ingress-backend") {
        return std::make_unique<IngressBackendDriver>(client, *primary, std::move(*services), spec.path);
    }
    if (spec.driver != "nginx-canary") {
        return fail(ErrorCode::bad_input, fmt::format("'{}' is not a traffic driver", spec.driver), {},
                    "known are ingress-backend and nginx-canary");
    }
    const auto canary = kubernetes::parse_in_namespace(spec.canary, "ingress");
    if (!canary) {
        return failed(canary);
    }
    if (canary->name_space != primary->name_space || canary->name == primary->name) {
        return fail(ErrorCode::bad_input, "the canary must be another Ingress in the primary's namespace",
                    canary->text());
    }
    const auto primary_arm = side(spec, *services, "primary");
    const auto canary_arm = side(spec, *services, "canary");
    if (!primary_arm || !canary_arm) {
        return failed(primary_arm ? canary_arm : primary_arm);
    }
    return std::make_unique<NginxCanaryDriver>(
        client, CanarySettings{*primary, *canary, *primary_arm, *canary_arm, std::move(*services), spec.path});
}

} // namespace sluice::effects
