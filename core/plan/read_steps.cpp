#include "plan/reading.h"

#include "plan/shape_check.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace sluice::plan {
namespace {

/// Keys that mean something only for certain kinds; elsewhere they would be ignored in silence.
struct KeyOfKinds {
    std::string_view key;
    std::vector<std::string_view> kinds;
};
const std::vector<KeyOfKinds>& keys_of_kinds() {
    using Kinds = std::vector<std::string_view>;
    static const Kinds programs{"probe", "run", "shell"};
    static const Kinds results{"probe", "run", "shell", "http"};
    static const std::vector<KeyOfKinds> keys{
        {"every", {"probe"}},
        {"until", {"probe"}},
        {"expect", results},
        {"outputs", {"probe", "run", "shell", "http", "kubernetes", "external", "kafka"}},
        {"environment", programs},
        {"folder", programs},
        {"verify", {"run", "shell", "http", "external", "kafka"}},
        {"undo", {"shift", "run", "shell", "kubernetes", "scale", "http", "flag", "external", "kafka"}},
        {"final", {"shift"}},
        {"evidence", {"confirm", "attest", "external"}},
        {"sensitive", results},
        {"rehearse", programs},
        {"retry", {"probe", "run", "shell", "http", "kubernetes", "scale", "shift", "flag", "notify", "kafka"}},
        {"on", {"probe", "run", "shell", "http", "kubernetes", "scale", "external", "flag", "kafka"}},
        {"timeout", {"probe", "run", "shell", "http", "external", "kafka"}},
        {"valid-for", {"confirm", "attest", "approve", "external"}},
        {"files", {"probe", "run", "shell", "http", "kubernetes"}},
        {"always",
         {"confirm", "probe", "run", "shell", "kubernetes", "scale", "http", "external", "flag", "notify", "kafka"}}};
    return keys;
}

std::string kind_of(const Node& node) {
    const ObjectShape& shape = object_shape("step");
    for (const Entry& entry : node.entries) {
        if (std::find(shape.exactly_one.begin(), shape.exactly_one.end(), entry.key) != shape.exactly_one.end()) {
            return entry.key;
        }
    }
    return {};
}

/// A key that nothing would ever look at.
void refuse_key(Reading& reading, const Node& node, const char* key, const char* what, const char* remedy) {
    if (const Entry* entry = node.entry(key)) {
        reading.error(entry->at, what, remedy);
    }
}

/// What a key of one kind asks for is there.
void check_served(Reading& reading, const Node& node) {
    if (node.entry("external") != nullptr && node.entry("verify") == nullptr) {
        for (const char* key : {"outputs", "timeout"}) {
            refuse_key(reading, node, key, "what was typed elsewhere is not read back: nothing is asked",
                       "add verify: with a look, or remove it");
        }
    }
    if (reading.option.empty()) {
        refuse_key(reading, node, "ready", "'ready' belongs to a step of a rollback option",
                   "remove it, or write a probe before");
    } else {
        refuse_key(reading, node, "due", "a step of a rollback is never told as overdue (not supported yet)",
                   "remove it; planned: says how long it should take");
        refuse_key(reading, node, "valid-for", "what is ticked in a rollback does not grow old (not supported yet)",
                   "remove it");
    }
}

void check_kind_keys(Reading& reading, const Node& node, const std::string& kind) {
    for (const KeyOfKinds& rule : keys_of_kinds()) {
        const Entry* entry = node.entry(rule.key);
        if (entry != nullptr && std::find(rule.kinds.begin(), rule.kinds.end(), kind) == rule.kinds.end()) {
            std::string kinds;
            for (const std::string_view one : rule.kinds) {
                kinds += (kinds.empty() ? "" : ", ") + std::string(one);
            }
            reading.error(entry->at, fmt::format("'{}' means nothing for a {} step", rule.key, kind),
                          "remove it; it belongs to: " + kinds);
        }
    }
}

std::string title_from(const std::string& id) {
    std::string title = id;
    std::replace(title.begin(), title.end(), '-', ' ');
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
    }
    return title;
}

std::vector<Output> read_outputs(Reading& reading, const Node* map) {
    std::vector<Output> outputs;
    for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
        const Entry& entry = map->entries[i];
        outputs.push_back({entry.key, reading.text(entry.value, "type", "string"), reading.text(entry.value, "json"),
                           reading.text(entry.value, "extract"), reading.text(entry.value, "pattern"), entry.at});
    }
    return outputs;
}

void read_attributes(Reading& reading, const Node& node, Step& step) {
    if (const Node* when = node.find("when")) {
        step.when = read_condition_of_all(reading, *when);
    }
    step.timeout = reading.duration(node, "timeout");
    if (const Node* retry = node.find("retry")) {
        step.retry = {reading.integer(*retry, "times", 0), reading.duration(*retry, "every").value_or(seconds(5))};
    }
    step.expect = read_expect(reading, node.find("expect"));
    step.outputs = read_outputs(reading, node.find("outputs"));
    if (const Node* verify = node.find("verify"); verify != nullptr && verify->is_map()) {
        step.verify = read_probe(reading, *verify, *verify, node);
        step.verify_expect = read_expect(reading, verify->find("expect"));
        if (const Node* rehearse = verify->find("rehearse")) {
            step.verify_rehearse = read_rehearse(reading, *rehearse);
        }
    }
    if (const Node* undo = node.find("undo")) {
        reading.undoes = true;
        step.undo = read_undo(reading, *undo, node, step);
    }
    step.gates = read_gates(reading, node.find("gates"));
    step.owner = reading.text(node, "owner");
    if (const Node* owner = node.find("owner")) {
        reading.check_known(step.owner, owner->at, "role", reading.names.roles);
    }
    step.makes_ready = reading.text(node, "makes-ready");
    if (const Node* arm = node.find("makes-ready")) {
        reading.check_known(step.makes_ready, arm->at, "arm", reading.names.arms);
    }
    step.planned = reading.duration(node, "planned");
    if (const Node* moment = node.find("not-before"); moment != nullptr && moment->is_scalar()) {
        step.not_before = read_not_before(reading, *moment);
    }
    if (const Node* moment = node.find("due"); moment != nullptr && moment->is_scalar()) {
        step.due = read_not_before(reading, *moment);
        reading.due_at[step.id] = moment->at;
    }
    step.valid_for = reading.duration(node, "valid-for");
    if (const Entry* valid = node.entry("valid-for")) {
        reading.valid_at[step.id] = valid->at;
    }
    step.escalate = read_escalate(reading, node.find("escalate"));
    step.ready = read_ready(reading, node.find("ready"), node);
    step.files = read_files(reading, node);
    step.always = reading.boolean(node, "always", false);
    if (const Entry* always = node.entry("always"); step.always && (!step.parent.empty() || !reading.option.empty())) {
        reading.error(always->at,
                      reading.option.empty() ? "only a step of its own can run always, not one within another"
                                             : "the steps of a rollback option run anyway",
                      reading.option.empty() ? "move it out of the group or decision" : "remove it");
    }
    step.point_of_no_return = reading.boolean(node, "point-of-no-return", false);
    step.required = reading.boolean(node, "required", false);
    step.evidence = reading.text(node, "evidence");
    step.source = reading.text(node, "source");
    step.sensitive = reading.boolean(node, "sensitive", false);
    if (const Node* outputs = node.find("outputs"); step.sensitive && outputs != nullptr) {
        reading.error(outputs->at, "what a sensitive step gives is not kept, so it has no outputs",
                      "remove them, or 'sensitive'; what a later step needs of it goes from program to program");
    }
    if (const Node* rehearse = node.find("rehearse")) {
        step.rehearse = read_rehearse(reading, *rehearse);
    }
}

void read_needs(Reading& reading, const Node& node, Step& step, const std::optional<StepId>& before) {
    const Node* needs = node.find("needs");
    if (needs == nullptr) {
        if (before) {
            step.needs = {*before};
        }
        return;
    }
    reading.needs_at[step.id] = needs->at;
    const auto add = [&](const Node& one) {
        if (one.is_scalar()) {
            const StepId id = reading.option.empty() ? one.text : reading.option + "/" + one.text;
            step.needs.push_back(id);
            reading.step_refs.push_back({id, one.at, !reading.option.empty()});
        }
    };
    if (needs->is_list()) {
        std::for_each(needs->items.begin(), needs->items.end(), add);
    } else {
        add(*needs);
    }
}

} // namespace

void check_keys(Reading& reading, const Node& node) {
    if (const std::string kind = kind_of(node); !kind.empty()) {
        check_kind_keys(reading, node, kind);
    }
}

Rehearse read_rehearse(Reading& reading, const Node& node) {
    Rehearse rehearse;
    rehearse.exit = reading.integer(node, "exit", 0);
    const bool outer = std::exchange(reading.aside, true);
    rehearse.output = reading.filled(node, "output");
    reading.aside = outer;
    rehearse.takes = reading.duration(node, "takes").value_or(seconds(1));
    rehearse.apply = reading.text(node, "apply");
    if (const Node* manifest = node.find("apply")) {
        check_beside(reading, *manifest);
    }
    rehearse.remove = reading.texts(node, "remove");
    if (const Node* then = node.find("then")) {
        for (const Node& item : then->items) {
            rehearse.then.push_back(read_rehearse(reading, item));
        }
    }
    return rehearse;
}

std::vector<StepId> read_steps(Reading& reading, const Node& list, const StepId& parent, const std::string& choice,
                               std::vector<Step>& into, std::optional<StepId> before) {
    const bool side_by_side = !parent.empty() && choice.empty();
    std::vector<StepId> ids;
    for (const Node& node : list.items) {
        if (!node.is_map()) {
            continue;
        }
        const std::string own_id = reading.text(node, "id");
        Step step;
        step.id = reading.option.empty() ? own_id : reading.option + "/" + own_id;
        step.parent = parent;
        step.choice = choice;
        step.at = node.at;
        const StepId outer = reading.step;
        reading.step = step.id;
        const bool outer_aside = std::exchange(reading.aside, true);
        step.title = reading.filled(node, "title", title_from(own_id));
        reading.aside = outer_aside;
        step.on = reading.text(node, "on");
        if (const Node* on = node.find("on")) {
            reading.check_known(step.on, on->at, "connection", reading.names.connections);
        }
        if (std::any_of(into.begin(), into.end(), [&](const Step& one) { return one.id == step.id; }) &&
            !own_id.empty()) {
            reading.error(node.find("id")->at, fmt::format("two steps have the id '{}'", own_id), "rename one of them");
        }
        read_needs(reading, node, step, before);
        check_keys(reading, node);
        check_served(reading, node);
        read_attributes(reading, node, step);
        // Children are read within the body and must follow their parent.
        const std::size_t place = into.size();
        into.push_back(std::move(step));
        Step with_body = into[place];
        with_body.body = read_body(reading, node, with_body);
        for (Gate& gate : with_body.gates) { // those of a hold are the hold's by now
            if (gate.tier != Tier::critical) {
                gate.for_ = gate.for_ == as_its_hold ? Nanos{} : gate.for_;
                reading.error(gate.at, "only the gates of a hold have tiers: this step starts when all of them hold",
                              "remove 'tier', or give the gate to a hold before");
            }
            if (gate.tier == Tier::critical && gate.for_.count > 0 &&
                !reading.of_log) { // older plans say it, and it was never waited for
                reading.error(gate.at, "'for' counts while a hold is at work, and this step is none",
                              "remove 'for', or give the gate to a hold before");
            }
            if (gate.of_series) {
                reading.error(gate.at, "series are counted while a hold is at work, and this step is none",
                              "remove 'of-series', or give the gate to a hold before");
            }
            if (gate.absent) {
                reading.error(gate.at, "an absence is counted while a hold is at work, and this step is none",
                              "remove 'absent', or give the gate to a hold before");
            }
            if (gate.samples > 0) {
                reading.error(gate.at, "samples are counted while a hold is at work, and this step is none",
                              "remove 'samples', or give the gate to a hold before");
            }
        }
        into[place] = std::move(with_body);
        ids.push_back(into[place].id);
        if (!side_by_side) {
            before = into[place].id;
        }
        reading.step = outer;
    }
    return ids;
}

} // namespace sluice::plan
