/// Metrics that are one number of something that is asked as it is: of an HTTP answer, of a certificate, of a program.
#include "base/json.h"
#include "plan/reading.h"

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

void check_unit(Reading& reading, const Node& node, const Metric& metric) {
    const What what = metric.http->what;
    const char* wanted = what == What::latency ? "s" : what == What::json ? "" : "count";
    const Node* unit = node.find("unit");
    if (unit != nullptr && unit->is_scalar() && *wanted != '\0' && metric.unit != wanted) {
        reading.error(unit->at, fmt::format("{} is told in '{}', not in '{}'", name(what), wanted, metric.unit),
                      fmt::format("write unit: {}", wanted));
    }
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
    if (connection.kind == ConnectionKind::http && connection.settings.contains("via")) {
        reading.error(at, fmt::format("by '{}' the certificate of the cluster's API server is seen", connection.name),
                      "name a host connection whose port shows the service's own");
    } else if (connection.kind == ConnectionKind::http && !address_in(connection.settings).starts_with("https://")) {
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
        if (node.find("rehearse") == nullptr) {
            reading.warn(metric.at, "a look at what no rehearsal has, without rehearse: this plan can't be rehearsed",
                         "add rehearse: {value: 90}");
        }
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

} // namespace

std::optional<double> read_rehearsed(Reading& reading, const Node& node) {
    const Node* rehearse = node.find("rehearse");
    const Node* value = rehearse != nullptr ? rehearse->find("value") : nullptr;
    if (value == nullptr || !value->is_scalar()) {
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
    metric.rehearsed = read_rehearsed(reading, node);
    refuse_what_asks_for_series(reading, node);
    if (node.find("http") != nullptr) {
        read_http(reading, node, metric);
    } else {
        read_run(reading, node, metric);
    }
}

} // namespace sluice::plan
