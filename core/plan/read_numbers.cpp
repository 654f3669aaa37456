/// Metrics that are one number of something that is asked as it is: of an HTTP answer, of a name, a port or a
/// certificate, of a program, of the logs of pods.
#include "base/json.h"
#include "base/pattern.h"
#include "base/quantity.h"
#include "plan/reading.h"
#include "plan/way.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

using What = HttpNumber::What;

/// There is one value, as old as its answer.
void refuse_what_asks_for_series(Reading& reading, const Node& node) {
    for (const char* key : {"by-arm", "reduce", "at-least", "counts", "freshness", "empty"}) {
        if (const Entry* entry = node.entry(key)) {
            reading.error(entry->at, fmt::format("'{}' means nothing for a metric that is one number", key),
                          key == std::string_view("by-arm")
                              ? "write a metric for each arm, and one that is derived: {blue: …, green: …}"
                              : "remove it");
        }
    }
}

void check_told_in(Reading& reading, const Node& node, const Metric& metric, const char* what, const char* wanted) {
    const Node* unit = node.find("unit");
    if (unit != nullptr && unit->is_scalar() && *wanted != '\0' && metric.unit != wanted) {
        reading.error(unit->at, fmt::format("{} is told in '{}', not in '{}'", what, wanted, metric.unit),
                      fmt::format("write unit: {}", wanted));
    }
}

void check_unit(Reading& reading, const Node& node, const Metric& metric) {
    const What what = metric.http->what;
    check_told_in(reading, node, metric, name(what), what == What::latency ? "s" : what == What::json ? "" : "count");
}

void check_path(Reading& reading, const Node& http, const HttpNumber& number) {
    const Node* path = http.find("path");
    if (number.what == What::certificate_days) {
        if (path != nullptr) {
            reading.error(http.entry("path")->at, "a certificate has no path: it is the server's", "remove it");
        }
    } else if (path == nullptr) {
        reading.error(http.at, "nobody says which path is asked", "add path: /…");
    } else if (path->is_scalar() && !number.path.starts_with('/')) {
        reading.error(path->at, fmt::format("'{}' is no path", number.path),
                      "start with '/'; the host belongs to the connection, so that a rehearsal can replace it");
    }
}

/// Whether its certificate is what this desk would see.
void check_certificate(Reading& reading, const Connection& connection, Position at) {
    const Way way = way_of(connection.settings);
    if (way.by_proxy() || way.kind == Way::Kind::port_forward) {
        reading.error(
            at, fmt::format("a certificate is looked at straight, not by the way around of '{}'", connection.name),
            "name a host connection that this desk reaches, or read it as a metric of another source");
    } else if (way.kind == Way::Kind::service_proxy) {
        reading.error(at, fmt::format("by '{}' the certificate of the cluster's API server is seen", connection.name),
                      "name a host connection whose port shows the service's own");
    } else if (const std::string address = address_in(connection.settings);
               address.starts_with("http://") ||
               (connection.kind == ConnectionKind::http && !address.starts_with("https://"))) {
        reading.error(at,
                      fmt::format("'{}' has no certificate: its address does not begin with https://", connection.name),
                      "name a connection with https://, or a host connection");
    }
}

void check_from(Reading& reading, const Node& node, const Metric& metric) {
    const bool certificate = metric.http->what == What::certificate_days;
    const Node* from = node.find("from");
    if (from == nullptr) {
        reading.error(node.at, fmt::format("of '{}' nobody says who answers", metric.name),
                      certificate ? "add 'from:', an http or host connection" : "add 'from:', an http connection");
        return;
    }
    if (!reading.check_known(metric.from, from->at, "connection", reading.names.connections)) {
        return;
    }
    const std::string& kind = reading.names.connection_kinds[metric.from];
    if (kind != "http" && !(certificate && kind == "host")) {
        reading.error(from->at,
                      fmt::format("'{}' is a {} connection, this metric needs {}", metric.from, kind,
                                  certificate ? "http or host" : "http"),
                      "name a connection of that kind");
        return;
    }
    const auto* connection = reading.plan.connection(metric.from);
    if (certificate && connection != nullptr) {
        check_certificate(reading, *connection, from->at);
    }
}

void check_no_rehearsal(Reading& reading, const Node& node, const Metric& metric, const char* example) {
    if (node.find("rehearse") == nullptr) {
        reading.warn(metric.at, "a look at what no rehearsal has, without rehearse: this plan can't be rehearsed",
                     fmt::format("add rehearse: {{value: {}}}", example));
    }
}

void read_http(Reading& reading, const Node& node, Metric& metric) {
    const Node& http = *node.find("http");
    HttpNumber number;
    number.path = reading.filled(http, "path");
    number.pointer = reading.text(http, "json");
    const std::string value = reading.text(http, "value");
    for (const What what : {What::status, What::latency, What::certificate_days}) {
        number.what = value == name(what) ? what : number.what;
    }
    metric.http = std::move(number);
    if (!http.is_map()) {
        return; // which was told
    }
    check_path(reading, http, *metric.http);
    check_unit(reading, node, metric);
    check_from(reading, node, metric);
    if (metric.http->what == What::certificate_days) {
        if (node.find("interval") == nullptr) {
            metric.interval = minutes(1); // it changes once in months, and each look is a handshake
        }
        check_no_rehearsal(reading, node, metric, "90");
    }
}

/// Whose name, port or certificate is looked at: a connection of any kind that has a host which this desk can reach.
void check_host(Reading& reading, const Node& node, const Metric& metric) {
    const Node* from = node.find("from");
    if (from == nullptr) {
        reading.error(node.at, fmt::format("of '{}' nobody says which host is looked at", metric.name),
                      "add 'from:', a host connection or another that has a host");
        return;
    }
    const auto* connection = reading.plan.connection(metric.from);
    if (!reading.check_known(metric.from, from->at, "connection", reading.names.connections) || connection == nullptr) {
        return;
    }
    if (connection->settings.contains("via")) {
        reading.error(from->at,
                      fmt::format("'{}' is reached through a cluster, and this desk would look past it", metric.from),
                      "name a host connection that this desk reaches itself");
    } else if (metric.reach->kind == ReachRead::Kind::tls && metric.reach->port == 0) {
        check_certificate(reading, *connection, from->at);
    }
}

void read_reach(Reading& reading, const Node& node, ReachRead::Kind kind, Metric& metric) {
    using Told = ReachNumber::What;
    const Node& reach = *node.find(name(kind));
    ReachNumber number;
    number.kind = kind;
    number.port = reading.integer(reach, "port", 0);
    const std::string type = reading.text(reach, "type"), value = reading.text(reach, "value");
    number.addresses = type == "a"      ? ReachNumber::Addresses::a
                       : type == "aaaa" ? ReachNumber::Addresses::aaaa
                                        : ReachNumber::Addresses::any;
    for (const Told what : {Told::count, Told::latency, Told::days_left}) {
        number.what = value == name(what) ? what : number.what;
    }
    metric.reach = number;
    if (!reach.is_map()) {
        return; // which was told
    }
    if (reach.find("value") != nullptr) {
        check_told_in(reading, node, metric, name(number.what),
                      number.what == Told::up        ? "bool"
                      : number.what == Told::latency ? "s"
                                                     : "count");
    }
    check_host(reading, node, metric);
    if (node.find("interval") == nullptr && kind != ReachRead::Kind::tcp) {
        metric.interval = number.what == Told::days_left ? minutes(1) : seconds(15); // others pay for each look
    }
    check_no_rehearsal(reading, node, metric,
                       number.what == Told::latency     ? "0.01"
                       : number.what == Told::days_left ? "90"
                                                        : "1");
}

void read_login(Reading& reading, const Node& node, const Node& sasl, Metric& metric) {
    using Told = LoginNumber::What;
    const std::string value = reading.text(sasl, "value");
    metric.login = LoginNumber{value == name(Told::latency) ? Told::latency : Told::up};
    if (!sasl.is_map()) {
        return; // which was told
    }
    if (sasl.find("value") != nullptr) {
        const bool latency = metric.login->what == Told::latency;
        check_told_in(reading, node, metric, name(metric.login->what), latency ? "s" : "bool");
    }
    check_answers(reading, node, metric, "kafka");
    const auto* connection = reading.plan.connection(metric.from);
    if (connection != nullptr && connection->kind == ConnectionKind::kafka) {
        const Json protocol = connection->settings.value(Json::json_pointer("/security/protocol"), Json());
        if (!protocol.is_string() || !protocol.get_ref<const std::string&>().starts_with("sasl_")) {
            reading.error(node.find("from")->at,
                          fmt::format("nobody logs in to '{}': its protocol is not a SASL one", metric.from),
                          "add security: {protocol: sasl_ssl, …} to it, or measure a port by tcp");
        }
    }
    if (node.find("interval") == nullptr) {
        metric.interval = seconds(30); // brokers count logins
    }
}

void read_run(Reading& reading, const Node& node, Metric& metric) {
    CommandNumber number;
    reading.metric = metric.name;
    number.command = read_command(reading, *node.find("run"), node);
    reading.metric.clear();
    number.timeout = reading.duration(node, "timeout").value_or(number.timeout);
    if (number.timeout < seconds(1)) {
        reading.error(node.find("timeout")->at, "no program is given less than a second", "1s or longer");
    }
    number.extract = reading.text(node, "extract");
    metric.run = std::move(number);
    if (const Entry* from = node.entry("from")) {
        reading.error(from->at, "a program is asked by no connection", "remove 'from'");
    }
    if (node.find("interval") == nullptr) {
        metric.interval = seconds(15); // a process each time
    }
    if (node.find("rehearse") == nullptr) {
        reading.warn(metric.at, "a program without rehearse: this plan can't be rehearsed",
                     "add rehearse: {value: …}, the number that it tells there");
    }
}

/// Of a deployment, or by a selector in a namespace.
void check_pods(Reading& reading, const Node& logs, const LogRate& rate) {
    const Entry* name_space = logs.entry("namespace");
    if (logs.find("workload") != nullptr && name_space != nullptr) {
        reading.error(name_space->at, "the workload says its namespace itself", "remove 'namespace'");
    }
    const Node* selector = logs.find("selector");
    if (selector != nullptr && logs.find("workload") == nullptr) {
        if (name_space == nullptr) {
            reading.error(selector->at, "a selector without the namespace of its pods", "add 'namespace:'");
        }
        if (selector->is_scalar() && rate.selector.find_first_not_of(" \t") == std::string::npos) {
            reading.error(selector->at, "an empty selector is every pod of the namespace", "name labels: 'app=shop'");
        }
    }
}

void read_logs(Reading& reading, const Node& node, Metric& metric) {
    const Node& logs = *node.find("logs");
    LogRate rate;
    rate.workload = reading.text(logs, "workload");
    rate.name_space = reading.filled(logs, "namespace");
    rate.selector = reading.filled(logs, "selector");
    rate.container = reading.text(logs, "container");
    rate.pattern = reading.text(logs, "pattern");
    rate.over = reading.duration(logs, "over").value_or(rate.over);
    if (node.find("interval") == nullptr) {
        metric.interval = seconds(10); // a request for each pod
    }
    metric.logs = rate;
    if (!logs.is_map()) {
        return; // which was told
    }
    check_pods(reading, logs, rate);
    if (const auto pattern = Pattern::compile(rate.pattern);
        !rate.pattern.empty() && pattern && pattern->found_in("")) {
        reading.error(logs.find("pattern")->at, "the pattern is found in every line, the empty one too",
                      "say what a line must hold; '.' is any line that is not empty");
    }
    if (rate.over < metric.interval) {
        const Node* over = logs.find("over");
        reading.error(over != nullptr ? over->at : logs.at,
                      fmt::format("a window of {} is shorter than the {} between two polls", duration_text(rate.over),
                                  duration_text(metric.interval)),
                      fmt::format("over: {} or longer, or a shorter 'interval'", duration_text(metric.interval)));
    }
    const Node* unit = node.find("unit");
    if (unit != nullptr && unit->is_scalar() && metric.unit != "per-second") {
        reading.error(unit->at, fmt::format("lines are told per second, not in '{}'", metric.unit),
                      "write unit: per-second");
    }
    check_answers(reading, node, metric, "kubernetes");
}

} // namespace

void check_answers(Reading& reading, const Node& node, const Metric& metric, std::string_view kind) {
    const Node* from = node.find("from");
    if (from == nullptr) {
        if (node.is_map()) {
            reading.error(node.at, fmt::format("of '{}' nobody says who answers", metric.name),
                          fmt::format("add 'from:', a {} connection", kind));
        }
    } else if (reading.check_known(metric.from, from->at, "connection", reading.names.connections) &&
               reading.names.connection_kinds[metric.from] != kind) {
        reading.error(from->at,
                      fmt::format("'{}' is a {} connection, this metric needs {}", metric.from,
                                  reading.names.connection_kinds[metric.from], kind),
                      "name a connection of that kind");
    }
}

std::optional<double> read_rehearsed(Reading& reading, const Node& node, const Metric& metric) {
    const Node* rehearse = node.find("rehearse");
    const Node* value = rehearse != nullptr ? rehearse->find("value") : nullptr;
    if (value == nullptr || !value->is_scalar()) {
        return std::nullopt;
    }
    if (!metric.states.empty()) {
        for (const State& state : metric.states) {
            if (state.name == value->text) {
                return state.value;
            }
        }
        reading.error(value->at, fmt::format("'{}' is no state of '{}'", value->text, metric.name),
                      "write one of its states, as the plan calls it");
        return std::nullopt;
    }
    const auto number = parse_number(value->text);
    if (!number || !std::isfinite(*number)) {
        reading.error(value->at, fmt::format("'{}' is no number", value->text),
                      "write it in the metric's unit, without one: 0.2, 61");
        return std::nullopt;
    }
    return *number;
}

void read_number(Reading& reading, const Node& node, Metric& metric) {
    metric.rehearsed = read_rehearsed(reading, node, metric);
    refuse_what_asks_for_series(reading, node);
    if (node.find("http") != nullptr) {
        read_http(reading, node, metric);
        return;
    }
    if (node.find("logs") != nullptr) {
        read_logs(reading, node, metric);
        return;
    }
    for (const auto kind : {ReachRead::Kind::dns, ReachRead::Kind::tcp, ReachRead::Kind::tls}) {
        if (node.find(name(kind)) != nullptr) {
            read_reach(reading, node, kind, metric);
            return;
        }
    }
    if (const Node* configs = node.find("configs")) {
        metric.config = read_config_number(reading, *configs);
        check_answers(reading, node, metric, "kafka");
        if (node.find("interval") == nullptr) {
            metric.interval = minutes(1); // it changes when somebody changes it
        }
        return;
    }
    if (const Node* sasl = node.find("sasl")) {
        read_login(reading, node, *sasl, metric);
        return;
    }
    read_run(reading, node, metric);
}

} // namespace sluice::plan
