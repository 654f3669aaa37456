#include "plan/model.h"

#include "base/quantity.h"

#include <algorithm>

namespace sluice::plan {
namespace {

template <typename T, typename Field>
const T* find(const std::vector<T>& all, Field field, const std::string& wanted) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.*field == wanted; });
    return found == all.end() ? nullptr : &*found;
}

/// The step, or the outermost group or decision that it stands in.
const Step* outermost(const std::vector<Step>& steps, const StepId& wanted) {
    const Step* step = find(steps, &Step::id, wanted);
    while (step != nullptr && !step->parent.empty()) {
        step = find(steps, &Step::id, step->parent);
    }
    return step;
}

} // namespace

const char* name(AfterGrace what) {
    switch (what) {
    case AfterGrace::pause:
        return "pause";
    case AfterGrace::go_on:
        return "go-on";
    case AfterGrace::roll_back:
        break;
    }
    return "roll-back";
}

const char* name(Counts counts) {
    switch (counts) {
    case Counts::ready_replicas:
        return "ready-replicas";
    case Counts::wanted_replicas:
        return "wanted-replicas";
    case Counts::restarts:
        return "restarts";
    case Counts::alerts:
        return "alerts";
    case Counts::nothing:
        break;
    }
    return "nothing";
}

const char* name(ClusterNumber::What what) {
    static constexpr const char* names[] = {"ready", "rollout", "restarts", "usage", "nodes", "capacity"};
    return names[static_cast<int>(what)];
}

bool rehearsable(const ClusterNumber& number) {
    return !number.object.starts_with("statefulset/") && !number.object.starts_with("daemonset/");
}

const char* name(HttpNumber::What what) {
    switch (what) {
    case HttpNumber::What::status:
        return "status";
    case HttpNumber::What::latency:
        return "latency";
    case HttpNumber::What::certificate_days:
        return "certificate-days";
    case HttpNumber::What::json:
        break;
    }
    return "json";
}

const char* name(ReachRead::Kind kind) {
    switch (kind) {
    case ReachRead::Kind::dns:
        return "dns";
    case ReachRead::Kind::tls:
        return "tls";
    case ReachRead::Kind::tcp:
        break;
    }
    return "tcp";
}

const char* name(ReachNumber::What what) {
    switch (what) {
    case ReachNumber::What::count:
        return "count";
    case ReachNumber::What::latency:
        return "latency";
    case ReachNumber::What::days_left:
        return "days-left";
    case ReachNumber::What::up:
        break;
    }
    return "up";
}

const char* name(LoginNumber::What what) {
    return what == LoginNumber::What::latency ? "latency" : "up";
}

const Step* Plan::step(const StepId& wanted) const {
    const Step* forward = find(steps, &Step::id, wanted);
    return forward != nullptr ? forward : find(rollback_steps, &Step::id, wanted);
}

const Phase* Plan::phase_of(const StepId& wanted) const {
    const Step* step = outermost(steps, wanted);
    for (const Phase& phase : phases) {
        if (step != nullptr && std::find(phase.steps.begin(), phase.steps.end(), step->id) != phase.steps.end()) {
            return &phase;
        }
    }
    return nullptr;
}

const Option* Plan::option_of(const StepId& wanted) const {
    const Step* step = outermost(rollback_steps, wanted);
    for (const Option& option : rollback.options) {
        if (step != nullptr && std::find(option.steps.begin(), option.steps.end(), step->id) != option.steps.end()) {
            return &option;
        }
    }
    return nullptr;
}

Nanos scrape_interval(const Connection& connection) {
    const auto found =
        connection.settings.is_object() ? connection.settings.find("interval") : connection.settings.end();
    const bool said = found != connection.settings.end() && found->is_string();
    return said ? parse_duration(found->get<std::string>()).value_or(seconds(5)) : seconds(5);
}

std::string scrape_url(const std::string& url) {
    const auto scheme = url.find("://");
    const auto end = url.find_first_of("/?", scheme == std::string::npos ? 0 : scheme + 3);
    if (end == std::string::npos) {
        return url + "/metrics";
    }
    std::string_view rest = std::string_view(url).substr(end);
    if (rest != "/" && !rest.starts_with("/?") && !rest.starts_with('?')) {
        return url;
    }
    rest.remove_prefix(rest.starts_with('/') ? 1 : 0);
    return url.substr(0, end) + "/metrics" + std::string(rest);
}

std::string address_in(const Json& settings) {
    for (const char* key : {"url", "server", "bootstrap"}) {
        const auto found = settings.is_object() ? settings.find(key) : settings.end();
        if (found != settings.end() && found->is_string()) {
            return found->get<std::string>();
        }
    }
    const auto host = settings.is_object() ? settings.find("host") : settings.end();
    if (host == settings.end() || !host->is_string()) {
        return {};
    }
    const auto& name = host->get_ref<const std::string&>();
    const std::string address = name.find(':') == std::string::npos ? name : "[" + name + "]"; // of IPv6
    const auto port = settings.find("port");
    return port == settings.end() ? address : address + ":" + port->dump();
}

const Connection* Plan::connection(const std::string& name) const {
    return find(connections, &Connection::name, name);
}
const Arm* Plan::arm(const std::string& name) const {
    return find(arms, &Arm::name, name);
}
const Metric* Plan::metric(const std::string& name) const {
    return find(metrics, &Metric::name, name);
}
const Traffic* Plan::traffic_named(const std::string& name) const {
    return find(traffic, &Traffic::name, name);
}
const Message* Plan::message(const std::string& name) const {
    return find(messages, &Message::name, name);
}
const Channel* Plan::channel(const std::string& name) const {
    return find(channels, &Channel::name, name);
}
const Option* Plan::option(const std::string& wanted) const {
    return find(rollback.options, &Option::id, wanted);
}

const Option* Plan::default_option() const {
    for (const Option& option : rollback.options) {
        if (option.by_default) {
            return &option;
        }
    }
    return rollback.options.empty() ? nullptr : &rollback.options.front();
}

std::vector<std::string> retired_by(const Plan& plan, const Step& step, const std::string& replicas) {
    std::string workload;
    if (const auto* scale = std::get_if<Scale>(&step.body)) {
        workload = (replicas.empty() ? scale->replicas : replicas) == "0" ? scale->workload : "";
    } else if (const auto* write = std::get_if<KubernetesWrite>(&step.body);
               write != nullptr && write->verb == KubernetesWrite::Verb::remove) {
        workload = write->name_space + "/" + write->object.substr(write->object.find('/') + 1);
    }
    std::vector<std::string> retired;
    for (const Arm& arm : plan.arms) {
        if (!workload.empty() && arm.workload == workload) {
            retired.push_back(arm.name);
        }
    }
    return retired;
}

} // namespace sluice::plan
