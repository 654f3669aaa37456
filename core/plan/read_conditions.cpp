#include "plan/reading.h"

#include "base/quantity.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

void say_which_arm(Reading& reading, const Condition& condition) {
    for (const Condition& part : condition.parts) {
        say_which_arm(reading, part);
    }
    const auto& metrics = reading.plan.metrics;
    const auto metric =
        std::find_if(metrics.begin(), metrics.end(), [&](const Metric& one) { return one.name == condition.name; });
    if (condition.kind == Condition::Kind::metric && metric != metrics.end() && !metric->by_arm.empty() &&
        condition.arm.empty()) {
        reading.error(condition.at, fmt::format("'{}' is measured by arm, and this does not say which", condition.name),
                      "add arm:");
    }
}

void read_variable_test(Reading& reading, const Node& node, Condition& condition) {
    const auto check_alone = [&](const char* key) {
        const Entry* entry = node.entry(key);
        if (entry != nullptr && !condition.values.empty()) {
            reading.error(entry->at, "a condition on a variable has one test", "keep one of equals, in, matches");
        }
        return entry != nullptr;
    };
    if (check_alone("equals")) {
        condition.values = {reading.filled(node, "equals")};
    }
    if (check_alone("in")) {
        condition.test = Condition::Test::in;
        condition.values = reading.filled_list(node.find("in"));
    }
    if (check_alone("matches")) {
        condition.test = Condition::Test::matches;
        condition.values = {reading.text(node, "matches")};
    }
    if (condition.values.empty()) {
        reading.error(node.at, fmt::format("the condition on '{}' has no test", condition.name),
                      "add one of equals, in, matches");
    }
}

/// `must` and `arm` belong to a metric, the tests to a variable; elsewhere they would be ignored in silence.
void check_strays(Reading& reading, const Node& node, Condition::Kind kind) {
    for (const char* key : {"must", "arm"}) {
        const Entry* entry = node.entry(key);
        if (entry != nullptr && kind != Condition::Kind::metric &&
            !(node.find("do") != nullptr && key == std::string("arm"))) {
            reading.error(entry->at, fmt::format("'{}' belongs to a metric", key), "remove it");
        }
    }
    for (const char* key : {"equals", "in", "matches"}) {
        const Entry* entry = node.entry(key);
        if (entry != nullptr && kind != Condition::Kind::variable) {
            reading.error(entry->at, fmt::format("'{}' belongs to a variable", key), "remove it");
        }
    }
}

Matcher read_simple_matcher(Reading& reading, const Node& node) {
    Matcher matcher;
    if (node.is_scalar()) {
        matcher.values = {reading.filled(node)};
        return matcher;
    }
    for (const Entry& entry : node.entries) {
        if (entry.key == "equals") {
            matcher.values = {reading.filled(entry.value)};
        } else if (entry.key == "in") {
            matcher.kind = Matcher::Kind::in;
            matcher.values = reading.filled_list(&entry.value);
        } else if (entry.key == "matches") {
            matcher.kind = Matcher::Kind::matches;
            matcher.values = {entry.value.text};
        } else if (entry.key == "must") {
            matcher.kind = Matcher::Kind::must;
            matcher.must = read_number_limit(reading, node, "must").value_or(Must{});
        } else if (entry.key == "version-at-least") {
            matcher.kind = Matcher::Kind::at_least_version;
            matcher.values = {reading.filled(entry.value)};
        } else if (entry.key == "younger-than") {
            matcher.kind = Matcher::Kind::younger_than;
            matcher.age = reading.duration(node, "younger-than").value_or(Nanos{});
        } else if (entry.key != "of") {
            reading.error(entry.at, fmt::format("'{}' can't stand within another quantity", entry.key),
                          "test the values with equals, in, matches or must");
        }
    }
    return matcher;
}

JsonExpect read_json_expect(Reading& reading, const Entry& entry) {
    JsonExpect expect;
    expect.pointer = entry.key;
    expect.at = entry.at;
    using Quantity = JsonExpect::Quantity;
    static constexpr std::array quantities{std::pair{"all", Quantity::all}, std::pair{"any", Quantity::any},
                                           std::pair{"none", Quantity::none}};
    for (const auto& [key, quantity] : quantities) {
        if (const Node* inner = entry.value.find(key)) {
            expect.quantity = quantity;
            expect.matcher = read_simple_matcher(reading, *inner);
            return expect;
        }
    }
    if (entry.value.find("count") != nullptr) {
        expect.quantity = Quantity::count;
        expect.count = read_number_limit(reading, entry.value, "count").value_or(Must{});
        expect.matcher.kind = Matcher::Kind::matches;
        expect.matcher.values = {""}; // any value
        if (const Node* of = entry.value.find("of")) {
            expect.matcher = read_simple_matcher(reading, *of);
        }
        return expect;
    }
    if (const Entry* of = entry.value.entry("of")) {
        reading.error(of->at, "'of' belongs to count", "write {count: '>= 1', of: …}");
    }
    expect.matcher = read_simple_matcher(reading, entry.value);
    return expect;
}

} // namespace

std::optional<Must> read_number_limit(Reading& reading, const Node& map, const char* key) {
    auto must = reading.must(map, key);
    if (must && !must->states.empty()) {
        reading.error(map.find(key)->at, fmt::format("'{}' names a state, and this is a number", must->text),
                      "compare it: '>= 3'; states are those of a metric");
    }
    return must;
}

void check_metric_limit(Reading& reading, const std::string& metric, const Node& map) {
    const Node* node = map.find("must");
    const auto limit = reading.must(map, "must");
    const auto found = std::find_if(reading.plan.metrics.begin(), reading.plan.metrics.end(),
                                    [&](const Metric& one) { return one.name == metric; });
    if (!limit || found == reading.plan.metrics.end()) {
        return;
    }
    if (const auto fine = of_metric(*limit, *found); !fine) {
        reading.error(node->at, fine.error().what, fine.error().remedy);
    }
    check_arm(reading, metric, map);
}

void check_arm(Reading& reading, const std::string& metric, const Node& map) {
    const auto found = std::find_if(reading.plan.metrics.begin(), reading.plan.metrics.end(),
                                    [&](const Metric& one) { return one.name == metric; });
    const Node* arm = map.find("arm");
    if (arm != nullptr && found != reading.plan.metrics.end() && found->by_arm.empty()) {
        reading.error(arm->at, fmt::format("the metric '{}' has no arms", metric),
                      "remove the arm, or give the metric a by-arm");
    }
}

Condition read_condition_of_all(Reading& reading, const Node& node) {
    Condition condition = read_condition(reading, node);
    say_which_arm(reading, condition);
    return condition;
}

Condition read_condition(Reading& reading, const Node& node) {
    Condition condition;
    condition.at = node.at;
    if (!node.is_map()) {
        return condition;
    }
    if (node.find("is") != nullptr) {
        condition.text = reading.filled(node, "is");
        if (condition.text.find("${") == std::string::npos && condition.text != "true" && condition.text != "false") {
            reading.error(node.find("is")->at, fmt::format("'{}' is neither true nor false", condition.text),
                          "write a name as '${name}'");
        }
    } else if (const Node* metric = node.find("metric")) {
        condition.kind = Condition::Kind::metric;
        condition.name = metric->text;
        reading.check_known(metric->text, metric->at, "metric", reading.names.metrics);
        if (const Node* arm = node.find("arm")) {
            condition.arm = arm->text;
            reading.check_known(arm->text, arm->at, "arm", reading.names.arms);
        }
        condition.must = reading.must(node, "must").value_or(Must{});
        if (node.find("must") == nullptr) {
            reading.error(node.at, fmt::format("the condition on the metric '{}' has no limit", metric->text),
                          "add must: '< LIMIT'");
        }
        check_metric_limit(reading, condition.name, node);
        if (const auto* known = reading.plan.metric(condition.name)) {
            condition.must = of_metric(condition.must, *known).value_or(condition.must);
        }
    } else if (const Node* variable = node.find("var")) {
        condition.kind = Condition::Kind::variable;
        condition.name = variable->text;
        reading.used(*variable); // a variable, an output of a step before, or what is built in
        read_variable_test(reading, node, condition);
    } else if (const Node* negated = node.find("not")) {
        condition.kind = Condition::Kind::negation;
        condition.parts = {read_condition(reading, *negated)};
    } else {
        const Node* all = node.find("all");
        const Node* parts = all != nullptr ? all : node.find("any");
        condition.kind = all != nullptr ? Condition::Kind::all : Condition::Kind::any;
        for (std::size_t i = 0; parts != nullptr && i < parts->items.size(); ++i) {
            condition.parts.push_back(read_condition(reading, parts->items[i]));
        }
        if (parts != nullptr && parts->is_list() && parts->items.empty()) {
            reading.error(parts->at, "an empty list of conditions", "name at least one");
        }
    }
    check_strays(reading, node, condition.kind);
    return condition;
}

Expect read_expect(Reading& reading, const Node* node) {
    Expect expect;
    if (node == nullptr || !node->is_map()) {
        return expect;
    }
    expect.exit = reading.integers(*node, "exit");
    expect.status = reading.integers(*node, "status");
    for (const auto& [key, wanted] : {std::pair{"text", true}, std::pair{"no-text", false}}) {
        for (const std::string& pattern : reading.texts(*node, key)) {
            expect.text.push_back({pattern, wanted, node->find(key)->at});
        }
    }
    if (const Node* json = node->find("json")) {
        for (const Entry& entry : json->entries) {
            expect.json.push_back(read_json_expect(reading, entry));
        }
    }
    expect.number = read_number_limit(reading, *node, "number");
    expect.ready = read_number_limit(reading, *node, "ready");
    if (node->find("version-at-least") != nullptr) {
        expect.at_least = reading.filled(*node, "version-at-least");
    }
    expect.refused = reading.boolean(*node, "refused", false);
    return expect;
}

} // namespace sluice::plan
