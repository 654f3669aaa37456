#include "plan/reading.h"

#include "base/quantity.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

std::string trimmed(std::string text) {
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

void read_within(Reading& reading, const Node& node) {
    const std::size_t after = node.text.find(" after ");
    const auto length = parse_duration(trimmed(node.text.substr(0, after)));
    if (after == std::string::npos || !length || length->count <= 0) {
        reading.error(node.at, fmt::format("'{}' does not say how long the way back stays open", node.text),
                      "write 'DURATION after STEP', for example '2h after to-100'");
        return;
    }
    reading.plan.rollback.within = *length;
    reading.plan.rollback.within_after = trimmed(node.text.substr(after + 7));
    reading.step_refs.push_back({reading.plan.rollback.within_after, node.at, false});
}

/// What a proposal gives a person to answer, and what becomes of it then.
void read_grace(Reading& reading, const Node& node, Trigger& trigger) {
    trigger.grace = reading.duration(node, "grace");
    const std::string then = reading.text(node, "then", "roll-back");
    trigger.after_grace = then == "pause"   ? AfterGrace::pause
                          : then == "go-on" ? AfterGrace::go_on
                                            : AfterGrace::roll_back;
    const Entry* grace = node.entry("grace");
    if (grace != nullptr && trigger.mode == TriggerMode::act) {
        reading.error(grace->at, "a trigger that acts waits for nobody: 'grace' means nothing for it",
                      "write 'mode: propose', or remove it; 'for' says how long it must be true");
    } else if (trigger.grace && trigger.grace->count <= 0) {
        reading.error(grace->at, "nobody can answer in no time", "give a person some minutes, or write 'mode: act'");
    }
    if (const Entry* after = node.entry("then"); after != nullptr && grace == nullptr) {
        reading.error(after->at, "'then' says what happens when the grace ends, and there is none",
                      "add grace: 10m, or remove it");
    }
}

void read_trigger(Reading& reading, const Node& node, std::set<std::string>& ids) {
    if (!node.is_map()) {
        return;
    }
    Trigger trigger;
    trigger.at = node.at;
    trigger.severity = reading.text(node, "severity");
    if (const Node* severity = node.find("severity")) {
        reading.check_known(trigger.severity, severity->at, "severity", reading.names.severities);
        for (const char* key : {"arm", "for"}) {
            if (const Entry* entry = node.entry(key)) {
                reading.error(entry->at, fmt::format("'{}' means nothing for a severity", key), "remove it");
            }
        }
    } else {
        trigger.condition = read_condition(reading, node);
    }
    trigger.arm = reading.text(node, "arm");
    trigger.for_ = reading.duration(node, "for").value_or(Nanos{});
    trigger.mode = reading.text(node, "mode", "act") == "propose" ? TriggerMode::propose : TriggerMode::act;
    read_grace(reading, node, trigger);
    trigger.option = reading.text(node, "do");
    trigger.from = reading.text(node, "from");
    trigger.until = reading.text(node, "until");
    const std::string made = !trigger.severity.empty()        ? "severity-" + trigger.severity
                             : trigger.condition.name.empty() ? "trigger"
                                                              : trigger.condition.name;
    trigger.id = reading.text(node, "id", trigger.arm.empty() ? made : made + "-" + trigger.arm);
    trigger.title = reading.text(node, "title", trigger.id);
    if (!ids.insert(trigger.id).second) {
        reading.error(node.find("id") != nullptr ? node.find("id")->at : node.at,
                      fmt::format("two triggers have the id '{}'", trigger.id), "give one of them an id of its own");
    }
    if (const Node* option = node.find("do")) {
        reading.check_known(trigger.option, option->at, "rollback option", reading.names.options);
    }
    for (const char* key : {"from", "until"}) {
        if (const Node* step = node.find(key)) {
            reading.step_refs.push_back({step->text, step->at, false});
        }
    }
    reading.plan.rollback.triggers.push_back(std::move(trigger));
}

/// Phases while which the option is the default one; each has one such option.
void read_default_while(Reading& reading, const Node& node, Option& option) {
    const Node* named = node.find("default-while");
    std::vector<std::string> known;
    for (const auto& phase : reading.plan.phases) {
        known.push_back(phase.id);
    }
    const auto add = [&](const Node& phase) {
        if (!reading.check_known(phase.text, phase.at, "phase", known)) {
            return;
        }
        const auto has_it = [&](const Option& other) {
            return std::find(other.default_while.begin(), other.default_while.end(), phase.text) !=
                   other.default_while.end();
        };
        const auto& options = reading.plan.rollback.options;
        if (const auto other = std::find_if(options.begin(), options.end(), has_it); other != options.end()) {
            reading.error(phase.at,
                          fmt::format("two options are the default while '{}': '{}' is too", phase.text, other->id),
                          "the button does one thing; keep one");
        }
        option.default_while.push_back(phase.text);
    };
    if (named != nullptr && named->is_list()) {
        std::for_each(named->items.begin(), named->items.end(), add);
    } else if (named != nullptr) {
        add(*named);
    }
}

void read_option(Reading& reading, const Entry& entry) {
    const Node& node = entry.value;
    Option option;
    option.id = entry.key;
    option.at = entry.at;
    reading.option = entry.key;
    reading.step = entry.key + "/"; // titles of an option see what its steps see
    option.title = reading.filled(node, "title", entry.key);
    reading.step.clear();
    option.by_default = reading.boolean(node, "default", false);
    read_default_while(reading, node, option);
    option.planned = reading.duration(node, "planned");
    if (const Node* condition = node.find("available-if")) {
        option.available_if = read_condition_of_all(reading, *condition);
        // Who needs the way back may have no answer then. What older logs say of it hides nothing.
        if (!reading.of_log && looks_at(*option.available_if, [](const std::string&) { return true; })) {
            reading.error(condition->at,
                          "whether a way back is offered can't hang on a metric, which may not answer then",
                          "say it by a variable, or by what a step gave; a trigger may ask a metric");
        }
    }
    const Node* steps = node.find("steps");
    if (steps == nullptr || (steps->is_list() && steps->items.empty())) {
        reading.options_without_steps.emplace_back(option.id, option.at); // it takes back what has an undo
    } else {
        option.steps = read_steps(reading, *steps, {}, {}, reading.plan.rollback_steps, std::nullopt);
    }
    reading.option.clear();
    const bool second =
        option.by_default && std::any_of(reading.plan.rollback.options.begin(), reading.plan.rollback.options.end(),
                                         [](const Option& one) { return one.by_default; });
    if (second) {
        reading.error(node.find("default")->at, "two options are the default", "the button does one thing; keep one");
    }
    reading.plan.rollback.options.push_back(std::move(option));
}

} // namespace

std::optional<NotBefore> read_not_before(Reading& reading, const Node& node) {
    const std::size_t sign = node.text.find_first_of(
        "+-", node.text.find(' ') == std::string::npos ? node.text.size() : node.text.find(' '));
    NotBefore moment;
    moment.step = trimmed(node.text.substr(0, sign));
    if (sign != std::string::npos) {
        const auto delay = parse_duration(trimmed(node.text.substr(sign + 1)));
        if (!delay) {
            reading.error(node.at, fmt::format("'{}' is no moment", node.text), "write 'STEP + 2h' or 'T0 - 24h'");
            return std::nullopt;
        }
        moment.delay = node.text[sign] == '-' ? -*delay : *delay;
    }
    if (moment.step == "T0") {
        moment.step.clear();
    } else {
        reading.step_refs.push_back({moment.step, node.at, false});
    }
    return moment;
}

void read_rollback(Reading& reading, const Node& node) {
    if (const Node* within = node.find("within"); within != nullptr && within->is_scalar()) {
        read_within(reading, *within);
    }
    const Node* options = node.find("options");
    for (std::size_t i = 0; options != nullptr && i < options->entries.size(); ++i) {
        read_option(reading, options->entries[i]);
    }
    if (options != nullptr && options->is_map() && options->entries.empty()) {
        reading.error(options->at, "the rollback has no options", "add one, or remove the rollback");
    }
    std::set<std::string> ids;
    const Node* triggers = node.find("triggers");
    for (std::size_t i = 0; triggers != nullptr && i < triggers->items.size(); ++i) {
        read_trigger(reading, triggers->items[i], ids);
    }
}

} // namespace sluice::plan
