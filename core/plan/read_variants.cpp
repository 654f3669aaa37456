/// Severity, variants, follow-up work, the session that is asked for.
#include "plan/loader.h"
#include "plan/reading.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

void read_severity(Reading& reading, const Entry& entry) {
    SeverityLevel level;
    level.id = entry.key;
    level.at = entry.at;
    level.title = reading.text(entry.value, "title", entry.key);
    level.response = reading.filled(entry.value, "response");
    level.option = reading.text(entry.value, "propose");
    if (const Node* option = entry.value.find("propose")) {
        reading.check_known(level.option, option->at, "rollback option", reading.names.options);
    }
    if (const Node* when = entry.value.find("when")) {
        level.when = read_condition_of_all(reading, *when);
    }
    reading.plan.severity.push_back(std::move(level));
}

/// Kinds with steps of their own, and those that the check of what is ready for traffic looks at, stay where they are.
bool may_replace(const StepBody& body) {
    return !std::holds_alternative<Group>(body) && !std::holds_alternative<Decide>(body) &&
           !std::holds_alternative<Shift>(body);
}

void read_replaced(Reading& reading, const Node& node, Variant& variant) {
    const std::string id = reading.text(node, "id");
    const Node* place = node.find("id");
    const Step* original = nullptr;
    for (const Step& step : reading.plan.steps) {
        original = step.id == id ? &step : original;
    }
    if (!original || !place) {
        return; // told by the check of its reference
    }
    if (const Entry* undo = node.entry("undo")) {
        reading.error(undo->at, "what takes a step back is the same in all variants", "write it at the step itself");
    }
    std::vector<Step> one;
    Node list;
    list.kind = Node::Kind::list;
    list.at = node.at;
    list.items = {node};
    (void)read_steps(reading, list, original->parent, original->choice, one, std::nullopt);
    if (one.size() != 1 || !may_replace(one.front().body) || !may_replace(original->body)) {
        reading.error(place->at, fmt::format("the step '{}' can't be replaced", id),
                      "groups, decisions and shifts stay as they are; omit it, or replace what stands within it");
        return;
    }
    Step& step = one.front();
    for (const Output& output : original->outputs) {
        if (std::none_of(step.outputs.begin(), step.outputs.end(),
                         [&](const Output& own) { return own.name == output.name; })) {
            reading.error(place->at, fmt::format("the step that replaces '{}' does not give '{}'", id, output.name),
                          "later steps may use it: give it the same outputs");
        }
    }
    if (const Entry* needs = node.entry("needs")) { // the order of the plan is checked once, as it stands
        reading.error(needs->at, "what a step waits for is the same in all variants", "write it at the step itself");
    }
    step.needs = original->needs;
    step.makes_ready = original->makes_ready;
    variant.replace[id] = std::move(step);
}

void read_variant(Reading& reading, const Entry& entry) {
    const Node& node = entry.value;
    Variant variant;
    variant.id = entry.key;
    variant.at = entry.at;
    variant.title = reading.text(node, "title", entry.key);
    variant.window = reading.boolean(node, "window", true);
    if (const Node* omit = node.find("omit")) {
        const auto add = [&](const Node& one) {
            reading.step_refs.push_back({one.text, one.at, false});
            variant.omit.insert(one.text);
            for (const Step& step : reading.plan.steps) {
                if (step.id != one.text) {
                    continue;
                }
                if (step.required || !step.outputs.empty() || !step.makes_ready.empty()) {
                    reading.error(one.at, fmt::format("the step '{}' can't be left out", step.id),
                                  step.required ? "the plan says that it is required"
                                                : "later steps rest on what it gives; replace it");
                }
            }
        };
        if (omit->is_list()) {
            std::for_each(omit->items.begin(), omit->items.end(), add);
        } else {
            add(*omit);
        }
    }
    const Node* approve = node.find("approve");
    for (std::size_t i = 0; approve != nullptr && i < approve->entries.size(); ++i) {
        const Entry& one = approve->entries[i];
        reading.step_refs.push_back({one.key, one.at, false});
        for (const Step& step : reading.plan.steps) {
            if (step.id == one.key && !std::holds_alternative<Approve>(step.body)) {
                reading.error(one.at, fmt::format("'{}' is no approval", one.key), "name a step that is one");
            }
        }
        variant.approve[one.key] = read_approve(reading, one.value);
    }
    const Node* replace = node.find("replace");
    for (std::size_t i = 0; replace != nullptr && i < replace->items.size(); ++i) {
        if (const Node* id = replace->items[i].find("id")) {
            reading.step_refs.push_back({id->text, id->at, false});
        }
        read_replaced(reading, replace->items[i], variant);
    }
    reading.plan.variants.push_back(std::move(variant));
}

} // namespace

void read_contingencies(Reading& reading, const Node& root) {
    const auto each = [&](const char* key, void (*read)(Reading&, const Entry&)) {
        const Node* map = root.find(key);
        for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
            read(reading, map->entries[i]);
        }
    };
    each("severity", read_severity);
    each("variants", read_variant);
    if (const Node* node = root.find("requires-session"); node != nullptr && node->is_map()) {
        RequiredSession wanted;
        wanted.at = node->at;
        wanted.plan = reading.text(*node, "plan", reading.plan.id);
        wanted.environment = reading.filled(*node, "environment");
        wanted.outcome = reading.text(*node, "outcome");
        wanted.mode = reading.text(*node, "mode");
        wanted.rolled_back = reading.text(*node, "includes") == "rollback";
        wanted.within = reading.duration(*node, "within").value_or(hours(24 * 7));
        reading.plan.requires_session = std::move(wanted);
    }
}

Result<void> take_variant(Plan& plan, const std::string& id) {
    if (id.empty()) {
        return {};
    }
    const auto found =
        std::find_if(plan.variants.begin(), plan.variants.end(), [&](const Variant& one) { return one.id == id; });
    if (found == plan.variants.end()) {
        std::vector<std::string> known;
        for (const Variant& one : plan.variants) {
            known.push_back(one.id);
        }
        return fail(ErrorCode::bad_input, "the plan has no variant '" + id + "'", "--variant " + id,
                    known.empty() ? "it has none" : fmt::format("one of: {}", fmt::join(known, ", ")));
    }
    const Variant variant = *found;
    for (Step& step : plan.steps) {
        if (const auto other = variant.replace.find(step.id); other != variant.replace.end()) {
            step = other->second;
        }
        if (const auto approve = variant.approve.find(step.id); approve != variant.approve.end()) {
            step.body = approve->second;
        }
        if (variant.omit.contains(step.id)) {
            step.left_out = "the variant '" + id + "' leaves it out";
        }
    }
    for (Step& step : plan.steps) {
        if (const auto* wait = std::get_if<Wait>(&step.body); wait && wait->window && !variant.window) {
            step.left_out = "the variant '" + id + "' is not bound by the calendar";
        }
    }
    for (Phase& phase : plan.phases) {
        phase.window = phase.window && variant.window;
    }
    plan.variant = id;
    return {};
}

} // namespace sluice::plan
