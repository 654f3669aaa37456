#include "release/signing.h"

#include "base/digest.h"
#include "base/printable.h"
#include "plan/fill.h"
#include "release/covered.h"
#include "release/demand.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sstream>

namespace sluice::release {
namespace {

/// Every member of a request, in the order in which a difference is told.
constexpr std::pair<const char*, const char*> members[] = {
    {"request", "the kind of request"},
    {"session", "the session"},
    {"mode", "whether it is a rehearsal"},
    {"step", "the step"},
    {"purpose", "what is asked for"},
    {"plan", "the plan"},
    {"plan_digest", "the plan's digest"},
    {"covers", "the digest of what will run"},
    {"runs", "what will run"},
    {"root", "the root of the log"},
    {"size", "the size of the log"},
    {"nonce", "the nonce"},
    {"expires", "when it expires"},
    {"roles", "the list of roles"},
    {"title", "the title"},
    {"text", "the text"},
    {"asked_by", "who asked"},
};

std::string text_of(const Json& json, const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Of the plan as it is now.
const std::string& plan_digest(const Release& release) {
    return release.amendments.empty() ? release.opened.plan_digest : release.amendments.back().digest;
}

/// What the signer of a step that is no approve states; of what is typed elsewhere, that it was.
std::string stated_by(const plan::StepBody& body) {
    if (const auto* confirm = std::get_if<plan::Confirm>(&body)) {
        return confirm->text;
    }
    if (const auto* attest = std::get_if<plan::Attest>(&body)) {
        return attest->text;
    }
    const auto* external = std::get_if<plan::External>(&body);
    return !external                ? std::string()
           : external->text.empty() ? external->command
                                    : external->command + ": " + external->text;
}

/// Each line of a value indented, and no character that a terminal obeys: it comes from another desk, and whoever signs
/// goes by what he sees.
std::string shown(const std::string& value) {
    std::string text;
    std::istringstream stream(value);
    for (std::string line; std::getline(stream, line);) {
        text += (text.empty() ? "" : "\n            ") + printable(line);
    }
    return text;
}

Error not_a(const char* what, const std::string& why) {
    return {ErrorCode::bad_input,
            fmt::format("this is no {}: {}", what, why),
            {},
            "ask for it again, and carry it over whole"};
}

} // namespace

Json signature_request(const Release& release, const plan::Step& step, const AskSignature& command, Nanos expires,
                       const std::string& asked_by) {
    std::string purpose = plan::kind_name(step.body), text;
    std::vector<std::string> roles;
    Json runs = Json::array();
    if (std::holds_alternative<plan::Approve>(step.body)) {
        roles = demand(release, step).roles;
        runs = to_approve(release, step.id);
    } else {
        const std::string wanted = stated_by(step.body);
        const auto filled = plan::fill(wanted, scope(release));
        text = filled ? *filled : wanted;
        if (!step.owner.empty()) {
            roles.push_back(step.owner);
        }
    }
    return {{"request", 1},
            {"session", release.opened.session},
            {"mode", release.opened.mode},
            {"step", step.id},
            {"purpose", purpose},
            {"plan", release.opened.plan_id},
            {"plan_digest", plan_digest(release)},
            {"covers", digest_of_runs(runs)},
            {"runs", runs},
            {"root", command.root},
            {"size", command.size},
            {"nonce", command.nonce},
            {"expires", nanos_text(expires)},
            {"roles", roles},
            {"title", release.at(step.id).title},
            {"text", text},
            {"asked_by", asked_by}};
}

Result<void> check_request(const Json& request) {
    const auto refuse = [](const std::string& why) -> Result<void> {
        return tl::unexpected<Error>(not_a("request for a signature", why));
    };
    if (!request.is_object() || request.value("request", Json()) != 1) {
        return refuse("it does not say that it is one, or is of another version");
    }
    for (const auto& [key, what] : members) {
        if (!request.contains(key)) {
            return refuse(fmt::format("{} is missing", what));
        }
    }
    if (request.size() != std::size(members)) {
        return refuse("it holds more than this program can show");
    }
    for (const char* key : {"session", "mode", "step", "purpose", "plan", "plan_digest", "covers", "root", "nonce",
                            "expires", "title", "text", "asked_by"}) {
        if (!request[key].is_string()) {
            return refuse(fmt::format("'{}' must be text", key));
        }
    }
    if (!request["runs"].is_array() || !request["roles"].is_array() || !request["size"].is_number_integer()) {
        return refuse("'runs' and 'roles' must be lists, and 'size' a number");
    }
    for (const char* key : {"runs", "roles"}) {
        for (const auto& item : request[key]) {
            if (std::string_view(key) == "roles" ? !item.is_string() : text_of(item, "does").empty()) {
                return refuse(fmt::format("an item of '{}' is no such thing", key));
            }
        }
    }
    if (!parse_nanos(text_of(request, "expires"))) {
        return refuse("'expires' is no time");
    }
    if (digest_of_runs(request["runs"]) != text_of(request, "covers")) {
        return refuse("what it shows is not what its digest is of");
    }
    return {};
}

std::string request_text(const Json& request) {
    std::string text = fmt::format("{}  {}\n", shown(text_of(request, "purpose")), shown(text_of(request, "title")));
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            text += fmt::format("  {:<9} {}\n", name, shown(value));
        }
    };
    std::vector<std::string> roles;
    for (const auto& role : request["roles"]) {
        roles.push_back(role.get<std::string>());
    }
    line("text", text_of(request, "text"));
    line("step", text_of(request, "step"));
    line("session", text_of(request, "session") + (text_of(request, "mode") == "rehearse" ? " (a rehearsal)" : ""));
    line("plan", fmt::format("{} ({})", text_of(request, "plan"), text_of(request, "plan_digest")));
    line("log", fmt::format("{} events, root {}", request["size"].dump(), text_of(request, "root")));
    line("roles", fmt::format("{}", fmt::join(roles, ", ")));
    line("asked by", text_of(request, "asked_by"));
    const auto expires = parse_nanos(text_of(request, "expires"));
    line("expires", expires ? instant(*expires) : "");
    line("nonce", text_of(request, "nonce"));
    if (!request["runs"].empty()) {
        text += fmt::format("  what will run ({}):\n", shown(text_of(request, "covers")));
    }
    for (const auto& run : request["runs"]) {
        const std::string what = text_of(run, "what"), on = text_of(run, "on");
        text += fmt::format("    {}{}: {}{}\n", shown(text_of(run, "step")),
                            text_of(run, "way back").empty() ? "" : ", on the way back", shown(text_of(run, "does")),
                            on.empty() ? "" : " on " + shown(on));
        if (!what.empty() && what != "null") {
            text += fmt::format("      {}\n", shown(what));
        }
        const auto asked = [&](const Json& of) {
            if (const std::string asks = text_of(of, "asks"); asks.size() > 2) { // more than []
                text += fmt::format("      asks {}\n", shown(asks));
            }
        };
        asked(run);
        if (const Json undo = run.value("undo", Json()); undo.is_object()) {
            text += fmt::format("      taken back by {}\n      {}\n", shown(text_of(undo, "does")),
                                shown(text_of(undo, "what")));
            asked(undo);
        }
        const Json files = run.value("files", Json::array());
        for (const auto& file : files.is_array() ? files : Json::array()) {
            text += fmt::format("      file {} {}\n", shown(text_of(file, "path")), shown(text_of(file, "digest")));
        }
    }
    return text;
}

Result<std::string> statement_bytes(const Statement& statement) {
    Json json = {{"statement", 1},
                 {"request", statement.request},
                 {"answer", statement.answer},
                 {"role", statement.role},
                 {"reason", statement.reason}};
    if (!statement.evidence.empty()) { // without, the bytes are those of statements from before there was any
        json["evidence"] = statement.evidence;
    }
    return canonical(json);
}

Result<Statement> read_statement(const std::string& bytes) {
    const auto refuse = [](const std::string& why) -> Result<Statement> {
        return tl::unexpected<Error>(not_a("signed statement", why));
    };
    const auto json = parse_json(bytes, "statement", 1u << 20);
    if (!json) {
        return refuse(json.error().what);
    }
    if (!json->is_object() || json->value("statement", Json()) != 1) {
        return refuse("it does not say that it is one, or is of another version");
    }
    Statement statement{json->value("request", Json()), text_of(*json, "answer"), text_of(*json, "role"),
                        text_of(*json, "reason"), text_of(*json, "evidence")};
    if (const auto sound = check_request(statement.request); !sound) {
        return failed(sound);
    }
    if (statement.answer != "yes" && statement.answer != "no") {
        return refuse("its answer is neither yes nor no");
    }
    const auto again = statement_bytes(statement);
    if (!again || *again != bytes) {
        return refuse("it is not in the one form that is signed");
    }
    return statement;
}

Result<void> check_statement(const Release& release, const StepId& step, const Statement& statement,
                             const std::string& person, Nanos now) {
    const Json& request = statement.request;
    const auto refuse = [&](std::string what, std::string remedy) -> Result<void> {
        return fail(ErrorCode::refused, std::move(what), step, std::move(remedy));
    };
    const char* ask_again = "ask for a signature again, and send that request";
    if (text_of(request, "session") != release.opened.session) {
        return refuse(fmt::format("the answer is for the session {}", text_of(request, "session")),
                      "hand it to that one");
    }
    if (text_of(request, "step") != step) {
        return refuse(fmt::format("the answer is for the step '{}'", text_of(request, "step")), "name that step");
    }
    const auto found = release.requests.find(text_of(request, "nonce"));
    if (found == release.requests.end()) {
        return refuse("this session never asked for it", ask_again);
    }
    const AskedSignature& asked = found->second;
    for (const auto& [key, what] : members) {
        if (request[key] != asked.request[key]) {
            return refuse(fmt::format("{} is not as it was when the signature was asked for", what), ask_again);
        }
    }
    if (asked.used_by.contains(person)) {
        return refuse(person + " has answered this request already", ask_again);
    }
    if (asked.expires <= now) {
        return refuse("the request expired at " + instant(asked.expires), ask_again);
    }
    if (text_of(request, "plan_digest") != plan_digest(release)) {
        return refuse("the plan was amended since the signature was asked for", ask_again);
    }
    const auto* planned = release.step(step);
    if (planned && std::holds_alternative<plan::Approve>(planned->body) &&
        digest_of_runs(to_approve(release, step)) != text_of(request, "covers")) {
        return refuse("what will run has changed since the signature was asked for", ask_again);
    }
    return {};
}

std::string armoured(const std::string& kind, const std::string& bytes) {
    const std::string text = base64(bytes);
    std::string all = "-----BEGIN SLUICE " + kind + "-----\n";
    for (std::size_t at = 0; at < text.size(); at += 70) {
        all += text.substr(at, 70) + "\n";
    }
    return all + "-----END SLUICE " + kind + "-----\n";
}

Result<std::string> unarmoured(const std::string& kind, const std::string& text) {
    const std::string begin = "-----BEGIN SLUICE " + kind + "-----", end = "-----END SLUICE " + kind + "-----";
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && text[first] == '{') {
        return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
    }
    const auto from = text.find(begin), to = text.find(end);
    std::string bytes;
    std::string inner = from != std::string::npos && to != std::string::npos && from < to
                            ? text.substr(from + begin.size(), to - from - begin.size())
                            : "";
    std::erase_if(inner, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t' || c == '>'; });
    if (inner.empty() || !from_base64(inner, bytes)) {
        return fail(ErrorCode::bad_input, "there is no whole '" + begin + "' with its end here", {},
                    "carry the text over with its first and last line");
    }
    return bytes;
}

std::string answer_document(const SignedAnswer& answer) {
    return Json({{"answer", 1}, {"statement", answer.statement}, {"signature", answer.signature}}).dump();
}

Result<SignedAnswer> read_answer_document(const std::string& text) {
    const auto bytes = unarmoured("ANSWER", text);
    if (!bytes) {
        return failed(bytes);
    }
    const auto json = parse_json(*bytes, "answer", 1u << 20);
    if (!json || !json->is_object() || json->value("answer", Json()) != 1) {
        return tl::unexpected<Error>(not_a("answer", json ? "it does not say that it is one" : json.error().what));
    }
    SignedAnswer answer{text_of(*json, "statement"), text_of(*json, "signature")};
    if (answer.statement.empty() || answer.signature.empty()) {
        return tl::unexpected<Error>(not_a("answer", "statement and signature are missing"));
    }
    return answer;
}

} // namespace sluice::release
