#include "host/assumed_world.h"

#include "kubernetes/object_ref.h"
#include "plan/fill.h"
#include "plan/way.h"

#include <QUrl>
#include <algorithm>
#include <map>
#include <set>

namespace sluice::host {
namespace {

constexpr int container_port = 8080;
constexpr int replicas = 3;

struct Place {
    std::string space, name;
    auto operator<=>(const Place&) const = default;
};

/// "shop/shop-blue"; nothing without a namespace or a name.
std::optional<Place> place(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
        return std::nullopt;
    }
    return Place{text.substr(0, slash), text.substr(slash + 1)};
}

struct Deployment {
    std::string tag = "1.0.0";
    std::set<std::string> containers;
};

class Stand {
public:
    Stand(const plan::Plan& plan, const plan::Scope& values) : plan_(plan), values_(values) {
        makes_objects_ = std::any_of(plan.steps.begin(), plan.steps.end(), [](const plan::Step& step) {
            const auto* write = std::get_if<plan::KubernetesWrite>(&step.body);
            return write != nullptr && (write->verb == plan::KubernetesWrite::Verb::apply ||
                                        write->verb == plan::KubernetesWrite::Verb::create);
        });
        for (const auto& arm : plan.arms) {
            take_arm(arm);
        }
        for (const auto* steps : {&plan.steps, &plan.rollback_steps}) {
            for (const auto& step : *steps) {
                take_step(step);
            }
        }
        for (const auto& metric : plan.metrics) {
            take_logs(metric);
            take_metric(metric);
        }
        for (const auto& connection : plan.connections) {
            take_proxied(connection);
        }
    }

    std::string text() const {
        std::string all;
        const auto add = [&](const Json& object) { all += "---\n" + object.dump() + "\n"; };
        for (const auto& space : spaces_) {
            add({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", space}}}});
        }
        add({{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "node-a"}}}});
        for (const auto& at : config_maps_) {
            add({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", head(at)}, {"data", Json::object()}});
        }
        for (const auto& [at, deployment] : deployments_) {
            add(manifest(at, deployment));
        }
        for (const auto& [at, service] : services_) {
            Json metadata = head(at);
            if (service.contains("serves")) {
                metadata["annotations"] = {{"sluice-range/serves", service["serves"]}};
            }
            add({{"apiVersion", "v1"}, {"kind", "Service"}, {"metadata", metadata}, {"spec", service["spec"]}});
        }
        for (const auto& traffic : plan_.traffic) {
            if (const Json ingress = entry(traffic); !ingress.is_null()) {
                add(ingress);
            }
        }
        return all;
    }

private:
    static Json head(const Place& at) { return {{"name", at.name}, {"namespace", at.space}}; }

    std::string filled(const std::string& text) const {
        const auto value = plan::fill(text, values_);
        return value ? *value : text;
    }

    static Json selecting(const std::string& app, int port) {
        return {{"selector", {{"app", app}}},
                {"ports", Json::array({{{"name", "http"}, {"port", port}, {"targetPort", "http"}}})}};
    }

    static Json manifest(const Place& at, const Deployment& deployment) {
        Json containers = Json::array();
        for (const auto& name : deployment.containers.empty() ? std::set<std::string>{"app"} : deployment.containers) {
            Json container = {{"name", name}, {"image", at.name + ":" + deployment.tag}};
            if (containers.empty()) {
                container["ports"] = Json::array({{{"containerPort", container_port}, {"name", "http"}}});
            }
            containers.push_back(std::move(container));
        }
        const Json labels = {{"app", at.name}};
        return {{"apiVersion", "apps/v1"},
                {"kind", "Deployment"},
                {"metadata", head(at)},
                {"spec",
                 {{"replicas", replicas},
                  {"selector", {{"matchLabels", labels}}},
                  {"template", {{"metadata", {{"labels", labels}}}, {"spec", {{"containers", containers}}}}}}}};
    }

    Deployment& stands(const Place& at) {
        spaces_.insert(at.space);
        return deployments_[at];
    }

    /// "deployment/shop-blue" as kubectl spells it, of this kind; nothing for others.
    std::optional<Place> object_of(const char* kind, const std::string& object, const std::string& name_space) const {
        const auto found = kubernetes::parse_object(filled(object), filled(name_space));
        return found && found->type->kind == kind && !found->name_space.empty()
                   ? std::optional(Place{found->name_space, found->name})
                   : std::nullopt;
    }

    /// The version that is there before the release: of the arm that has this one's traffic at the start.
    std::string version_before(const plan::Arm& arm) const {
        for (const auto& traffic : plan_.traffic) {
            const bool its = std::any_of(traffic.arms.begin(), traffic.arms.end(),
                                         [&](const auto& side) { return side.second == arm.name; });
            const auto leads = std::find_if(plan_.arms.begin(), plan_.arms.end(),
                                            [&](const auto& other) { return other.name == traffic.initial; });
            if (its && leads != plan_.arms.end() && sets_image(arm)) {
                return filled(leads->match);
            }
        }
        return filled(arm.match);
    }

    bool sets_image(const plan::Arm& arm) const {
        const auto workload = place(filled(arm.workload));
        return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const plan::Step& step) {
            const auto* write = std::get_if<plan::KubernetesWrite>(&step.body);
            return write != nullptr && write->verb == plan::KubernetesWrite::Verb::set_image && workload &&
                   object_of("Deployment", write->object, write->name_space) == workload;
        });
    }

    void take_arm(const plan::Arm& arm) {
        const auto workload = place(filled(arm.workload)), service = place(filled(arm.service));
        if (workload) {
            if (const std::string tag = version_before(arm); !tag.empty()) {
                stands(*workload).tag = tag;
            } else {
                stands(*workload);
            }
        }
        if (!service) {
            return;
        }
        spaces_.insert(service->space);
        if (!workload || workload->space == service->space) {
            services_[*service] = {{"spec", selecting(workload ? workload->name : service->name, container_port)}};
            return;
        }
        // An Ingress can't name a Service of another namespace: one by name leads there.
        services_[{workload->space, service->name}] = {{"spec", selecting(workload->name, container_port)}};
        services_[*service] = {{"spec",
                                {{"type", "ExternalName"},
                                 {"externalName", service->name + "." + workload->space + ".svc.cluster.local"},
                                 {"ports", Json::array({{{"name", "http"}, {"port", container_port}}})}}}};
    }

    void take_object(const std::string& name_space, const std::string& object) {
        if (const auto deployment = object_of("Deployment", object, name_space)) {
            stands(*deployment);
        } else if (const auto map = object_of("ConfigMap", object, name_space)) {
            spaces_.insert(map->space);
            config_maps_.insert(*map);
        }
    }

    void take_step(const plan::Step& step) {
        using Verb = plan::KubernetesWrite::Verb;
        if (const auto* write = std::get_if<plan::KubernetesWrite>(&step.body)) {
            if (write->verb == Verb::apply || write->verb == Verb::create || write->verb == Verb::remove) {
                return; // what it makes comes by it; what it takes away may be what it made
            }
            take_object(write->name_space, write->object);
            const auto deployment = object_of("Deployment", write->object, write->name_space);
            if (write->verb == Verb::set_image && deployment) {
                for (const auto& [container, image] : write->body.items()) {
                    stands(*deployment).containers.insert(container);
                }
            }
        } else if (const auto* probe = std::get_if<plan::Probe>(&step.body)) {
            const auto* read = std::get_if<plan::KubernetesRead>(&probe->what);
            if (read != nullptr && !makes_objects_) {
                take_object(read->name_space, read->object);
            }
        } else if (const auto* scale = std::get_if<plan::Scale>(&step.body)) {
            if (const auto at = place(filled(scale->workload))) {
                stands(*at);
            }
        } else if (const auto* flag = std::get_if<plan::Flag>(&step.body)) {
            if (const auto at = place(filled(flag->config_map))) {
                spaces_.insert(at->space);
                config_maps_.insert(*at);
            }
        }
    }

    /// Whose logs are read; by a selector only where it is the label that pods have here.
    void take_logs(const plan::Metric& metric) {
        if (!metric.logs || metric.rehearsed) {
            return;
        }
        auto at = place(filled(metric.logs->workload));
        const std::string selector = filled(metric.logs->selector);
        if (selector.starts_with("app=") && selector.find_first_of(",!() =", 4) == std::string::npos) {
            at = Place{filled(metric.logs->name_space), selector.substr(4)};
        }
        if (!at || (makes_objects_ && !deployments_.contains(*at))) {
            return; // as with what is only asked about
        }
        auto& deployment = stands(*at);
        if (!metric.logs->container.empty()) {
            deployment.containers.insert(metric.logs->container);
        }
    }

    void take_metric(const plan::Metric& metric) {
        if (metric.cluster && !metric.rehearsed && !makes_objects_) {
            take_object(metric.cluster->name_space, metric.cluster->object);
        }
    }

    /// What a connection reaches through the service proxy: "http://NAME.NAMESPACE:PORT".
    void take_proxied(const plan::Connection& connection) {
        if (plan::way_of(connection.settings).kind != plan::Way::Kind::service_proxy) {
            return;
        }
        const QUrl url(QString::fromStdString(filled(connection.settings.value("url", ""))));
        const auto parts = url.host().split('.');
        if (parts.size() < 2) {
            return;
        }
        const Place at{parts[1].toStdString(), parts[0].toStdString()};
        spaces_.insert(at.space);
        const int port = url.port(url.scheme() == "https" ? 443 : 80);
        const bool is_prometheus = connection.kind == plan::ConnectionKind::prometheus;
        if (is_prometheus || connection.kind == plan::ConnectionKind::alertmanager) {
            services_[at] = {{"serves", is_prometheus ? "prometheus" : "alertmanager"},
                             {"spec", {{"ports", Json::array({{{"name", "http"}, {"port", port}}})}}}};
        } else if (!services_.contains(at)) {
            stands(at);
            services_[at] = {{"spec", selecting(at.name, port)}};
        } else if (Json& ports = services_[at]["spec"]["ports"]; ports[0]["port"] != port) {
            ports[0]["port"] = port;
        }
    }

    Json entry(const plan::Traffic& traffic) const {
        const auto at = place(traffic.settings.is_object() ? traffic.settings.value("primary", "") : std::string());
        const auto leads = std::find_if(plan_.arms.begin(), plan_.arms.end(),
                                        [&](const auto& arm) { return arm.name == traffic.initial; });
        const auto service = leads == plan_.arms.end() ? std::nullopt : place(filled(leads->service));
        if (!at || !service) {
            return nullptr;
        }
        const Json& spec = services_.at(*service)["spec"];
        const Json backend = {{"service", {{"name", service->name}, {"port", {{"number", spec["ports"][0]["port"]}}}}}};
        const std::string path = traffic.settings.value("path", "/");
        return {
            {"apiVersion", "networking.k8s.io/v1"},
            {"kind", "Ingress"},
            {"metadata", head(*at)},
            {"spec",
             {{"ingressClassName", "nginx"},
              {"rules",
               Json::array({{{"host", at->name + ".example.com"},
                             {"http",
                              {{"paths",
                                Json::array({{{"path", path}, {"pathType", "Prefix"}, {"backend", backend}}})}}}}})}}}};
    }

    const plan::Plan& plan_;
    const plan::Scope& values_;
    std::set<std::string> spaces_;
    std::set<Place> config_maps_;
    std::map<Place, Deployment> deployments_;
    std::map<Place, Json> services_; ///< {spec, serves}
    bool makes_objects_ = false;     ///< some step applies or creates: what is only asked about may come by it
};

} // namespace

std::string assumed_world(const plan::Plan& plan, const plan::Scope& values) {
    return Stand(plan, values).text();
}

std::string assumed_entry(const plan::Plan& plan) {
    for (const auto& traffic : plan.traffic) {
        if (traffic.settings.is_object() && traffic.settings.contains("primary")) {
            return traffic.settings["primary"].get<std::string>();
        }
    }
    return {};
}

} // namespace sluice::host
