#include "sluicectl/follow.h"
#include "sluicectl/verbs.h"

namespace sluicectl {
namespace {

using namespace sluice;

struct DoOptions {
    std::string session, verb, first, second, reason, evidence, gate, name, role = "release-lead", step;
    bool refuse = false;
};

/// The arguments of each verb, in the words of the command socket.
Result<Json> request(const DoOptions& o) {
    Json json = {{"do", o.verb}};
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty()) {
            json[key] = value;
        }
    };
    if (o.verb == "note") {
        put("text", o.first);
        put("step", o.step);
    } else if (o.verb == "resolve") {
        put("operation", o.first);
        put("answer", o.second);
    } else if (o.verb == "roll-back") {
        put("option", o.first);
    } else {
        put("step", o.first);
        if (o.verb == "decide") {
            put("choice", o.second);
        }
    }
    if (o.verb == "confirm") {
        put("evidence", o.evidence);
    }
    if (o.verb == "override") {
        put("gate", o.gate);
    }
    if (o.refuse) {
        json["refuse"] = true;
    }
    put("reason", o.reason);
    return json;
}

int perform(const DoOptions& o) {
    auto places = paths();
    if (!places) {
        return complain(places.error());
    }
    const auto json = request(o);
    const auto command = release::command_from_json(*json);
    if (!command) {
        return complain(command.error());
    }
    host::StartOptions who;
    who.paths = std::move(*places);
    who.by = actor(o.name, o.role);
    const auto reply = send_command(who, o.session, *command);
    if (!reply) {
        Error error = reply.error();
        if (error.code == ErrorCode::not_found || error.code == ErrorCode::unreachable) {
            error = {ErrorCode::not_found, "no program owns this session now", o.session,
                     "'sluicectl resume' takes it up"};
        }
        return complain(error);
    }
    if (reply->value("last", -1) < reply->value("first", 0)) {
        fmt::print("nothing changed\n");
    } else {
        fmt::print("events {} to {}\n", reply->value("first", 0), reply->value("last", 0));
    }
    return done;
}

} // namespace

void add_do_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand(
        "do",
        "Give a command to a session at work: confirm STEP, approve STEP, decide STEP CHOICE, advance STEP, retry "
        "STEP, "
        "skip STEP, override STEP, resolve OPERATION ANSWER, pause, continue, abort, roll-back [OPTION], note TEXT");
    const auto o = std::make_shared<DoOptions>();
    verb->add_option("SESSION", o->session)->required();
    verb->add_option("COMMAND", o->verb)->required();
    verb->add_option("FIRST", o->first, "Step, operation, option or text");
    verb->add_option("SECOND", o->second, "Choice or answer");
    verb->add_option("--reason", o->reason);
    verb->add_option("--evidence", o->evidence, "Of confirm");
    verb->add_option("--gate", o->gate, "Of override: one gate");
    verb->add_option("--step", o->step, "Of note: what it is about");
    verb->add_flag("--no", o->refuse, "Of confirm and approve: refuse");
    verb->add_option("--operator", o->name, "Who; default your login name");
    verb->add_option("--role", o->role)->capture_default_str();
    verb->callback([&action, o] { action = [o] { return perform(*o); }; });
}

} // namespace sluicectl
