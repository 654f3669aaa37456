#include "engine/first_use.h"

#include "plan/way.h"

#include <algorithm>

namespace sluice::engine {
namespace {

/// Of a URL or a host.
bool is_loopback(const std::string& url) {
    const auto host = url.substr(std::min(url.size(), url.find("://") == std::string::npos ? 0 : url.find("://") + 3));
    return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]") || host == "::1";
}

} // namespace

plan::Plan with_its_way(const plan::Plan& plan, const plan::Connection& connection) {
    plan::Plan narrow;
    narrow.connections = {connection};
    if (const auto* cluster = plan.connection(plan::way_of(connection.settings).cluster)) {
        narrow.connections.push_back(*cluster);
    }
    return narrow;
}

const plan::Step* first_use_after_effects(const plan::Plan& plan, const plan::Connection& connection) {
    const auto place = connection.settings.find(connection.kind == plan::ConnectionKind::host ? "host" : "url");
    const bool can_come =
        !plan::way_of(connection.settings).cluster.empty() ||
        (place != connection.settings.end() && place->is_string() && is_loopback(place->get<std::string>()));
    const bool polled = std::any_of(plan.metrics.begin(), plan.metrics.end(),
                                    [&](const plan::Metric& metric) { return metric.from == connection.name; });
    if (!can_come || polled) {
        return nullptr;
    }
    bool acted = false;
    for (const auto& step : plan.steps) {
        if (step.on == connection.name) {
            return acted ? &step : nullptr;
        }
        acted = acted || plan::is_effect(step.body);
    }
    return nullptr;
}

} // namespace sluice::engine
