#include "plan/reading.h"

#include "base/secret.h"
#include "plan/secret_reference.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

std::vector<Step>& steps_of(Reading& reading) {
    return reading.option.empty() ? reading.plan.steps : reading.plan.rollback_steps;
}

/// Header and environment values: the two places where a secret may stand, and then only as a reference.
std::string secret_place(Reading& reading, const Entry& entry) {
    const std::string& value = entry.value.text;
    if (!reading.of_log && is_mistyped_reference(value)) { // a log's was taken for text, and stays it
        reading.error(entry.value.at,
                      fmt::format("'{}' {}", entry.key, why_no_reference(value.substr(value.find(' ') + 1))),
                      fmt::format("{}; values of the plan can't be part of it", secret_reference_forms));
    } else if (sounds_secret(entry.key) && !value.empty() && value.find("${") == std::string::npos &&
               !secret_value(value)) {
        reading.error(entry.value.at, fmt::format("'{}' holds what looks like a secret itself", entry.key),
                      fmt::format("name it: {}, also after 'Bearer '", secret_reference_forms));
    }
    if (const auto secret = secret_value(value)) {
        reading.plan.secrets.push_back(
            {secret->reference, reading.metric.empty() ? fmt::format("step {}, {}", reading.step, entry.key)
                                                       : fmt::format("metric {}, {}", reading.metric, entry.key)});
    }
    return reading.filled(entry.value, true);
}

void check_shell_text(Reading& reading, const Node& argv) {
    static constexpr std::array shells{"sh", "bash", "dash", "zsh", "ksh"};
    const std::string& program = argv.items.front().text;
    const std::string base = program.substr(program.rfind('/') + 1);
    if (std::find(shells.begin(), shells.end(), base) == shells.end()) {
        return;
    }
    for (std::size_t i = 1; i + 1 < argv.items.size(); ++i) {
        const std::string& flag = argv.items[i].text;
        if (flag.starts_with('-') && flag.ends_with('c') && argv.items[i + 1].text.find("${") != std::string::npos) {
            reading.error(argv.items[i + 1].at, "a value would become shell text",
                          "pass it as an argument after the script and use \"$1\" there");
        }
    }
}

/// A value goes into its argument exactly, so one that begins with '-' is an option for most programs.
void warn_of_options(Reading& reading, const Node& argv) {
    for (std::size_t i = 1; i < argv.items.size() && argv.items[i].text != "--"; ++i) {
        const std::string& text = argv.items[i].text;
        const auto& all = reading.plan.variables;
        const auto variable = std::find_if(all.begin(), all.end(), [&](const Variable& one) {
            return text.starts_with("${" + one.name + "}") && one.type == VariableType::string && one.pattern.empty();
        });
        if (variable != all.end()) {
            reading.warn(argv.items[i].at,
                         fmt::format("a value of '{}' that begins with '-' would be an option", variable->name),
                         "write '--' before it if the program takes that, or give the variable a pattern");
        }
    }
}

Wait read_wait(Reading& reading, const Node& step_node, const Node& node) {
    Wait wait;
    if (node.is_scalar()) {
        wait.for_ = reading.duration(step_node, "wait");
        return wait;
    }
    wait.for_ = reading.duration(node, "for");
    if (const Node* until = node.find("until")) {
        wait.until = read_condition_of_all(reading, *until);
    }
    wait.window = reading.boolean(node, "window", false);
    if (const Node* window = node.find("window"); window != nullptr && !wait.window) {
        reading.error(window->at, "a wait for nothing", "write window: true, or remove the step");
    }
    wait.every = reading.duration(node, "every").value_or(seconds(5));
    wait.deadline = reading.duration(node, "deadline");
    return wait;
}

/// That many can come before the deadline: one with each poll.
void check_samples(Reading& reading, const Gate& gate, const Hold& hold) {
    const auto metric = std::find_if(reading.plan.metrics.begin(), reading.plan.metrics.end(),
                                     [&](const Metric& one) { return one.name == gate.metric; });
    if (metric != reading.plan.metrics.end() && metric->interval * gate.samples > hold.deadline) {
        reading.error(gate.at,
                      fmt::format("{} samples take {} (one each {}), and the deadline of the hold is {}", gate.samples,
                                  duration_text(metric->interval * gate.samples), duration_text(metric->interval),
                                  duration_text(hold.deadline)),
                      "ask for fewer, give the hold a later deadline, or the metric a shorter interval");
    }
}

/// What the tiers of a hold's gates can't mean.
void check_tiers(Reading& reading, const Node& step_node, const Hold& hold) {
    const auto waited_for = [&](bool important) {
        return std::any_of(hold.gates.begin(), hold.gates.end(),
                           [&](const Gate& gate) { return !gate.shadow && gate.has_own_clock() == important; });
    };
    if (waited_for(true) && !waited_for(false)) {
        reading.error(step_node.find("gates")->at,
                      "all gates of this hold are important: nothing would set its own clock back",
                      "leave one of them critical, or write wait: for the time and a hold after it");
    }
    for (const Gate& gate : hold.gates) {
        if (gate.has_own_clock() && gate.for_ > hold.for_) {
            reading.error(gate.at,
                          fmt::format("an important gate must hold for {}, and its hold is for {}",
                                      duration_text(gate.for_), duration_text(hold.for_)),
                          "at most as long as the hold; what must hold for longer makes the hold longer");
        }
    }
}

Hold read_hold(Reading& reading, const Node& step_node, const Node& node, Step& step) {
    Hold hold;
    hold.for_ =
        (node.is_scalar() ? reading.duration(step_node, "hold") : reading.duration(node, "for")).value_or(Nanos{});
    hold.deadline = reading.duration(node, "deadline").value_or(hold.for_ * 2);
    const std::string breach = reading.text(node, "on-breach", "restart");
    hold.on_breach = breach == "pause" ? OnBreach::pause : breach == "fail" ? OnBreach::fail : OnBreach::restart;
    hold.then = reading.text(node, "then", "advance") == "ask" ? Then::ask : Then::advance;
    if (node.find("deadline") != nullptr && hold.deadline < hold.for_) {
        reading.error(node.find("deadline")->at, "the deadline is before the hold can be over",
                      "at least as long as 'for'");
    }
    hold.gates = std::move(step.gates);
    step.gates.clear();
    for (Gate& gate : hold.gates) {
        gate.for_ = gate.for_ == as_its_hold ? hold.for_ : gate.for_;
        check_samples(reading, gate, hold);
    }
    check_tiers(reading, step_node, hold);
    if (hold.gates.empty()) {
        reading.error(step_node.at, "this hold has no gates", "add gates, or write wait: for a time by itself");
    }
    return hold;
}

Decide read_decide(Reading& reading, const Node& node, const StepId& id) {
    Decide decide;
    decide.text = reading.filled(node, "text");
    std::vector<std::string> known;
    const Node* choices = node.find("choices");
    for (std::size_t i = 0; choices != nullptr && i < choices->items.size(); ++i) {
        const Node& item = choices->items[i];
        Choice choice{reading.text(item, "id"), "", {}};
        choice.title = reading.filled(item, "title", choice.id);
        if (std::find(known.begin(), known.end(), choice.id) != known.end()) {
            reading.error(item.find("id")->at, fmt::format("two choices have the id '{}'", choice.id),
                          "rename one of them");
        }
        known.push_back(choice.id);
        if (const Node* steps = item.find("steps")) {
            choice.steps = read_steps(reading, *steps, id, choice.id, steps_of(reading), std::nullopt);
        }
        decide.choices.push_back(std::move(choice));
    }
    if (choices != nullptr && choices->is_list() && choices->items.size() < 2) {
        reading.error(choices->at, "a decision needs at least two choices", "add one, or write confirm");
    }
    decide.by_default = reading.text(node, "default", known.empty() ? "" : known.front());
    if (const Node* by_default = node.find("default")) {
        reading.check_known(decide.by_default, by_default->at, "choice", known);
    }
    return decide;
}

KubernetesRead read_kubernetes_read(Reading& reading, const Node& node) {
    KubernetesRead read;
    for (const auto& [key, kind] :
         {std::pair{"get", KubernetesRead::Kind::get}, std::pair{"ready", KubernetesRead::Kind::ready},
          std::pair{"rollout", KubernetesRead::Kind::rollout}}) {
        if (node.find(key) != nullptr) {
            read.kind = kind;
            read.object = reading.filled(node, key);
        }
    }
    read.name_space = reading.filled(node, "namespace");
    read.selector = reading.filled(node, "selector");
    read.api = reading.text(node, "api");
    return read;
}

KubernetesWrite read_kubernetes_write(Reading& reading, const Node& node) {
    using Verb = KubernetesWrite::Verb;
    static constexpr std::array verbs{std::pair{"save", Verb::save},       std::pair{"patch", Verb::patch},
                                      std::pair{"apply", Verb::apply},     std::pair{"create", Verb::create},
                                      std::pair{"remove", Verb::remove},   std::pair{"set-image", Verb::set_image},
                                      std::pair{"set-env", Verb::set_env}, std::pair{"annotate", Verb::annotate},
                                      std::pair{"restart", Verb::restart}};
    KubernetesWrite write;
    const Node* object = nullptr;
    for (const auto& [key, verb] : verbs) {
        if (const Node* found = node.find(key)) {
            write.verb = verb;
            write.object = reading.filled(*found);
            object = found;
        }
    }
    write.name_space = reading.filled(node, "namespace");
    const Node* body = node.find("body");
    if (body != nullptr) {
        write.body = reading.filled_json(*body);
    }
    if (write.verb == Verb::set_env && body != nullptr) {
        for (const Entry& entry : body->entries) {
            if (is_secret_reference(entry.value.text)) {
                reading.plan.secrets.push_back({entry.value.text, fmt::format("step {}, {}", reading.step, entry.key)});
            } else if (!reading.of_log && is_mistyped_reference(entry.value.text)) {
                reading.error(entry.value.at, fmt::format("'{}' {}", entry.key, why_no_reference(entry.value.text)),
                              fmt::format("{}; values of the plan can't be part of it", secret_reference_forms));
            }
        }
    }
    const bool from_file = write.verb == Verb::apply && body == nullptr;
    if (from_file) {
        write.file = std::exchange(write.object, {});
        check_pinned_name(reading, *object);
        check_beside(reading, *object);
    } else if (object != nullptr && object->is_scalar() && write.object.find('/') == std::string::npos) {
        reading.error(object->at, fmt::format("'{}' names no single object", write.object), "write kind/name");
    }
    const bool manifest =
        body != nullptr && body->is_map() && (write.verb == Verb::create || write.verb == Verb::apply);
    if (manifest && (body->find("apiVersion") == nullptr || body->find("kind") == nullptr)) {
        reading.error(node.entry("body")->at, "the manifest does not say what it is of", "add apiVersion and kind");
    }
    const bool needs_body = write.verb == Verb::patch || write.verb == Verb::create || write.verb == Verb::set_image ||
                            write.verb == Verb::set_env || write.verb == Verb::annotate;
    if (needs_body && body == nullptr) {
        reading.error(node.at, "this change does not say what to change", "add body:");
    } else if (!needs_body && write.verb != Verb::apply && body != nullptr) {
        reading.error(node.entry("body")->at, "this change takes no body", "remove it");
    }
    return write;
}

/// The looks that no range answers: what they would find stands in `rehearse`.
bool acted(const Node& probe) {
    return std::any_of(probe.entries.begin(), probe.entries.end(), [](const Entry& entry) {
        return entry.key == "run" || entry.key == "sql" || entry.key == "dns" || entry.key == "tcp" ||
               entry.key == "tls" || entry.key == "logs";
    });
}

} // namespace

bool sounds_secret(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name == "authorization" || name == "proxy-authorization" || name == "cookie" || name == "x-api-key" ||
           name.ends_with("password") || name.ends_with("secret") || name.ends_with("token");
}

Approve read_approve(Reading& reading, const Node& node) {
    Approve approve{reading.texts(node, "roles"), 1};
    approve.quorum = reading.integer(node, "quorum", static_cast<int>(approve.roles.size()));
    if (const Node* roles = node.find("roles")) {
        for (const Node& role : roles->items) {
            reading.check_known(role.text, role.at, "role", reading.names.roles);
        }
        if (roles->is_list() && roles->items.empty()) {
            reading.error(roles->at, "an approval by nobody", "name at least one role");
        }
    }
    if (const Node* quorum = node.find("quorum");
        quorum != nullptr && approve.quorum < static_cast<int>(approve.roles.size())) {
        reading.error(quorum->at,
                      fmt::format("a quorum of {} can't hold each of {} roles", approve.quorum, approve.roles.size()),
                      fmt::format("at least {}", approve.roles.size()));
    }
    return approve;
}

const Node* check_names_connection(Reading& reading, const Node& step_node, const char* kind) {
    const Node* on = step_node.find("on");
    if (on == nullptr) {
        std::string first;
        for (const auto& [connection, its_kind] : reading.names.connection_kinds) {
            first = first.empty() && its_kind == kind ? connection : first;
        }
        reading.error(step_node.at, fmt::format("this step names no {} connection", kind),
                      first.empty()
                          ? fmt::format("add one under connections: {{NAME: {{{}: …}}}}, and here on: NAME", kind)
                          : "add on: " + first);
    }
    return on;
}

void check_connection(Reading& reading, const Node& step_node, const char* kind) {
    const Node* on = check_names_connection(reading, step_node, kind);
    if (on == nullptr) {
        return;
    }
    const auto found = reading.names.connection_kinds.find(on->text);
    if (found != reading.names.connection_kinds.end() && !found->second.empty() && found->second != kind) {
        reading.error(on->at, fmt::format("'{}' is a {} connection, this step needs {}", on->text, found->second, kind),
                      "name a connection of that kind");
    }
}

Command read_command(Reading& reading, const Node& argv, const Node& step_node) {
    Command command;
    command.argv = reading.filled_list(&argv);
    if (argv.is_list() && argv.items.empty()) {
        reading.error(argv.at, "no program is named", "write [PROGRAM, ARGUMENT, …]");
    }
    for (const Node& item : argv.items) {
        if (item.text.starts_with("env:") || item.text.starts_with("keychain:") || item.text.starts_with("vault:")) {
            reading.error(item.at, "a secret can't be an argument: everybody on the machine can read it",
                          "pass it by environment: {NAME: 'env:…'}");
        }
    }
    if (!argv.items.empty()) {
        check_shell_text(reading, argv);
        warn_of_options(reading, argv);
    }
    if (const Node* environment = step_node.find("environment")) {
        for (const Entry& entry : environment->entries) {
            command.environment[entry.key] = secret_place(reading, entry);
        }
    }
    command.folder = reading.filled(step_node, "folder");
    return command;
}

HttpCall read_call(Reading& reading, const Node& node, const char* method) {
    HttpCall call;
    call.method = method;
    const Node* path = node.is_scalar() ? &node : node.find("path");
    if (path != nullptr && path->is_scalar()) {
        call.path = reading.filled(*path);
        if (!call.path.starts_with('/')) {
            reading.error(path->at, fmt::format("'{}' is no path", call.path),
                          "start with '/'; the host belongs to a connection, so that a rehearsal can replace it");
        }
    }
    if (node.is_scalar()) {
        return call;
    }
    call.method = reading.text(node, "method", method);
    if (const Node* headers = node.find("headers")) {
        for (const Entry& entry : headers->entries) {
            call.headers.emplace_back(entry.key, secret_place(reading, entry));
        }
    }
    if (const Node* json = node.find("json")) {
        call.json = reading.filled_json(*json);
    }
    call.text = reading.filled(node, "text");
    if (call.json && node.entry("text") != nullptr) {
        reading.error(node.entry("text")->at, "a request has one body", "keep json or text");
    }
    call.idempotent = reading.boolean(node, "idempotent", false);
    return call;
}

Probe read_probe(Reading& reading, const Node& node, const Node& timing, const Node& step_node) {
    Probe probe;
    if (const Node* http = node.find("http")) {
        HttpCall call = read_call(reading, *http, "GET");
        if (call.method != "GET" && call.method != "HEAD") {
            reading.error(http->find("method") != nullptr ? http->find("method")->at : http->at,
                          fmt::format("a probe only looks; {} may change something", call.method),
                          "write an http step");
        }
        probe.what = std::move(call);
        check_connection(reading, step_node, "http");
    } else if (const Node* kubernetes = node.find("kubernetes")) {
        probe.what = read_kubernetes_read(reading, *kubernetes);
        check_connection(reading, step_node, "kubernetes");
    } else if (const Node* kafka = node.find("kafka")) {
        probe.what = read_kafka_read(reading, *kafka, step_node);
        check_connection(reading, step_node, "kafka");
    } else if (const Node* run = node.find("run")) {
        probe.what = read_command(reading, *run, step_node);
    } else if (node.find("metric") != nullptr) {
        probe.what = MetricRead{read_condition(reading, node)};
    } else {
        (void)read_other_probe(reading, node, step_node, probe);
    }
    probe.every = reading.duration(timing, "every");
    probe.until = reading.duration(timing, "until");
    if (probe.until && !probe.every) {
        probe.every = seconds(5);
    }
    if (probe.every && !probe.until) {
        reading.error(timing.entry("every")->at, "'every' without 'until' would ask for ever", "add until: 5m");
    }
    return probe;
}

StepBody read_body(Reading& reading, const Node& node, Step& step) {
    if (const Node* approve = node.find("approve")) {
        return read_approve(reading, *approve);
    }
    if (const Node* decide = node.find("decide")) {
        return read_decide(reading, *decide, step.id);
    }
    if (const Node* wait = node.find("wait")) {
        return read_wait(reading, node, *wait);
    }
    if (const Node* hold = node.find("hold")) {
        return read_hold(reading, node, *hold, step);
    }
    if (const Node* probe = node.find("probe")) {
        if (acted(*probe) && !step.rehearse) {
            reading.warn(step.at,
                         probe->find("run") != nullptr
                             ? "a program without rehearse: this plan can't be rehearsed"
                             : "a look at what no rehearsal has, without rehearse: this plan can't be rehearsed",
                         "add rehearse: {exit: 0, output: …}");
        }
        return read_probe(reading, *probe, node, node);
    }
    if (const Node* run = node.find("run")) {
        if (!step.rehearse) {
            reading.warn(step.at, "a program without rehearse: this plan can't be rehearsed",
                         "add rehearse: {exit: 0, takes: 10s}");
        }
        return Run{read_command(reading, *run, node)};
    }
    if (const Node* kubernetes = node.find("kubernetes")) {
        check_connection(reading, node, "kubernetes");
        return read_kubernetes_write(reading, *kubernetes);
    }
    if (const Node* shift = node.find("shift")) {
        reading.shift_at[step.id] = shift->at;
        return read_shift(reading, *shift, reading.boolean(node, "final", false)).value_or(Shift{});
    }
    if (const Node* scale = node.find("scale")) {
        check_connection(reading, node, "kubernetes");
        Scale target{reading.text(*scale, "workload"), reading.filled(*scale, "replicas")};
        if (target.replicas.find("${") == std::string::npos && !target.replicas.empty() &&
            target.replicas.find_first_not_of("0123456789") != std::string::npos) {
            reading.error(scale->find("replicas")->at, fmt::format("'{}' is no number of replicas", target.replicas),
                          "a whole number, or ${name}");
        }
        return target;
    }
    if (const Node* http = node.find("http")) {
        check_connection(reading, node, "http");
        return HttpAction{read_call(reading, *http, "POST")};
    }
    if (const Node* group = node.find("group")) {
        if (group->is_list() && group->items.empty()) {
            reading.error(group->at, "a group of nothing", "add a step, or remove it");
        }
        return Group{read_steps(reading, *group, step.id, {}, steps_of(reading), std::nullopt)};
    }
    if (const Node* shell = node.find("shell")) {
        if (!step.rehearse) {
            reading.warn(step.at, "a program without rehearse: this plan can't be rehearsed",
                         "add rehearse: {exit: 0, takes: 10s}");
        }
        return read_shell(reading, *shell, node);
    }
    if (const Node* external = node.find("external")) {
        return read_external(reading, *external);
    }
    if (const Node* flag = node.find("flag")) {
        check_connection(reading, node, "kubernetes");
        return read_flag(reading, *flag);
    }
    if (const Node* kafka = node.find("kafka")) {
        check_connection(reading, node, "kafka");
        return read_kafka(reading, *kafka, node);
    }
    if (const Node* notify = node.find("notify")) {
        return read_notify(reading, *notify);
    }
    if (node.find("attest") != nullptr) {
        return Attest{reading.filled(node, "attest")};
    }
    return Confirm{reading.filled(node, "confirm")};
}

} // namespace sluice::plan
