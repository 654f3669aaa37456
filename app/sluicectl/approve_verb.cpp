#include "base/nanos.h"
#include "base/printable.h"
#include "host/ssh_signature.h"
#include "release/signing.h"
#include "sluicectl/document.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace sluicectl {

using namespace sluice;

Result<std::string> read_document(const std::string& file) {
    if (file != "-") {
        return host::read_file(file, 1u << 20);
    }
    std::string text((1u << 20) + 1, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > 1u << 20) {
        return fail(ErrorCode::bad_input, "this is too long to be a request or an answer", "standard input");
    }
    return text;
}

int write_document(const std::string& kind, const std::string& bytes, const std::string& file) {
    if (file.empty()) {
        fmt::print("{}", release::armoured(kind, bytes));
        return done;
    }
    std::ofstream stream(file, std::ios::binary | std::ios::trunc);
    stream << bytes << "\n";
    stream.close();
    return stream ? static_cast<int>(done)
                  : complain({ErrorCode::io, "the file can't be written", file, "is there such a folder?"});
}

namespace {

struct ApproveOptions {
    std::string request, key, output, role, reason, evidence;
    bool refuse = false, yes = false;
};

/// Shown on the terminal whatever becomes of the output.
bool agreed(const std::string& request, const release::Statement& statement) {
    if (request == "-" || ::isatty(STDIN_FILENO) == 0) {
        return false;
    }
    fmt::print(stderr, "\nSign '{}' as {}{}? [yes/no] ", statement.answer, statement.role,
               statement.evidence.empty() ? "" : ", with the evidence " + printable(statement.evidence));
    std::string line;
    std::getline(std::cin, line);
    return line == "yes" || line == "y";
}

Result<std::string> role_of(const Json& request, const std::string& wanted) {
    std::vector<std::string> roles;
    for (const auto& role : request["roles"]) {
        roles.push_back(role.get<std::string>());
    }
    if (wanted.empty() && roles.size() == 1) {
        return roles.front();
    }
    if (roles.empty() || std::find(roles.begin(), roles.end(), wanted) != roles.end()) {
        return wanted;
    }
    return fail(
        ErrorCode::bad_input, wanted.empty() ? "several roles are asked for" : "'" + wanted + "' is not asked for",
        wanted.empty() ? "--role" : "--role " + wanted, fmt::format("--role with one of: {}", fmt::join(roles, ", ")));
}

int sign(const ApproveOptions& o) {
    const auto text = read_document(o.request);
    const auto bytes = text ? release::unarmoured("REQUEST", *text) : text;
    const auto request = bytes ? parse_json(*bytes, o.request, 1u << 20) : Result<Json>(failed(bytes));
    if (!request) {
        return complain(bytes
                            ? sluice::Error{ErrorCode::bad_input, "this is no request to be signed", o.request,
                                            "it is what 'sluicectl do SESSION approve STEP --request' printed or wrote"}
                            : request.error());
    }
    if (const auto sound = release::check_request(*request); !sound) {
        return complain(sound.error());
    }
    fmt::print(stderr, "{}", release::request_text(*request));
    const auto role = role_of(*request, o.role);
    if (!role) {
        return complain(role.error());
    }
    const auto expires = parse_nanos((*request)["expires"].get<std::string>());
    const Nanos now{
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count()};
    if ((*request)["mode"] == "run" && *expires <= now) {
        return complain({ErrorCode::refused, "the request expired at " + release::instant(*expires), o.request,
                         "ask for another one"});
    }
    if (!o.evidence.empty() && (*request)["purpose"] == "approve") {
        return complain({ErrorCode::bad_input, "an approval takes no evidence", "--evidence " + o.evidence,
                         "say it with --reason; evidence goes with what is confirmed or attested"});
    }
    release::Statement statement{*request, o.refuse ? "no" : "yes", *role, o.reason, o.evidence};
    if (o.refuse && o.reason.empty()) {
        return complain({ErrorCode::bad_input, "a refusal says why", "--no", "--reason TEXT"});
    }
    if (!o.yes && !agreed(o.request, statement)) {
        return complain({ErrorCode::refused, "nothing was signed", o.request,
                         "say yes when asked, or --yes where there is no terminal"});
    }
    const auto signed_bytes = release::statement_bytes(statement);
    if (!signed_bytes) {
        return complain(signed_bytes.error());
    }
    int argc = 1;
    char name[] = "sluicectl";
    char* argv[] = {name, nullptr};
    const QCoreApplication loop(argc, argv);
    const auto signature = host::ssh_sign(*signed_bytes, o.key);
    if (!signature) {
        return complain(signature.error());
    }
    return write_document("ANSWER", release::answer_document({*signed_bytes, *signature}), o.output);
}

} // namespace

void add_approve_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand("approve", "Sign a request that a session at another desk made");
    verb->footer(
        "Shows what it is for and what will run, asks, and signs with ssh-keygen: a key in a file, in an agent\n"
        "(name its .pub file) or in hardware. The answer goes back to the session: 'sluicectl do SESSION approve\n"
        "STEP --signed ANSWER'. Confirms and attests are signed the same way.");
    const auto o = std::make_shared<ApproveOptions>();
    verb->add_option("REQUEST", o->request, "File of the request, or of a text that holds it; - = input")->required();
    verb->add_option("--key", o->key, "Your SSH key; with a .pub file the agent signs")->required();
    verb->add_option("-o,--output", o->output, "File of the answer; default text for a chat, printed");
    verb->add_option("--role", o->role, "As which role; only needed if several are asked for");
    verb->add_option("--reason", o->reason, "Stays in the log");
    auto* evidence = verb->add_option("--evidence", o->evidence,
                                      "Of confirm and attest: where it can be seen; part of what is signed");
    verb->add_flag("--no", o->refuse, "Refuse, with a reason")->excludes(evidence);
    verb->add_flag("--yes", o->yes, "Don't ask");
    verb->callback([&action, o] { action = [o] { return sign(*o); }; });
}

} // namespace sluicectl
