#include "plan/describe.h"

#include "base/quantity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>

namespace sluice::plan {
namespace {

template <typename... F>
struct Overloaded : F... {
    using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>; // clang 14 wants it said

std::string weights_text(const Weights& weights) {
    std::vector<std::string> parts;
    for (const auto& [arm, weight] : weights) {
        parts.push_back(fmt::format("{} {}", arm, weight));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// "1 gate", "2 gates and 1 shadow", "3 gates (1 of them important)".
std::string gates_text(const std::vector<Gate>& gates) {
    const auto shadows = std::count_if(gates.begin(), gates.end(), [](const Gate& gate) { return gate.shadow; });
    const auto important = std::count_if(gates.begin(), gates.end(), std::mem_fn(&Gate::has_own_clock));
    const auto counting = std::ssize(gates) - shadows;
    return fmt::format("{} gate{}", counting, counting == 1 ? "" : "s") +
           (important == 0 ? "" : fmt::format(" ({} of them important)", important)) +
           (shadows == 0 ? "" : fmt::format(" and {} shadow{}", shadows, shadows == 1 ? "" : "s"));
}

std::string condition_text(const Condition& condition) {
    std::vector<std::string> parts;
    for (const Condition& part : condition.parts) {
        parts.push_back(condition_text(part));
    }
    switch (condition.kind) {
    case Condition::Kind::is:
        return condition.text;
    case Condition::Kind::metric:
        return fmt::format("{}{} {}", condition.name, condition.arm.empty() ? "" : " of " + condition.arm,
                           condition.must.text);
    case Condition::Kind::variable: {
        const char* test = condition.test == Condition::Test::equals ? "is"
                           : condition.test == Condition::Test::in   ? "is one of"
                                                                     : "matches";
        return fmt::format("{} {} {}", condition.name, test, fmt::join(condition.values, ", "));
    }
    case Condition::Kind::all:
        return fmt::format("({})", fmt::join(parts, " and "));
    case Condition::Kind::any:
        return fmt::format("({})", fmt::join(parts, " or "));
    case Condition::Kind::negation:
        return fmt::format("not {}", fmt::join(parts, ""));
    }
    return {};
}

/// `on` = the step's connection.
std::string probe_text(const Probe& probe, const std::string& on) {
    std::string text =
        std::visit(Overloaded{[](const HttpCall& call) { return call.method + " " + call.path; },
                              [](const KubernetesRead& read) {
                                  static constexpr const char* verbs[] = {"get", "ready", "rollout"};
                                  return fmt::format("{} {}{}", verbs[static_cast<int>(read.kind)], read.object,
                                                     read.name_space.empty() ? "" : " in " + read.name_space);
                              },
                              [](const Command& command) { return fmt::format("{}", fmt::join(command.argv, " ")); },
                              [](const MetricRead& read) { return condition_text(read.condition); },
                              [](const LogsRead& read) {
                                  return fmt::format("lines like '{}' in the logs of {} in {}, last {}", read.pattern,
                                                     read.pods, read.name_space, duration_text(read.since));
                              },
                              [](const KafkaRead& read) {
                                  static constexpr const char* kinds[] = {"topic ", "lag of ", "brokers"};
                                  return fmt::format("{}{}{}{}", kinds[static_cast<int>(read.kind)], read.name,
                                                     read.topics.empty() ? "" : " on ", fmt::join(read.topics, ", "));
                              },
                              [&on](const ReachRead& read) {
                                  static constexpr const char* kinds[] = {"name of", "connect to", "certificate of"};
                                  return fmt::format("{} {}{}", kinds[static_cast<int>(read.kind)], on,
                                                     read.port == 0 ? "" : fmt::format(":{}", read.port));
                              }},
                   probe.what);
    if (probe.until) {
        text += fmt::format(", every {} for up to {}", duration_text(*probe.every), duration_text(*probe.until));
    }
    return text;
}

std::string write_text(const KubernetesWrite& write) {
    static constexpr const char* verbs[] = {
        "save", "patch", "apply", "create", "remove", "set image of", "set environment of", "annotate", "restart"};
    return fmt::format("{} {}{}", verbs[static_cast<int>(write.verb)], write.object.empty() ? write.file : write.object,
                       write.name_space.empty() ? "" : " in " + write.name_space);
}

std::string config_text(const std::map<std::string, std::string>& config) {
    std::vector<std::string> parts;
    parts.reserve(config.size());
    for (const auto& [name, value] : config) {
        parts.push_back(fmt::format("{}={}", name, value));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string kafka_text(const KafkaAction& action) {
    return std::visit(Overloaded{[](const KafkaOffsets& offsets) {
                                     return fmt::format("set offsets of group {} on {} to {}", offsets.group,
                                                        fmt::join(offsets.topics, ", "), offsets.to);
                                 },
                                 [](const KafkaTopic& topic) {
                                     return fmt::format("create topic {}: {} partitions, replication {}{}{}",
                                                        topic.name, topic.partitions, topic.replication,
                                                        topic.config.empty() ? "" : ", ", config_text(topic.config));
                                 },
                                 [](const KafkaConfig& config) {
                                     return fmt::format("configure topic {}: {}", config.topic,
                                                        config_text(config.config));
                                 },
                                 [](const KafkaMessage& message) {
                                     return fmt::format("produce to {}: {}", message.topic,
                                                        message.json ? message.json->dump() : message.text);
                                 }},
                      action.what);
}

/// One line: shortened, since argument vectors can be long.
std::string one_line(std::string text) {
    for (char& c : text) {
        c = c == '\n' ? ' ' : c;
    }
    constexpr std::size_t longest = 100;
    if (text.size() <= longest) {
        return text;
    }
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
        --end; // not within a character
    }
    return text.substr(0, end) + "…";
}

std::string moment_text(const NotBefore& moment) {
    return fmt::format("{} {} {}", moment.step.empty() ? "T0" : moment.step, moment.delay < Nanos{} ? "-" : "+",
                       duration_text({std::abs(moment.delay.count)}));
}

std::string remarks(const Step& step) {
    std::vector<std::string> parts;
    if (step.when) {
        parts.push_back("when " + condition_text(*step.when));
    }
    if (!step.owner.empty()) {
        parts.push_back("by " + step.owner);
    }
    if (step.required) {
        parts.push_back("required");
    }
    if (step.planned) {
        parts.push_back("planned " + duration_text(*step.planned));
    }
    if (step.not_before) {
        parts.push_back("not before " + moment_text(*step.not_before));
    }
    if (step.due) {
        parts.push_back("due " + moment_text(*step.due));
    }
    if (step.valid_for) {
        parts.push_back("valid for " + duration_text(*step.valid_for));
    }
    if (step.escalate) {
        parts.push_back(fmt::format("after {} {} is asked", duration_text(step.escalate->after), step.escalate->to));
    }
    if (step.always) {
        parts.push_back("always");
    }
    if (step.undo) {
        parts.push_back("undo: " + one_line(summary(*step.undo)));
    }
    if (step.ready) {
        parts.push_back("provable: " + one_line(probe_text(step.ready->probe, step.ready->on)));
    }
    if (!step.files.empty()) {
        parts.push_back(fmt::format("uses {}", fmt::join(step.files, ", ")));
    }
    if (!step.makes_ready.empty()) {
        parts.push_back("makes " + step.makes_ready + " ready");
    }
    for (const Output& output : step.outputs) {
        parts.push_back("gives ${" + output.name + "}");
    }
    if (step.point_of_no_return) {
        parts.push_back("POINT OF NO RETURN");
    }
    if (!step.left_out.empty()) {
        parts.push_back("does not apply: " + step.left_out);
    }
    return parts.empty() ? "" : fmt::format("  [{}]", fmt::join(parts, "; "));
}

const std::vector<Step>& steps_like(const Plan& plan, const StepId& id) {
    return id.find('/') == std::string::npos ? plan.steps : plan.rollback_steps;
}

void tree(const Plan& plan, const StepId& id, const std::string& indent, std::string& text) {
    const Step* step = plan.step(id);
    if (step == nullptr) {
        return;
    }
    text += fmt::format("{}{}  {}: {}{}\n", indent, id.substr(id.find('/') + 1), step->title, one_line(summary(*step)),
                        remarks(*step));
    if (const auto* hold = std::get_if<Hold>(&step->body)) {
        for (const Gate& gate : hold->gates) {
            text += fmt::format(
                "{}    gate {}{} {}{}{}{}{}\n", indent, gate.metric, gate.arm.empty() ? "" : " of " + gate.arm,
                limit_text(gate) + (gate.of_series ? " in " + gate.of_series->text + " series" : ""),
                gate.has_own_clock() ? fmt::format(" (important, for {})", duration_text(gate.for_)) : "",
                gate.absent ? ", breached too when absent for " + duration_text(*gate.absent) : "",
                gate.samples > 0 ? fmt::format(", {} samples at least", gate.samples) : "",
                gate.shadow ? " (shadow)" : "");
        }
    }
    if (const auto* decide = std::get_if<Decide>(&step->body)) {
        for (const Choice& choice : decide->choices) {
            text += fmt::format("{}    choice {}  {}\n", indent, choice.id, choice.title);
            for (const StepId& child : choice.steps) {
                tree(plan, child, indent + "      ", text);
            }
        }
        return;
    }
    for (const Step& child : steps_like(plan, id)) {
        if (child.parent == id) {
            tree(plan, child.id, indent + "    ", text);
        }
    }
}

Json gate_json(const Gate& gate) {
    Json json = {{"id", gate.id},
                 {"title", gate.title},
                 {"metric", gate.metric},
                 {"arm", gate.arm},
                 {"must", gate.must.text},
                 {"for", nanos_text(gate.for_)},
                 {"of-series", gate.of_series ? gate.of_series->text : ""},
                 {"samples", gate.samples},
                 {"shadow", gate.shadow},
                 {"tier", name(gate.tier)}};
    if (gate.absent) {
        json["absent"] = nanos_text(*gate.absent);
    }
    if (gate.against) {
        json["against"] = {{"arm", gate.against->arm},
                           {"baseline", gate.against->baseline},
                           {"ago", nanos_text(gate.against->ago)},
                           {"before", nanos_text(gate.against->before)},
                           {"as", gate.against->share ? "share" : "difference"}};
    }
    return json;
}

Json step_json(const Step& step) {
    Json json = {{"id", step.id},         {"title", step.title},      {"kind", kind_name(step.body)},
                 {"does", summary(step)}, {"needs", step.needs},      {"source", step.source},
                 {"line", step.at.line},  {"required", step.required}};
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty()) {
            json[key] = value;
        }
    };
    put("parent", step.parent);
    put("choice", step.choice);
    put("on", step.on);
    put("owner", step.owner);
    put("makes-ready", step.makes_ready);
    put("when", step.when ? condition_text(*step.when) : "");
    put("left-out", step.left_out);
    if (step.planned) {
        json["planned"] = nanos_text(*step.planned);
    }
    if (step.not_before) {
        json["not-before"] = {{"step", step.not_before->step}, {"delay", nanos_text(step.not_before->delay)}};
    }
    if (step.due) {
        json["due"] = {{"step", step.due->step}, {"delay", nanos_text(step.due->delay)}};
    }
    if (step.valid_for) {
        json["valid-for"] = nanos_text(*step.valid_for);
    }
    if (step.escalate) {
        json["escalate"] = {{"after", nanos_text(step.escalate->after)}, {"to", step.escalate->to}};
    }
    if (step.always) {
        json["always"] = true;
    }
    if (step.undo) {
        json["undo"] = summary(*step.undo);
    }
    if (!step.files.empty()) {
        json["files"] = step.files;
    }
    if (step.point_of_no_return) {
        json["point-of-no-return"] = true;
    }
    for (const Output& output : step.outputs) {
        json["outputs"].push_back(output.name);
    }
    if (const auto* hold = std::get_if<Hold>(&step.body)) {
        json["for"] = nanos_text(hold->for_);
        json["deadline"] = nanos_text(hold->deadline);
        for (const Gate& gate : hold->gates) {
            json["gates"].push_back(gate_json(gate));
        }
    }
    if (const auto* shift = std::get_if<Shift>(&step.body)) {
        json["weights"] = shift->weights;
        json["final"] = shift->final_;
    }
    return json;
}

} // namespace

std::string summary(const Step& step) {
    return std::visit(
        Overloaded{
            [](const Confirm& confirm) { return "confirm: " + confirm.text; },
            [](const Attest& attest) { return "attest: " + attest.text; },
            [](const Approve& approve) {
                return fmt::format("approval by {} of {}", approve.quorum, fmt::join(approve.roles, ", "));
            },
            [](const Decide& decide) { return "decide: " + decide.text; },
            [](const Wait& wait) {
                return wait.window ? std::string("wait for the calendar's window")
                       : wait.for_ ? "wait " + duration_text(*wait.for_)
                                   : "wait until " + (wait.until ? condition_text(*wait.until) : std::string());
            },
            [](const Hold& hold) {
                return fmt::format("hold {} by {}, deadline {}", duration_text(hold.for_), gates_text(hold.gates),
                                   duration_text(hold.deadline));
            },
            [&step](const Probe& probe) { return "probe: " + probe_text(probe, step.on); },
            [](const Run& run) { return fmt::format("run: {}", fmt::join(run.command.argv, " ")); },
            [](const KubernetesWrite& write) { return write_text(write); },
            [](const Shift& shift) {
                return fmt::format("shift {}: {}{}", shift.traffic, weights_text(shift.weights),
                                   shift.final_ ? ", for good" : "");
            },
            [](const Scale& scale) { return fmt::format("scale {} to {}", scale.workload, scale.replicas); },
            [](const HttpAction& action) { return action.call.method + " " + action.call.path; },
            [](const Group& group) { return fmt::format("{} side by side", group.steps.size()); },
            [](const Shell& shell) { return "SHELL: " + shell.text; },
            [](const External& external) { return "elsewhere: " + external.command; },
            [](const Flag& flag) { return fmt::format("flag {} of {} to {}", flag.name, flag.config_map, flag.value); },
            [](const KafkaAction& action) { return kafka_text(action); },
            [](const Notify& notify) {
                return fmt::format("tell {}: {}", fmt::join(notify.channels, ", "),
                                   notify.message.empty() ? notify.text : notify.message);
            }},
        step.body);
}

std::string describe_tree(const Plan& plan) {
    std::string text = fmt::format("{}  {}\n", plan.id, plan.title);
    if (!plan.variables.empty()) {
        text += "\nvariables\n";
    }
    for (const Variable& variable : plan.variables) {
        text += fmt::format("  {}{}{}{}\n", variable.name, variable.title.empty() ? "" : "  " + variable.title,
                            variable.ask ? "  [asked for]" : "",
                            variable.by_default ? "  [default " + *variable.by_default + "]" : "");
    }
    for (const Phase& phase : plan.phases) {
        text += fmt::format("\n{}  {}{}{}\n", phase.id, phase.title,
                            phase.window      ? "  [window]"
                            : phase.follow_up ? "  [follow-up]"
                                              : "",
                            phase.planned ? "  [planned " + duration_text(*phase.planned) + "]" : "");
        for (const StepId& id : phase.steps) {
            tree(plan, id, "  ", text);
        }
    }
    for (const Option& option : plan.rollback.options) {
        text += fmt::format(
            "\nrollback {}  {}{}{}{}\n", option.id, option.title, &option == plan.default_option() ? "  [default]" : "",
            option.default_while.empty() ? ""
                                         : fmt::format("  [default while {}]", fmt::join(option.default_while, ", ")),
            option.planned ? "  [planned " + duration_text(*option.planned) + "]" : "");
        for (const StepId& id : option.steps) {
            tree(plan, id, "  ", text);
        }
    }
    for (const Trigger& trigger : plan.rollback.triggers) {
        text +=
            fmt::format("\ntrigger {}  {}: {} for {} → {} {}{}\n", trigger.id, trigger.title,
                        trigger.severity.empty() ? condition_text(trigger.condition) : "severity " + trigger.severity,
                        duration_text(trigger.for_), trigger.mode == TriggerMode::act ? "rolls back by" : "proposes",
                        trigger.option.empty() ? "the default way back" : trigger.option,
                        trigger.grace ? fmt::format("; {} after {} without an answer", name(trigger.after_grace),
                                                    duration_text(*trigger.grace))
                                      : "");
    }
    for (const Alert& alert : plan.alerts) {
        text += fmt::format("\nalert {}  {}: {}{} → {} {}\n", alert.rule.id, alert.rule.title,
                            alert.only_absent
                                ? alert.rule.condition.name
                                : condition_text(alert.rule.condition) + " for " + duration_text(alert.rule.for_),
                            alert.absent ? ", or absent for " + duration_text(*alert.absent) : "",
                            alert.page ? "pages" : "tells", fmt::join(alert.to, ", "));
    }
    for (const SeverityLevel& level : plan.severity) {
        text += fmt::format("\nseverity {}  {}{}{}{}\n", level.id, level.title,
                            level.when ? ": " + condition_text(*level.when) : "",
                            level.response.empty() ? "" : " → " + level.response,
                            level.option.empty() ? "" : "  [proposes " + level.option + "]");
    }
    for (const Variant& variant : plan.variants) {
        text += fmt::format("\nvariant {}  {}{}{}\n", variant.id, variant.title,
                            variant.omit.empty() ? "" : fmt::format(": without {}", fmt::join(variant.omit, ", ")),
                            variant.window ? "" : "  [not bound by the calendar]");
        for (const auto& [id, step] : variant.replace) {
            text += fmt::format("    instead of {}: {}\n", id, one_line(summary(step)));
        }
        for (const auto& [id, approve] : variant.approve) {
            text += fmt::format("    {} by {} of {}\n", id, approve.quorum, fmt::join(approve.roles, ", "));
        }
    }
    return text;
}

namespace {

/// As the plan writes it.
Json cluster_json(const ClusterNumber& number) {
    const bool own = of_workload(number.what);
    Json json = {{name(number.what), own ? number.object : number.of}};
    for (const auto& [key, text] :
         {std::pair{"of", own ? nullptr : &number.object}, std::pair{"namespace", &number.name_space},
          std::pair{"selector", &number.selector}}) {
        if (text != nullptr && !text->empty()) {
            json[key] = *text;
        }
    }
    return json;
}

Json http_json(const HttpNumber& number) {
    Json json = Json::object();
    if (!number.path.empty()) {
        json["path"] = number.path;
    }
    if (number.what == HttpNumber::What::json) {
        json["json"] = number.pointer;
    } else {
        json["value"] = name(number.what);
    }
    return json;
}

/// As the plan writes it.
Json logs_json(const LogRate& rate) {
    Json json = {{"pattern", rate.pattern}, {"over", nanos_text(rate.over)}};
    for (const auto& [key, value] : {std::pair("workload", &rate.workload), std::pair("namespace", &rate.name_space),
                                     std::pair("selector", &rate.selector), std::pair("container", &rate.container)}) {
        if (!value->empty()) {
            json[key] = *value;
        }
    }
    return json;
}

Json reach_json(const ReachNumber& number) {
    Json json = {{"value", name(number.what)}};
    if (number.port != 0) {
        json["port"] = number.port;
    }
    if (number.addresses != ReachNumber::Addresses::any) {
        json["type"] = number.addresses == ReachNumber::Addresses::a ? "a" : "aaaa";
    }
    return json;
}

Json config_json(const ConfigNumber& number) {
    Json json = {{"key", number.key}};
    if (number.topic.empty()) {
        json["broker"] = number.broker;
    } else {
        json["topic"] = number.topic;
    }
    return json;
}

} // namespace

Json describe_json(const Plan& plan) {
    Json json = {{"id", plan.id}, {"title", plan.title}, {"sluice", plan.language}, {"phases", Json::array()}};
    for (const Variable& variable : plan.variables) {
        json["variables"].push_back({{"name", variable.name}, {"title", variable.title}, {"ask", variable.ask}});
    }
    for (const Arm& arm : plan.arms) {
        json["arms"].push_back(
            {{"name", arm.name}, {"workload", arm.workload}, {"service", arm.service}, {"match", arm.match}});
    }
    for (const Metric& metric : plan.metrics) {
        json["metrics"].push_back({{"name", metric.name},
                                   {"title", metric.title},
                                   {"from", metric.from},
                                   {"query", metric.query},
                                   {"derived", metric.derived},
                                   {"unit", metric.unit},
                                   {"by-arm", metric.by_arm},
                                   {"counts", name(metric.counts)},
                                   {"interval", nanos_text(metric.interval)}});
        if (metric.http) {
            json["metrics"].back()["http"] = http_json(*metric.http);
        }
        if (metric.logs) {
            json["metrics"].back()["logs"] = logs_json(*metric.logs);
        }
        if (metric.reach) {
            json["metrics"].back()[name(metric.reach->kind)] = reach_json(*metric.reach);
        }
        if (metric.config) {
            json["metrics"].back()["configs"] = config_json(*metric.config);
        }
        if (metric.login) {
            json["metrics"].back()["sasl"] = {{"value", name(metric.login->what)}};
        }
        if (metric.run) {
            json["metrics"].back()["run"] = metric.run->command.argv;
        }
        if (metric.cluster) {
            json["metrics"].back()["kubernetes"] = cluster_json(*metric.cluster);
        }
    }
    for (const Phase& phase : plan.phases) {
        json["phases"].push_back(
            {{"id", phase.id}, {"title", phase.title}, {"window", phase.window}, {"steps", phase.steps}});
    }
    for (const Step& step : plan.steps) {
        json["steps"].push_back(step_json(step));
    }
    for (const Step& step : plan.rollback_steps) {
        json["rollback"]["steps"].push_back(step_json(step));
    }
    for (const Option& option : plan.rollback.options) {
        json["rollback"]["options"].push_back({{"id", option.id},
                                               {"title", option.title},
                                               {"default", &option == plan.default_option()},
                                               {"default_while", option.default_while},
                                               {"steps", option.steps}});
    }
    for (const Variant& variant : plan.variants) {
        json["variants"].push_back({{"id", variant.id}, {"title", variant.title}, {"omit", variant.omit}});
    }
    for (const SeverityLevel& level : plan.severity) {
        json["severity"].push_back({{"id", level.id}, {"title", level.title}, {"response", level.response}});
    }
    for (const Trigger& trigger : plan.rollback.triggers) {
        json["rollback"]["triggers"].push_back({{"id", trigger.id},
                                                {"title", trigger.title},
                                                {"condition", condition_text(trigger.condition)},
                                                {"for", nanos_text(trigger.for_)},
                                                {"do", trigger.option},
                                                {"grace", trigger.grace ? nanos_text(*trigger.grace) : ""},
                                                {"then", trigger.grace ? name(trigger.after_grace) : ""},
                                                {"mode", trigger.mode == TriggerMode::act ? "act" : "propose"}});
    }
    return json;
}

} // namespace sluice::plan
