/// Steps that something else carries out: a shell, a person elsewhere, a switch, a channel. Looks by socket, by a
/// database's client, and into logs. What takes a step back, and what proves that it could be done.
#include "plan/reading.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

void check_no_names(Reading& reading, const Node& node, const char* what, const char* remedy) {
    if (node.is_scalar() && node.text.find("${") != std::string::npos) {
        reading.error(node.at, fmt::format("a value would become {}", what), remedy);
    }
}

/// Who approves a plan looks at its folder, and who copies that has all that it uses.
bool leads_out(const std::string& path) {
    const auto plain = std::filesystem::path(path).lexically_normal();
    return plain.begin() != plain.end() && *plain.begin() == "..";
}

} // namespace

Shell read_shell(Reading& reading, const Node& node, const Node& step_node) {
    Shell shell;
    shell.text = node.is_scalar() ? node.text : std::string();
    if (shell.text.empty() && node.is_scalar()) {
        reading.error(node.at, "a shell step without text", "write what it is to do, or remove the step");
    }
    check_no_names(reading, node, "shell text", "pass it by environment: {NAME: '${name}'} and write \"$NAME\"");
    reading.warn(node.at, "a shell step: nobody checks what the shell makes of its text",
                 "run: takes a program and its arguments, without a shell");
    Node argv;
    argv.kind = Node::Kind::list;
    argv.at = node.at;
    for (const char* word : {"sh", "-c", ""}) {
        Node item;
        item.kind = Node::Kind::scalar;
        item.text = word;
        item.at = node.at;
        argv.items.push_back(std::move(item));
    }
    shell.command = read_command(reading, argv, step_node);
    shell.command.argv.back() = shell.text;
    return shell;
}

External read_external(Reading& reading, const Node& node) {
    External external;
    if (node.is_scalar()) {
        external.command = reading.filled(node);
    } else {
        external.command = reading.filled(node, "command");
        external.text = reading.filled(node, "text");
    }
    return external;
}

Flag read_flag(Reading& reading, const Node& node) {
    Flag flag{reading.text(node, "name"), reading.filled(node, "to"), reading.text(node, "config-map")};
    const bool fits = !flag.name.empty() && std::all_of(flag.name.begin(), flag.name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
    if (const Node* name = node.find("name"); name != nullptr && name->is_scalar() && !fits) {
        reading.error(name->at, fmt::format("'{}' can't be the key of a ConfigMap", flag.name),
                      "letters, digits, '-', '_' and '.'");
    }
    return flag;
}

Notify read_notify(Reading& reading, const Node& node) {
    Notify notify{reading.texts(node, "to"), reading.text(node, "message"), reading.filled(node, "text")};
    const Node* to = node.find("to");
    const auto check = [&](const Node& one) {
        if (one.is_scalar()) {
            reading.check_known(one.text, one.at, "channel", reading.names.channels);
        }
    };
    if (to != nullptr && to->is_list()) {
        std::for_each(to->items.begin(), to->items.end(), check);
        if (to->items.empty()) {
            reading.error(to->at, "a message to nobody", "name a channel");
        }
    } else if (to != nullptr) {
        check(*to);
    }
    if (const Node* message = node.find("message")) {
        reading.check_known(notify.message, message->at, "message", reading.names.messages);
    }
    return notify;
}

std::optional<Escalate> read_escalate(Reading& reading, const Node* node) {
    if (node == nullptr || !node->is_map()) {
        return std::nullopt;
    }
    Escalate escalate{reading.duration(*node, "after").value_or(Nanos{}), reading.text(*node, "to"),
                      reading.text(*node, "channel")};
    if (const Node* to = node->find("to")) {
        reading.check_known(escalate.to, to->at, "role", reading.names.roles);
    }
    if (const Node* channel = node->find("channel")) {
        reading.check_known(escalate.channel, channel->at, "channel", reading.names.channels);
    }
    return escalate;
}

std::optional<Ready> read_ready(Reading& reading, const Node* node, const Node& step_node) {
    if (node == nullptr || !node->is_map()) {
        return std::nullopt;
    }
    Node own = *node;
    if (const Entry* on = step_node.entry("on"); on != nullptr && own.entry("on") == nullptr) {
        own.entries.push_back(*on);
    }
    Ready ready;
    ready.at = node->at;
    ready.on = reading.text(own, "on");
    if (const Node* on = node->find("on")) {
        reading.check_known(ready.on, on->at, "connection", reading.names.connections);
    }
    ready.probe = read_probe(reading, own, own, own);
    ready.expect = read_expect(reading, own.find("expect"));
    if (const Node* rehearse = own.find("rehearse")) {
        ready.rehearse = read_rehearse(reading, *rehearse);
    }
    return ready;
}

void check_pinned_name(Reading& reading, const Node& file) {
    check_no_names(reading, file, "the name of a file that is pinned at the start", "name the file itself");
}

bool check_beside(Reading& reading, const Node& file) {
    if (!file.is_scalar() || reading.of_log) { // sessions from before go on
        return true;
    }
    if (file.text.empty() || file.text.starts_with('/') || file.text.starts_with('~')) {
        reading.error(file.at, fmt::format("'{}' does not lie beside the plan", file.text),
                      "a path relative to the plan's folder");
        return false;
    }
    if (leads_out(file.text)) {
        reading.error(file.at, fmt::format("'{}' leads out of the plan's folder", file.text),
                      "put the file, or the plan, where the plan's folder holds both");
        return false;
    }
    return true;
}

std::vector<std::string> read_files(Reading& reading, const Node& step_node) {
    const Node* files = step_node.find("files");
    if (files == nullptr) {
        return {};
    }
    const auto check = [&](const Node& one) {
        check_pinned_name(reading, one);
        check_beside(reading, one);
    };
    if (files->is_list()) {
        std::for_each(files->items.begin(), files->items.end(), check);
    } else {
        check(*files);
    }
    return reading.texts(step_node, "files");
}

bool read_other_probe(Reading& reading, const Node& node, const Node& step_node, Probe& probe) {
    for (const auto& [key, kind] : {std::pair{"dns", ReachRead::Kind::dns}, std::pair{"tcp", ReachRead::Kind::tcp},
                                    std::pair{"tls", ReachRead::Kind::tls}}) {
        const Node* reach = node.find(key);
        if (reach == nullptr) {
            continue;
        }
        probe.what = ReachRead{kind, reading.integer(*reach, "port", 0)};
        if (reading.of_log && reach->find("host") != nullptr) {
            std::get<ReachRead>(probe.what).host = reading.filled(*reach, "host");
        } else {
            (void)check_names_connection(reading, step_node, "host"); // of any kind: each has a host
        }
        if (kind == ReachRead::Kind::dns && reach->entry("port") != nullptr) {
            reading.error(reach->entry("port")->at, "a name has no port", "remove it, or write tcp:");
        }
        return true;
    }
    if (const Node* sql = node.find("sql")) {
        const Node* by = sql->find("by");
        const Node* query = sql->find("query");
        Command command = by != nullptr ? read_command(reading, *by, step_node) : Command{};
        if (query != nullptr) {
            check_no_names(reading, *query, "a part of a query",
                           "give it to the client as a variable, for example [psql, -v, 'name=${name}', …]");
            command.argv.push_back(query->text);
        }
        probe.what = std::move(command);
        return true;
    }
    if (const Node* logs = node.find("logs")) {
        LogsRead read{reading.filled(*logs, "pods"), reading.filled(*logs, "namespace"),
                      reading.text(*logs, "container"), reading.text(*logs, "pattern"),
                      reading.duration(*logs, "since").value_or(minutes(10))};
        const Node* pods = logs->find("pods");
        if (pods != nullptr && !read.pods.starts_with("pod/") && !read.pods.starts_with("deployment/")) {
            reading.error(pods->at, fmt::format("'{}' names no pods", read.pods), "pod/name or deployment/name");
        }
        probe.what = std::move(read);
        check_connection(reading, step_node, "kubernetes");
        return true;
    }
    return false;
}

std::shared_ptr<const Step> read_undo(Reading& reading, const Node& node, const Node& step_node, const Step& step) {
    if (!node.is_map()) {
        return nullptr;
    }
    Node own = node;
    if (const Entry* on = step_node.entry("on"); on != nullptr && own.entry("on") == nullptr) {
        own.entries.push_back(*on);
    }
    const StepId outer = std::exchange(reading.step, "~undo/" + step.id);
    auto undo = std::make_shared<Step>();
    undo->id = reading.step;
    undo->at = node.at;
    check_keys(reading, node);
    undo->title = reading.filled(node, "title");
    undo->on = reading.text(own, "on");
    if (const Node* on = node.find("on")) {
        reading.check_known(undo->on, on->at, "connection", reading.names.connections);
    }
    undo->timeout = reading.duration(node, "timeout");
    if (!undo->timeout) {
        undo->timeout = step.timeout;
    }
    undo->expect = read_expect(reading, node.find("expect"));
    undo->files = read_files(reading, node);
    undo->ready = read_ready(reading, node.find("ready"), own);
    if (const Node* rehearse = node.find("rehearse")) {
        undo->rehearse = read_rehearse(reading, *rehearse);
    }
    if (const Node* verify = node.find("verify"); verify != nullptr && verify->is_map()) {
        undo->verify = read_probe(reading, *verify, *verify, own);
        undo->verify_expect = read_expect(reading, verify->find("expect"));
        if (const Node* rehearse = verify->find("rehearse")) {
            undo->verify_rehearse = read_rehearse(reading, *rehearse);
        }
    }
    undo->body = read_body(reading, own, *undo);
    reading.step = outer;
    return undo;
}

void read_messages(Reading& reading, const Node& root) {
    const auto each = [&](const char* key, const auto& read) {
        const Node* map = root.find(key);
        for (std::size_t i = 0; map != nullptr && i < map->entries.size(); ++i) {
            read(map->entries[i]);
        }
    };
    each("messages", [&](const Entry& entry) {
        reading.plan.messages.push_back({entry.key, reading.filled(entry.value, "title", reading.plan.title),
                                         reading.filled(entry.value, "text"), entry.at});
    });
    each("channels", [&](const Entry& entry) {
        Channel channel{entry.key,
                        reading.text(entry.value, "audience"),
                        reading.text(entry.value, "on"),
                        reading.filled(entry.value, "path", "/"),
                        reading.boolean(entry.value, "idempotent", false),
                        entry.at};
        if (const Node* on = entry.value.find("on");
            on != nullptr && reading.check_known(channel.on, on->at, "connection", reading.names.connections) &&
            reading.names.connection_kinds[channel.on] != "http") {
            reading.error(on->at, fmt::format("'{}' is no http connection", channel.on), "a channel is a webhook");
        }
        if (const Node* path = entry.value.find("path"); path != nullptr && !channel.path.starts_with('/')) {
            reading.error(path->at, fmt::format("'{}' is no path", channel.path), "start with '/'");
        }
        reading.plan.channels.push_back(std::move(channel));
    });
}

} // namespace sluice::plan
