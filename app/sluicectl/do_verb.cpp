#include "base/quantity.h"
#include "host/plan_check.h"
#include "host/take_up.h"
#include "host/user.h"
#include "release/decide.h"
#include "release/signing.h"
#include "sluicectl/document.h"
#include "sluicectl/follow.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <charconv>
#include <fmt/ranges.h>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace sluicectl {
namespace {

using namespace sluice;

struct DoOptions {
    std::vector<std::string> more; ///< of shift: "green=10"; of join: roles
    std::vector<std::string> gave; ///< of resolve and skip: "name=value"
    std::string session, verb, first, second, reason, evidence, gate, name, role, step;
    std::string attested, answer, output; ///< of approve and its like
    bool refuse = false, request = false, break_glass = false;
};

/// The commands, in the order of the help. In brackets what may be left out; "..." takes any number.
struct Form {
    std::string verb, takes;
};
const std::vector<Form>& forms() {
    static const std::vector<Form> all = {{"confirm", "STEP"},
                                          {"approve", "STEP"},
                                          {"attest", "STEP"},
                                          {"decide", "STEP CHOICE"},
                                          {"advance", "STEP"},
                                          {"retry", "STEP"},
                                          {"skip", "STEP"},
                                          {"override", "STEP"},
                                          {"stop", "STEP"},
                                          {"break-glass", "STEP"},
                                          {"resolve", "STEP|OPERATION happened|run-again|skip|abort"},
                                          {"pause", ""},
                                          {"continue", ""},
                                          {"abort", ""},
                                          {"roll-back", "[OPTION]"},
                                          {"close", ""},
                                          {"shift", "TRAFFIC ARM=WEIGHT..."},
                                          {"amend", "PLAN"},
                                          {"severity", "LEVEL"},
                                          {"decline", "TRIGGER[/ARM]"},
                                          {"ack", "ALERT[/ARM]"},
                                          {"note", "TEXT"},
                                          {"hand-over", "NAME"},
                                          {"join", "NAME ROLE..."},
                                          {"leave", "NAME"}};
    return all;
}

/// A line a few of them.
std::string all_forms() {
    std::string text = "Commands:", line;
    for (const auto& [verb, takes] : forms()) {
        const std::string one = verb + (takes.empty() ? "" : " " + takes);
        if (line.size() + one.size() > 100) {
            text += line + "\n ";
            line.clear();
        }
        line += " " + one + (verb == forms().back().verb ? "" : ",");
    }
    return text + line + "\n";
}

/// What a command is about must be there; what stands behind that is most often a text without quotation marks, and
/// never passed over.
Result<void> takes_so_many(const DoOptions& o) {
    const auto form = std::find_if(forms().begin(), forms().end(), [&](const Form& one) { return one.verb == o.verb; });
    if (form == forms().end()) {
        return {}; // the session says which there are
    }
    std::vector<std::string> given = {o.first, o.second};
    given.insert(given.end(), o.more.begin(), o.more.end());
    while (!given.empty() && given.back().empty()) {
        given.pop_back();
    }
    if (std::find(given.begin(), given.end(), "") != given.end()) { // of a variable that the shell does not have
        return fail(ErrorCode::bad_input, fmt::format("'{}' got an empty word", o.verb), o.verb,
                    fmt::format("sluicectl do {} {} {}", o.session, o.verb, form->takes));
    }
    std::istringstream words(form->takes);
    std::size_t least = 0, most = 0;
    for (std::string word; words >> word;) {
        least += word.starts_with('[') ? 0 : 1;
        most = word.ends_with("...") ? given.size() : most + 1;
    }
    if (given.size() > most) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' takes no '{}'", o.verb, given[most]), o.verb,
                    "put a text of several words into quotation marks: --reason 'TEXT'");
    }
    if (given.size() < least) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' needs {}", o.verb, form->takes), o.verb,
                    fmt::format("sluicectl do {} {} {}", o.session, o.verb, form->takes));
    }
    return {};
}

/// An option that means nothing to the command would be passed over, or be refused by a name that nobody wrote.
Result<void> options_fit(const DoOptions& o) {
    struct Option {
        const char* name;
        bool given;
        std::vector<std::string> verbs;
    };
    const std::vector<std::string> signable = {"confirm", "attest", "approve"};
    const std::vector<Option> all = {{"--request", o.request, signable},
                                     {"--signed", !o.answer.empty(), signable},
                                     {"--for", !o.attested.empty(), {"approve"}},
                                     {"--evidence", !o.evidence.empty(), {"confirm", "attest"}},
                                     {"--gate", !o.gate.empty(), {"override"}},
                                     {"--step", !o.step.empty(), {"note"}},
                                     {"--gave", !o.gave.empty(), {"resolve", "skip"}},
                                     {"--no", o.refuse, signable},
                                     {"--break-glass", o.break_glass, {"amend"}}};
    for (const auto& [name, given, verbs] : all) {
        if (given && std::find(verbs.begin(), verbs.end(), o.verb) == verbs.end()) {
            return fail(ErrorCode::bad_input, fmt::format("'{}' takes no {}", o.verb, name), o.verb,
                        fmt::format("it is of: {}", fmt::join(verbs, ", ")));
        }
    }
    return {};
}

/// The arguments of each verb, in the words of the command socket.
Result<Json> request(const DoOptions& o) {
    for (const auto& fits : {takes_so_many(o), options_fit(o)}) {
        if (!fits) {
            return failed(fits);
        }
    }
    Json json = {{"do", o.request ? "ask-signature" : o.verb}};
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty()) {
            json[key] = value;
        }
    };
    if (o.request) {
        put("step", o.first);
        return json; // the rest is said by who signs
    }
    if (o.verb == "hand-over") {
        put("to", o.first);
    } else if (o.verb == "join" || o.verb == "leave") {
        put("person", o.first);
        if (o.verb == "join") {
            json["roles"] = o.more;
            if (!o.second.empty()) {
                json["roles"].insert(json["roles"].begin(), o.second);
            }
        }
    } else if (o.verb == "note") {
        put("text", o.first);
        put("step", o.step);
    } else if (o.verb == "amend") {
        const auto loaded = host::read_plan(o.first);
        if (!loaded.plan) {
            const auto first = std::find_if(loaded.diagnostics.begin(), loaded.diagnostics.end(),
                                            [](const auto& one) { return one.severity == plan::Severity::error; });
            return fail(ErrorCode::bad_input, "the new plan does not load: " + plan::to_text(*first, o.first), "amend",
                        "'sluicectl validate' says all that is wrong with it");
        }
        put("plan", loaded.plan->source);
        if (!loaded.plan->includes.empty()) {
            json["includes"] = loaded.plan->includes;
        }
        if (o.break_glass) {
            json["break-glass"] = true;
        }
    } else if (o.verb == "resolve") {
        put("operation", o.first);
        put("answer", o.second);
    } else if (o.verb == "severity") {
        put("level", o.first);
    } else if (o.verb == "decline") {
        put("trigger", o.first);
    } else if (o.verb == "ack") {
        put("alert", o.first);
    } else if (o.verb == "close") {
        // said of the session
    } else if (o.verb == "roll-back") {
        put("option", o.first);
    } else if (o.verb == "shift") {
        put("traffic", o.first);
        auto weights = o.more;
        if (!o.second.empty()) {
            weights.insert(weights.begin(), o.second);
        }
        json["weights"] = Json::object();
        for (const auto& text : weights) {
            const auto sign = text.find('=');
            int weight = -1;
            const char* end = text.data() + text.size();
            const char* digits = sign == std::string::npos ? end : text.data() + sign + 1;
            const auto [rest, error] = std::from_chars(digits, end, weight);
            if (error != std::errc() || rest != end || sign == 0) {
                return fail(ErrorCode::bad_input, "'" + text + "' is not a weight", "shift",
                            "write ARM=WEIGHT, for example green=10");
            }
            json["weights"][text.substr(0, sign)] = weight;
        }
    } else {
        put("step", o.first);
        if (o.verb == "decide") {
            put("choice", o.second);
        }
    }
    if (o.verb == "confirm" || o.verb == "attest") {
        put("evidence", o.evidence);
    }
    if (!o.attested.empty()) {
        json["attested"] = {{"name", o.attested}, {"role", o.role}};
    }
    if (!o.answer.empty()) {
        const auto text = read_document(o.answer);
        if (!text) {
            return failed(text);
        }
        const auto answer = release::read_answer_document(*text);
        if (!answer) {
            return failed(answer);
        }
        json["signed"] = {{"statement", answer->statement}, {"signature", answer->signature}};
    }
    if (o.verb == "override") {
        put("gate", o.gate);
    }
    if (o.refuse) {
        json["refuse"] = true;
    }
    for (const auto& text : o.gave) {
        const auto sign = text.find('=');
        if (sign == std::string::npos || sign == 0) {
            return fail(ErrorCode::bad_input, "'" + text + "' is not what a step gave", o.verb,
                        "write NAME=VALUE, for example --gave pod=web-1");
        }
        Json& value = json["outputs"][text.substr(0, sign)];
        if (!value.is_null()) {
            return fail(ErrorCode::bad_input, "'" + text.substr(0, sign) + "' is given twice", o.verb,
                        "give each output once");
        }
        value = text.substr(sign + 1);
    }
    put("reason", o.reason);
    return json;
}

/// Nobody answers for this session: it is not there, or over, or its program was killed.
Error why_nobody(const std::string& session) {
    const auto outcome = host::closed_outcome(session);
    if (!outcome) {
        return outcome.error();
    }
    if (*outcome) {
        return {ErrorCode::refused, "the session is closed: " + **outcome, session, {}};
    }
    return {ErrorCode::not_found, "no program owns this session now", session, "'sluicectl resume' takes it up"};
}

/// What has come of it, in the log's words; its numbers alone while the file can't be read.
void tell(const std::string& file, int first, int last) {
    const auto session = read_session(file);
    if (!session || session->events.size() < static_cast<std::size_t>(last)) {
        fmt::print("{}\n",
                   first == last ? fmt::format("event {}", first) : fmt::format("events {} to {}", first, last));
        return;
    }
    for (const auto& event : session->events) {
        if (event.seq >= first && event.seq <= last) {
            fmt::print("{:>4}  {}\n", event.seq, release::describe(event.body));
        }
    }
}

/// An amendment throws away what holds have held, whatever it changes, and baselines of what asks something else: told
/// before it is sent, and asked where somebody sits at a terminal. A file that can't be read is no hindrance, nor is
/// what will be refused: who owns the session says what is wrong.
bool agreed_to_begin_anew(const std::string& file, const release::Command& command, const release::Actor& by) {
    const auto session = read_session(file);
    release::Release release;
    for (const auto& event : session ? session->events : std::vector<release::Event>{}) {
        release::apply(release, event);
    }
    const Nanos now = last_moment(file, release).value_or(release.time);
    const auto follows = release::decide(release, command, now, by);
    if (!follows) {
        return true;
    }
    bool costs = false;
    for (const auto& event : *follows) {
        if (const auto* lost = std::get_if<release::BaselineCaptured>(&event)) {
            fmt::print(stderr, "{}: it can't be measured again\n", release::describe(*lost));
            costs = true;
        }
    }
    const auto lost = release::lost_by_amending(release, now);
    for (const auto& hold : lost) {
        fmt::print(stderr, "the hold {} begins anew: the {} of {} that it has held do not count any more\n", hold.step,
                   duration_text(seconds(hold.held.count / seconds(1).count)), duration_text(hold.wanted));
    }
    if ((lost.empty() && !costs) || ::isatty(STDIN_FILENO) == 0) {
        return true;
    }
    fmt::print(stderr, "Amend the plan all the same? [yes/no] ");
    std::string line;
    std::getline(std::cin, line);
    return line == "yes" || line == "y";
}

int perform(const DoOptions& o) {
    auto places = sluice::host::own_paths();
    if (!places) {
        return complain(places.error());
    }
    const auto json = request(o);
    if (!json) {
        return complain(json.error());
    }
    const auto command = release::command_from_json(*json);
    if (!command) {
        return complain(command.error());
    }
    host::StartOptions who;
    who.paths = std::move(*places);
    // The session knows which role a person takes who names none.
    who.by = sluice::host::user_as(o.name, o.attested.empty() ? o.role : "");
    if (o.verb == "amend" && !agreed_to_begin_anew(o.session, *command, who.by)) {
        return complain({ErrorCode::refused, "nothing was sent", o.session, "say yes when asked"});
    }
    const auto reply = send_command(who, o.session, *command);
    if (!reply) {
        Error error = reply.error();
        if (error.code == ErrorCode::not_found || error.code == ErrorCode::unreachable) {
            error = why_nobody(o.session);
        } else if (error.what == release::needs_reason) {
            error.remedy = "say why with --reason TEXT; it stays in the log";
        } else if (error.what == release::needs_evidence && o.answer.empty()) {
            error.remedy = "name it with --evidence TEXT";
        } else if (o.verb == "amend" && error.remedy.ends_with(release::or_break_glass)) {
            error.remedy += ": --break-glass";
        } else if (error.what.starts_with(release::needs_outputs)) {
            error.remedy = "say what it gave with --gave NAME=VALUE; where nobody can tell, skip it";
        }
        return complain(error);
    }
    if (o.request && reply->contains("request")) {
        const auto bytes = canonical((*reply)["request"]);
        return bytes ? write_document("REQUEST", *bytes, o.output) : complain(bytes.error());
    }
    if (reply->value("last", -1) < reply->value("first", 0)) {
        fmt::print("nothing changed\n");
    } else {
        tell(o.session, reply->value("first", 0), reply->value("last", 0));
    }
    return done;
}

} // namespace

void add_do_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("do", "Give a command to a session at work: confirm a step, pause, skip, …");
    verb->footer(
        all_forms() +
        "ANSWER: happened, run-again, skip or abort. skip, override, abort, shift, amend, severity, break-glass,\n"
        "stop, decline, close, refusals and answers need --reason.\n"
        "happened and skip take what the step gave to later ones: --gave NAME=VALUE.\n"
        "confirm, attest and approve by a person at another desk: --request gives a request, which that person\n"
        "signs with 'sluicectl approve', and --signed takes the answer.");
    const auto o = std::make_shared<DoOptions>();
    verb->add_option("SESSION", o->session, "Its file")->required();
    verb->add_option("COMMAND", o->verb, "What to do, see below")->required();
    verb->add_option("FIRST", o->first,
                     "Step, operation, option, person, trigger, alert, text or file of the new plan");
    verb->add_option("SECOND", o->second, "Choice, answer, role or ARM=WEIGHT");
    verb->add_option("MORE", o->more,
                     "Of shift: further weights, an arm that is left out gets the rest; of join: roles");
    verb->add_option("--reason", o->reason, "Stays in the log");
    verb->add_option("--evidence", o->evidence, "Of confirm and attest; of a signed one the signer gives it");
    verb->add_option("--gate", o->gate, "Of override: one gate");
    verb->add_option("--step", o->step, "Of note: what it is about");
    verb->add_option("--gave", o->gave, "Of resolve and skip: an output of the step, NAME=VALUE; any number");
    verb->add_flag("--no", o->refuse, "Of confirm, attest and approve: refuse");
    verb->add_flag("--break-glass", o->break_glass,
                   "Of amend: change also what others would have to approve first, who may; it is owed afterwards");
    verb->add_option("--operator", o->name, "Who; default your login name");
    verb->add_option("--role", o->role, "As which role; default one that the step asks for and you hold");
    auto* request = verb->add_flag("--request", o->request, "Of confirm, attest, approve: a request to be signed");
    verb->add_option("-o,--output", o->output, "With --request: its file; default text for a chat, printed");
    auto* answer = verb->add_option("--signed", o->answer, "Of confirm, attest, approve: file of the answer, - = input")
                       ->excludes(request);
    verb->add_option("--for", o->attested, "Of approve: who approved, by your word as the lead; --reason says how")
        ->excludes(request)
        ->excludes(answer);
    verb->callback([&action, o] { action = [o] { return perform(*o); }; });
}

} // namespace sluicectl
