/// The plan's own alert rules: they are watched as triggers are, and tell people.
#include "plan/reading.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

void read_route(Reading& reading, const Node& node, Alert& alert) {
    alert.to = reading.texts(node, "to");
    const Node* to = node.find("to");
    if (to != nullptr && to->is_list() && to->items.empty()) {
        reading.error(to->at, "an alert for nobody", "name a channel");
    }
    for (const auto& channel : alert.to) {
        reading.check_known(channel, to->at, "channel", reading.names.channels);
    }
}

/// One that waits for nothing but an absence has no limit; what it looks at is the metric alone.
void read_what(Reading& reading, const Node& node, Alert& alert) {
    const Node* metric = node.find("metric");
    alert.absent = reading.duration(node, "absent");
    alert.only_absent = alert.absent && metric != nullptr && node.find("must") == nullptr;
    if (const Node* absent = node.find("absent"); absent != nullptr && metric == nullptr) {
        reading.error(absent->at, "only one metric can be absent", "write metric: beside it, or remove it");
    }
    if (!alert.only_absent) {
        alert.rule.condition = read_condition(reading, node);
        return;
    }
    Condition& condition = alert.rule.condition;
    condition.kind = Condition::Kind::metric;
    condition.name = metric->text;
    condition.at = node.at;
    reading.check_known(metric->text, metric->at, "metric", reading.names.metrics);
    if (const Node* arm = node.find("arm")) {
        condition.arm = arm->text;
        reading.check_known(arm->text, arm->at, "arm", reading.names.arms);
        check_arm(reading, condition.name, node);
    }
    if (const Entry* entry = node.entry("for")) {
        reading.error(entry->at, "'for' is of a limit, and this one has none", "absent: says how long");
    }
}

void read_alert(Reading& reading, const Node& node, std::set<std::string>& ids) {
    Alert alert;
    Trigger& rule = alert.rule;
    rule.at = node.at;
    rule.id = reading.text(node, "id");
    rule.title = node.find("title") != nullptr ? reading.filled(node, "title") : rule.id;
    read_what(reading, node, alert);
    rule.arm = reading.text(node, "arm");
    rule.for_ = reading.duration(node, "for").value_or(Nanos{});
    rule.from = reading.text(node, "from");
    rule.until = reading.text(node, "until");
    alert.page = reading.text(node, "severity", "warning") == "page";
    alert.text = reading.filled(node, "text");
    alert.advice = reading.filled(node, "advice");
    alert.send_resolved = reading.boolean(node, "send-resolved", true);
    alert.repeat = reading.duration(node, "repeat");
    read_route(reading, node, alert);
    if (alert.repeat && *alert.repeat < seconds(30)) {
        reading.error(node.find("repeat")->at, "nobody reads a message that often", "30s or longer");
    }
    if (!rule.id.empty() && !ids.insert(rule.id).second) {
        reading.error(node.find("id")->at, fmt::format("two alerts have the id '{}'", rule.id), "rename one of them");
    }
    for (const char* key : {"from", "until"}) {
        if (const Node* step = node.find(key)) {
            reading.step_refs.push_back({step->text, step->at, false});
        }
    }
    reading.plan.alerts.push_back(std::move(alert));
}

} // namespace

void read_alert_rules(Reading& reading, const Node& root) {
    const Node* alerts = root.find("alerts");
    std::set<std::string> ids;
    for (std::size_t i = 0; alerts != nullptr && i < alerts->items.size(); ++i) {
        if (alerts->items[i].is_map()) {
            read_alert(reading, alerts->items[i], ids);
        }
    }
}

} // namespace sluice::plan
