#include "plan/language_types.h"

namespace sluice::plan {

using namespace types;

const std::vector<ObjectShape>& policy_language() {
    // Rolling back is not among them: the way back is nobody's to forbid.
    static const std::vector<std::string_view> commands{
        "abort",  "advance", "amend",     "attest",   "close", "confirm", "continue",
        "decide", "decline", "hand-over", "join",     "leave", "note",    "override",
        "pause",  "resolve", "retry",     "severity", "shift", "skip",    "stop"};
    static const std::vector<ObjectShape> all{
        {"policy",
         "The organisation's rules for releases. A plan can ask for more, never for less.",
         {{"policy", integer(1, 1), "The version of this language.", true},
          {"title", text, "Whose policy it is."},
          {"allowed-signers", text,
           "File of keys by principal as ssh-keygen reads it, beside the policy. Without it nobody can sign."},
          {"people", map(text, object("policy-person")), "Who there is, by the name that sessions use.", true},
          {"rules", list(object("policy-rule")), "The first that covers a release is its rule.", true},
          {"otherwise", choice({"refuse", "allow"}), "What becomes of a release that no rule covers.", false, "refuse"},
          {"lead", list(id), "Roles that may open and lead a session.", false, "anybody may"},
          {"commands", map(choice(commands), list(id)),
           "Who may give a command: roles, or the-lead. What is not named, anybody may; rolling back always.", false},
          {"break-glass", object("policy-break-glass"), "Going on without approval.", false, "nobody may"},
          {"request-valid-for", duration, "How long a request for a signature can be answered.", false, "1h"}}},
        {"policy-person",
         "One person.",
         {{"title", text, "The whole name.", false, "the name"},
          {"roles", list(id), "Roles that the person holds.", true},
          {"principals", one_or_more(text), "Principals in allowed-signers that are this person.", false, "none"}}},
        {"policy-rule",
         "What some releases need before they go on.",
         {{"type", one_or_more(text), "Types of release, as the plan's release names them.", false, "any"},
          {"environment", one_or_more(text), "Environments.", false, "any"},
          {"roles", list(id), "Approval by each of them at least once.", true},
          {"quorum", integer(1, 20), "By so many distinct persons.", false, "as many as there are roles"},
          {"accept", list(choice({"signed", "given", "attested"})),
           "What an approval may rest on: the person's key, his name at the session's desk, the word of the lead.",
           false, "[signed] if there is an allowed-signers, else [given]"},
          {"barred", list(choice({"initiator", "proposer", "lead"})),
           "Who may not approve: who opened the session, who proposed a change in it, who leads it.", false,
           "[initiator, proposer] for production, else nobody"},
          {"valid-for", duration, "An approval older than this, of what has not begun, is asked for again.", false,
           "for ever"}}},
        {"policy-break-glass",
         "Going on without approval, with a reason; the approval is demanded afterwards.",
         {{"roles", list(id), "Who may.", true}, {"approve-within", duration, "When the approval is overdue.", true}}},
    };
    return all;
}

} // namespace sluice::plan
