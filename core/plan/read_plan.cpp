#include "plan/reading.h"

#include "base/quantity.h"
#include "plan/fill.h"
#include "plan/shape_check.h"
#include "plan/variables.h"
#include "series/promql.h"
#include "series/promql/expression.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

std::vector<std::string> keys_of(const Node* map) {
    std::vector<std::string> keys;
    for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
        keys.push_back(map->entries[i].key);
    }
    return keys;
}

void collect_names(Reading& reading, const Node& root) {
    Names& names = reading.names;
    names.variables = keys_of(root.find("variables"));
    names.connections = keys_of(root.find("connections"));
    names.arms = keys_of(root.find("arms"));
    names.metrics = keys_of(root.find("metrics"));
    names.traffic = keys_of(root.find("traffic"));
    names.severities = keys_of(root.find("severity"));
    names.messages = keys_of(root.find("messages"));
    names.channels = keys_of(root.find("channels"));
    names.roles = reading.texts(root, "roles");
    if (const Node* rollback = root.find("rollback")) {
        names.options = keys_of(rollback->find("options"));
    }
    if (const Node* connections = root.find("connections")) {
        for (const Entry& entry : connections->entries) {
            names.connection_kinds[entry.key] = entry.value.entries.empty() ? "" : entry.value.entries.front().key;
        }
    }
}

VariableType type_named(const std::string& text) {
    for (int i = 0; i <= static_cast<int>(VariableType::secret); ++i) {
        if (text == plan::name(static_cast<VariableType>(i))) {
            return static_cast<VariableType>(i);
        }
    }
    return VariableType::string;
}

void read_variable(Reading& reading, const Entry& entry) {
    const Node& node = entry.value;
    Variable variable;
    variable.name = entry.key;
    variable.at = entry.at;
    variable.type = type_named(reading.text(node, "type", "string"));
    variable.title = reading.text(node, "title", entry.key);
    variable.pattern = reading.text(node, "pattern");
    variable.choices = reading.texts(node, "choices");
    variable.ask = reading.boolean(node, "ask", false);
    if (variable.type == VariableType::secret) {
        reading.names.secrets.insert(variable.name);
    }
    if (const auto& built_in = built_in_names();
        std::find(built_in.begin(), built_in.end(), entry.key) != built_in.end()) {
        reading.error(entry.at, fmt::format("'{}' is the name of a built-in value", entry.key), "take another name");
    }
    if (variable.type == VariableType::enumeration && variable.choices.empty() && node.is_map()) {
        reading.error(node.at, fmt::format("the enum '{}' has no choices", entry.key), "add choices: [a, b]");
    }
    if (const Node* by_default = node.find("default"); by_default != nullptr && by_default->is_scalar()) {
        variable.by_default = by_default->text;
        if (by_default->text.find("${") == std::string::npos) {
            if (const auto fine = check_value(variable, by_default->text); !fine) {
                reading.error(by_default->at, fmt::format("the default of '{}': {}", entry.key, fine.error().what),
                              fine.error().remedy);
            }
        } else {
            reading.uses.push_back(
                {by_default->text, by_default->at, by_default->offset, {}, false, true, reading.plan.variables.size()});
        }
    }
    if (const Node* required_if = node.find("required-if")) {
        variable.required_if = read_condition(reading, *required_if);
    }
    reading.plan.variables.push_back(std::move(variable));
}

/// What a Kafka connection names as secrets; what has a wrong form was told by shape_check.
void note_secrets(Reading& reading, const Node& settings, const std::string& connection) {
    const Node* security = settings.find("security");
    for (std::size_t i = 0; security != nullptr && i < security->entries.size(); ++i) {
        const Entry& entry = security->entries[i];
        if (entry.key == "password" || entry.key == "key") {
            reading.plan.secrets.push_back({entry.value.text, fmt::format("connection {}, {}", connection, entry.key)});
        }
    }
}

void check_kafka_certificate(Reading& reading, const Node& security) {
    check_certificate_pair(reading, security);
    const Node* protocol = security.find("protocol");
    const bool by_tls = protocol != nullptr && (protocol->text == "ssl" || protocol->text == "sasl_ssl");
    for (const Entry* entry : {security.entry("certificate"), security.entry("ca")}) {
        if (entry != nullptr && !by_tls) {
            reading.error(entry->at, fmt::format("'{}' counts only where the brokers are spoken to by TLS", entry->key),
                          "add protocol: ssl, or sasl_ssl");
        }
    }
}

/// A name as DNS has it, or an address; only one of IPv6 has colons.
bool is_host(const std::string& text) {
    const auto colons = std::count(text.begin(), text.end(), ':');
    const auto fits = [&](unsigned char c) {
        return colons == 0 ? std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'
                           : std::isxdigit(c) != 0 || c == ':' || c == '.';
    };
    return !text.empty() && text.front() != '-' && text.front() != '.' && text.find("..") == text.npos && colons != 1 &&
           std::all_of(text.begin(), text.end(), fits);
}

void read_connection(Reading& reading, const Entry& entry) {
    Connection connection;
    connection.name = entry.key;
    connection.at = entry.at;
    if (!entry.value.is_map() || entry.value.entries.empty()) {
        return;
    }
    const Entry& kind = entry.value.entries.front();
    connection.kind = kind.key == "kubernetes"     ? ConnectionKind::kubernetes
                      : kind.key == "prometheus"   ? ConnectionKind::prometheus
                      : kind.key == "scrape"       ? ConnectionKind::scrape
                      : kind.key == "alertmanager" ? ConnectionKind::alertmanager
                      : kind.key == "kafka"        ? ConnectionKind::kafka
                      : kind.key == "host"         ? ConnectionKind::host
                                                   : ConnectionKind::http;
    connection.settings = plain_json(kind.value);
    if (connection.settings.is_null()) {
        connection.settings = Json::object();
    }
    const Node* url = kind.value.find("url");
    if (url != nullptr && url->is_scalar() && !url->text.starts_with("http://") && !url->text.starts_with("https://")) {
        reading.error(url->at, fmt::format("'{}' is no URL", url->text), "start with http:// or https://");
    }
    if (connection.kind == ConnectionKind::scrape && url != nullptr && url->is_scalar()) {
        connection.settings["url"] = scrape_url(url->text);
    }
    if (const auto interval = reading.duration(kind.value, "interval"); interval && *interval < seconds(1)) {
        reading.error(kind.value.find("interval")->at, "a service can't be scraped more than once a second",
                      "1s or longer");
    }
    if (const Node* host = kind.value.find("host");
        host != nullptr && host->is_scalar() && connection.kind == ConnectionKind::host) {
        connection.settings["host"] = host->text; // "10.1" is no number here
        if (!is_host(host->text)) {
            reading.error(host->at, fmt::format("'{}' is neither the name of a host nor an address", host->text),
                          "without scheme, user and path; a port stands beside it in port:");
        }
    }
    if (speaks_http(connection.kind)) {
        read_way(reading, kind.value, connection.name);
    }
    if (const Node* security = kind.value.find("security");
        security != nullptr && connection.kind == ConnectionKind::kafka && security->is_map() && !reading.of_log) {
        check_kafka_certificate(reading, *security);
    }
    note_secrets(reading, kind.value, connection.name);
    reading.plan.connections.push_back(std::move(connection));
}

/// Matchers read like those of PromQL, whose reader tells what is wrong with one; one that fills in values is read when
/// these are known.
AlertQuery read_alerts(Reading& reading, const Node& node) {
    AlertQuery query{reading.filled_list(node.find("matchers"))};
    const Node* matchers = node.find("matchers");
    for (std::size_t i = 0; matchers != nullptr && i < matchers->items.size(); ++i) {
        const Node& one = matchers->items[i];
        if (one.is_scalar() && one.text.find("${") == std::string::npos) {
            const auto read = series::promql::parse("alert{" + one.text + "}");
            const auto* selector = read ? std::get_if<series::promql::Selector>(&read->root().node) : nullptr;
            if (selector == nullptr || selector->matchers.size() != 2) { // the name, and this one
                reading.error(one.at, fmt::format("'{}' is not one matcher", one.text),
                              "write severity=\"critical\", or with !=, =~ or !~");
            }
        }
    }
    return query;
}

/// Whether the metric is evaluated over what one connection scrapes. Then it is polled as often as that is scraped, and
/// a range must hold two scrapes, or it would never have an answer.
bool read_scraped(Reading& reading, const Node& node, Metric& metric) {
    const auto* connection = reading.plan.connection(metric.from);
    if (metric.query.empty() || connection == nullptr || connection->kind != ConnectionKind::scrape) {
        return false;
    }
    const Nanos interval = scrape_interval(*connection);
    if (node.find("interval") == nullptr) {
        metric.interval = interval;
    } else if (!metric.max_age && metric.interval < interval) {
        metric.max_age = std::max(interval * 3, seconds(30)); // what was scraped can't be younger
    }
    const Node* empty = node.find("empty");
    for (const auto& [at, text] :
         {std::pair(node.find("query"), &metric.query),
          std::pair(empty != nullptr ? empty->find("zero-while") : nullptr, &metric.zero_while)}) {
        const auto query = text->empty() || text->find("${") != std::string::npos
                               ? std::nullopt
                               : std::optional(series::promql::parse(*text));
        const auto shortest = query && *query ? (*query)->shortest_range() : std::nullopt;
        if (shortest && *shortest < interval * 2) {
            reading.error(
                at->at,
                fmt::format("a range of {} never surely holds two scrapes, one each {}", duration_text(*shortest),
                            duration_text(interval)),
                fmt::format("{} or longer, or a shorter 'interval' of '{}'", duration_text(interval * 2), metric.from));
        }
    }
    return true;
}

void read_metric(Reading& reading, const Entry& entry) {
    const Node& node = entry.value;
    Metric metric;
    metric.name = entry.key;
    metric.at = entry.at;
    metric.title = reading.text(node, "title", entry.key);
    metric.from = reading.text(node, "from");
    metric.query = reading.filled(node, "query");
    if (const Node* lag = node.find("lag")) {
        metric.lag = LagQuery{reading.filled_list(lag->find("groups")), reading.filled_list(lag->find("topics"))};
    }
    if (const Node* health = node.find("health")) {
        metric.health = HealthQuery{reading.filled(*health, "path"), read_expect(reading, health->find("expect"))};
    }
    const auto has = [&](const char* key) { return node.find(key) != nullptr; };
    const bool number = has("http") || has("dns") || has("tcp") || has("tls") || has("configs") || has("sasl") ||
                        has("run") || has("logs");
    const bool cluster = has("kubernetes");
    if (const Entry* rehearse = node.entry("rehearse"); rehearse != nullptr && !number && !cluster) {
        reading.error(rehearse->at, "'rehearse' means nothing for this kind of metric",
                      "remove it: the simulated production answers");
    }
    for (const char* key : {"environment", "folder", "timeout", "extract"}) {
        if (const Entry* own = node.entry(key); own != nullptr && node.find("run") == nullptr) {
            reading.error(own->at, fmt::format("'{}' means nothing for this kind of metric", key),
                          "remove it: it is a program's");
        }
    }
    if (const Node* alerts = node.find("alerts")) {
        metric.alerts = read_alerts(reading, *alerts);
    }
    metric.unit = reading.text(node, "unit");
    metric.by_arm = reading.text(node, "by-arm");
    static const std::vector<std::string> reduces{"none", "sum", "max", "min", "avg", "each", "any"};
    const auto reduce = std::find(reduces.begin(), reduces.end(), reading.text(node, "reduce", "none"));
    metric.reduce = reduce == reduces.end() ? Reduce::none : static_cast<Reduce>(reduce - reduces.begin());
    const std::string counted = reading.text(node, "counts");
    for (const auto one : {Counts::ready_replicas, Counts::wanted_replicas, Counts::restarts, Counts::alerts}) {
        metric.counts = counted == plan::name(one) ? one : metric.counts;
    }
    if (metric.counts != Counts::nothing && metric.reduce != Reduce::each &&
        (metric.counts == Counts::alerts || metric.by_arm.empty()) && node.find("derived") == nullptr) {
        reading.error(
            node.find("counts")->at, fmt::format("of '{}' nobody could tell what its one value is of", metric.name),
            metric.counts == Counts::alerts ? "say 'reduce: each', and keep the label alertname"
                                            : "say 'reduce: each', and keep the labels that name the workload");
    }
    metric.at_least = reading.integer(node, "at-least", 1);
    metric.interval = reading.duration(node, "interval").value_or(seconds(5));
    if (metric.interval < seconds(1)) {
        reading.error(node.find("interval")->at, "a metric can't be polled more than once a second", "1s or longer");
    }
    metric.max_age = reading.duration(node, "max-age");
    metric.freshness = reading.filled(node, "freshness");
    if (const Node* empty = node.find("empty")) {
        metric.zero_while = reading.filled(*empty, "zero-while");
    }
    read_states(reading, node, metric);
    if (number || cluster) {
        cluster ? read_cluster_number(reading, node, metric) : read_number(reading, node, metric);
        reading.plan.metrics.push_back(std::move(metric));
        return;
    }
    if (node.find("derived") != nullptr) {
        read_derived(reading, node);
        metric.interval = {}; // that of its parts, as soon as they are known
        reading.plan.metrics.push_back(std::move(metric));
        return;
    }
    const bool scraped = read_scraped(reading, node, metric);
    const char* kind = metric.lag      ? "kafka"
                       : metric.health ? "http"
                       : metric.alerts ? "alertmanager"
                       : scraped       ? "scrape"
                                       : "prometheus";
    check_answers(reading, node, metric, kind);
    reading.plan.metrics.push_back(std::move(metric));
}

void read_phases(Reading& reading, const Node& list) {
    std::set<std::string> ids;
    std::optional<StepId> before;
    if (list.is_list() && list.items.empty()) {
        reading.error(list.at, "the plan has no phases", "add one: {id: …, steps: […]}");
    }
    for (const Node& node : list.items) {
        if (!node.is_map()) {
            continue;
        }
        Phase phase;
        phase.id = reading.text(node, "id");
        phase.at = node.at;
        phase.title = reading.filled(node, "title", phase.id);
        phase.window = reading.boolean(node, "window", false);
        phase.follow_up = reading.boolean(node, "follow-up", false);
        phase.sets_t0 = phase.window && std::none_of(reading.plan.phases.begin(), reading.plan.phases.end(),
                                                     [](const Phase& earlier) { return earlier.sets_t0; });
        phase.planned = reading.duration(node, "planned");
        phase.at_window_end = read_at_window_end(reading, node);
        if (const Entry* end = node.entry("when-window-ends"); end != nullptr && !phase.window) {
            reading.error(end->at, "'when-window-ends' means nothing for a phase without a window",
                          "add window: true, or remove it");
        }
        if (!phase.id.empty() && !ids.insert(phase.id).second) {
            reading.error(node.find("id")->at, fmt::format("two phases have the id '{}'", phase.id),
                          "rename one of them");
        }
        if (const Node* steps = node.find("steps")) {
            phase.steps = read_steps(reading, *steps, {}, {}, reading.plan.steps, before);
            if (steps->is_list() && steps->items.empty()) {
                reading.error(steps->at, fmt::format("the phase '{}' has no steps", phase.id),
                              "add one, or remove the phase");
            }
        }
        if (!phase.steps.empty()) {
            before = phase.steps.back();
        }
        reading.plan.phases.push_back(std::move(phase));
    }
    const auto follows = [](const Phase& phase) { return phase.follow_up; };
    const auto first = std::find_if(reading.plan.phases.begin(), reading.plan.phases.end(), follows);
    for (auto phase = first; phase != reading.plan.phases.end(); ++phase) {
        if (!phase->follow_up || phase->window || phase == reading.plan.phases.begin()) {
            reading.error(phase->at,
                          !phase->follow_up ? fmt::format("the phase '{}' stands behind follow-up work", phase->id)
                          : phase->window   ? "follow-up work is not bound by the calendar"
                                            : "follow-up work follows a release",
                          "follow-up phases come last, after at least one other, and without window");
        }
    }
}

} // namespace

void read_plan(Reading& reading, const Node& root) {
    Plan& plan = reading.plan;
    collect_names(reading, root);
    plan.language = reading.integer(root, "sluice", 1);
    plan.id = reading.text(root, "id");
    plan.title = reading.filled(root, "title", plan.id);
    plan.roles = reading.names.roles;
    const auto each = [&](const char* key, void (*read)(Reading&, const Entry&)) {
        const Node* map = root.find(key);
        for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
            read(reading, map->entries[i]);
        }
    };
    each("variables", read_variable);
    if (const Node* release = root.find("release")) {
        plan.release = {reading.filled(*release, "application"),
                        reading.filled(*release, "type"),
                        reading.filled(*release, "environment"),
                        reading.filled(*release, "version"),
                        reading.filled(*release, "previous"),
                        {},
                        {},
                        {}};
        if (const Node* repository = release->find("repository")) {
            plan.release.repository_path = reading.filled(*repository, "path");
            plan.release.repository_from = reading.filled(*repository, "from");
            plan.release.repository_to = reading.filled(*repository, "to");
        }
    }
    if (const Node* calendar = root.find("calendar")) {
        read_calendar(reading, *calendar);
    }
    each("connections", read_connection);
    each("arms", [](Reading& r, const Entry& entry) {
        r.plan.arms.push_back({entry.key, r.text(entry.value, "workload"), r.text(entry.value, "service"),
                               r.filled(entry.value, "match", entry.key), entry.at});
    });
    each("metrics", read_metric);
    if (const Node* metrics = root.find("metrics")) {
        resolve_derived(reading, *metrics);
    }
    read_traffic(reading, root);
    read_messages(reading, root);
    if (const Node* rehearse = root.find("rehearse")) {
        plan.rehearse = plain_json(*rehearse);
        if (const Node* world = rehearse->find("world")) {
            check_beside(reading, *world);
        }
    }
    if (const Node* phases = root.find("phases")) {
        read_phases(reading, *phases);
    }
    if (const Entry* calendar = root.entry("calendar");
        calendar != nullptr &&
        std::none_of(plan.phases.begin(), plan.phases.end(), [](const Phase& phase) { return phase.window; })) {
        reading.warn(calendar->at, "no phase is bound by the calendar", "add window: true to those that are");
    }
    if (const Node* rollback = root.find("rollback")) {
        read_rollback(reading, *rollback);
    }
    read_alert_rules(reading, root);
    read_contingencies(reading, root);
}

} // namespace sluice::plan
