#pragma once
/// What a person signs who answers for a step from another desk (ref/durability.md, "Approval signatures"). Pure: keys
/// and ssh-keygen are host/ssh_signature.h.
///
/// A request names session, plan, step, what will run and its digest, size and root of the log, a nonce and its end. A
/// statement is a request with an answer; its canonical bytes are what is signed. Both travel as files, or as text with
/// a line before and after, so that a chat can carry them.
#include "release/command.h"
#include "release/state.h"

#include <string>

namespace sluice::release {

/// The namespace of the signatures, so that none made for something else can be used.
inline constexpr const char* signature_namespace = "approval@sluice";

/// For a confirm, an attest, an external or an approve.
Json signature_request(const Release& release, const plan::Step& step, const AskSignature& command, Nanos expires,
                       const std::string& asked_by);

/// `bad_input` if this is no request, or one whose digest is not that of what it shows.
Result<void> check_request(const Json& request);

/// For who is to sign it: all that the request holds, in lines.
std::string request_text(const Json& request);

struct Statement {
    Json request;
    std::string answer; ///< yes | no
    std::string role, reason;
    std::string evidence = {}; ///< of a confirm, an attest or an external; empty = none
};
/// The bytes to sign; `internal` if the request is not canonical.
Result<std::string> statement_bytes(const Statement& statement);
Result<Statement> read_statement(const std::string& bytes);

/// Whether the statement answers what this session asked for this step, unchanged, in time, and for
/// the first time by this person. One request can go to all who approve.
Result<void> check_statement(const Release& release, const StepId& step, const Statement& statement,
                             const std::string& person, Nanos now);

/// "-----BEGIN SLUICE REQUEST-----", base64, "-----END …". `kind`: REQUEST | ANSWER.
std::string armoured(const std::string& kind, const std::string& bytes);
/// The bytes of a document: JSON as it is, or armoured, with whatever a chat put around it.
Result<std::string> unarmoured(const std::string& kind, const std::string& text);

/// An answer as it travels: what was signed, and the signature.
std::string answer_document(const SignedAnswer& answer);
Result<SignedAnswer> read_answer_document(const std::string& text);

} // namespace sluice::release
