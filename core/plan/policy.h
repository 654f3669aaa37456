#pragma once
/// The organisation's policy (PLAN.md, "People"): who holds which role, what a release needs before it may go on, who
/// may break the glass. Pinned outside of the plan, which can ask for more and never for less.
///
/// Immutable after loading. Its table of keys is language_policy.cpp.
#include "base/nanos.h"
#include "plan/diagnostic.h"
#include "plan/position.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

struct Person {
    std::string name;                    ///< as sessions call him
    std::string title;                   ///< the whole name, for people
    std::vector<std::string> roles;      ///< held, whatever he claims
    std::vector<std::string> principals; ///< under which `allowed-signers` holds his keys
    Position at;
};

/// Who may not approve, besides those who lack the role.
enum class Barred { initiator, proposer, lead };

/// What an approval may rest on. Signed always counts.
enum class Ground {
    signed_,  ///< by a key of the person
    given,    ///< under the person's name, at the session's desk
    attested, ///< the lead says that the person approved
};

/// What releases of a type to an environment need.
struct PolicyRule {
    std::vector<std::string> types;        ///< empty = any
    std::vector<std::string> environments; ///< empty = any
    std::vector<std::string> roles;        ///< each at least once
    int quorum = 1;                        ///< distinct persons
    std::set<Ground> accepts;
    std::set<Barred> barred;
    std::optional<Nanos> valid_for; ///< an approval older than this, of what has not begun, is asked for again
    Position at;

    bool covers(const std::string& type, const std::string& environment) const;
};

struct BreakGlass {
    std::vector<std::string> roles; ///< who may
    Nanos approve_within;           ///< then the approval is overdue
};

struct Policy {
    std::string title;
    std::string allowed_signers; ///< file, beside the policy; empty = nobody signs
    std::vector<Person> people;
    std::vector<PolicyRule> rules; ///< the first that covers a release is its rule
    bool refuses_others = true;    ///< releases that no rule covers
    std::vector<std::string> lead; ///< roles that may open and lead a session; empty = anybody
    std::map<std::string, std::vector<std::string>> commands; ///< word of a command → roles, or `the_lead`
    std::optional<BreakGlass> break_glass;
    Nanos request_valid_for = hours(1);

    const Person* person(std::string_view name) const;            ///< null = not known
    const Person* by_principal(std::string_view principal) const; ///< null = nobody's
    bool holds(std::string_view person, std::string_view role) const;
    const PolicyRule* rule_for(const std::string& type, const std::string& environment) const;
};

/// Stands for whoever leads the session at the moment, in `commands`.
inline constexpr std::string_view the_lead = "the-lead";

struct PolicyOutcome {
    std::optional<Policy> policy; ///< nothing if there was an error
    std::vector<Diagnostic> diagnostics;
};

/// Tells all that is wrong at once, as the plan's loader does.
PolicyOutcome load_policy(std::string_view source);

/// Whether so many distinct persons can be found that each role is taken by one who holds it and is not `barred`, and
/// `quorum` persons hold one of the roles. Empty = yes, else what is lacking: "nobody but ada holds sre, and ada …".
std::string lacking(const Policy& policy, const std::vector<std::string>& roles, int quorum,
                    const std::set<std::string>& barred);

} // namespace sluice::plan
