#include "plan/policy.h"
#include "plan/reading.h"
#include "plan/shape_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::plan {
namespace {

std::vector<std::string> held_roles(const Policy& policy) {
    std::vector<std::string> roles;
    for (const Person& person : policy.people) {
        roles.insert(roles.end(), person.roles.begin(), person.roles.end());
    }
    std::sort(roles.begin(), roles.end());
    roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
    return roles;
}

/// Where the n-th item of a list stands; the list itself if it is one value.
Position at_item(const Node& map, const char* key, std::size_t n) {
    const Node* node = map.find(key);
    return node == nullptr ? map.at : n < node->items.size() ? node->items[n].at : node->at;
}

class PolicyReading {
public:
    PolicyReading(Reading& reading, const Node& root) : reading_(reading), root_(root) {}

    Policy read() {
        policy_.title = reading_.text(root_, "title");
        policy_.allowed_signers = reading_.text(root_, "allowed-signers");
        policy_.refuses_others = reading_.text(root_, "otherwise", "refuse") != "allow";
        policy_.request_valid_for = reading_.duration(root_, "request-valid-for").value_or(hours(1));
        read_people();
        read_rules();
        policy_.lead = held(root_, "lead");
        read_commands();
        if (const Node* glass = root_.find("break-glass"); glass != nullptr && glass->is_map()) {
            policy_.break_glass =
                BreakGlass{held(*glass, "roles"), reading_.duration(*glass, "approve-within").value_or(Nanos{})};
        }
        return std::move(policy_);
    }

private:
    void read_people() {
        const Node* people = root_.find("people");
        std::map<std::string, std::string> owners; // of principals
        for (const Entry& entry : people != nullptr ? people->entries : std::vector<Entry>{}) {
            Person person{entry.key, reading_.text(entry.value, "title", entry.key),
                          reading_.texts(entry.value, "roles"), reading_.texts(entry.value, "principals"), entry.at};
            for (std::size_t i = 0; i < person.principals.size(); ++i) {
                const auto& principal = person.principals[i];
                const Position at = at_item(entry.value, "principals", i);
                if (const auto [owner, fresh] = owners.emplace(principal, person.name); !fresh) {
                    reading_.error(at, fmt::format("the principal '{}' is {}'s already", principal, owner->second),
                                   "a key stands for one person");
                }
                if (principal.find_first_of("*?!, \t") != std::string::npos) {
                    reading_.error(at, fmt::format("'{}' is a pattern, not one principal", principal),
                                   "name each principal by itself");
                }
            }
            if (std::find(person.roles.begin(), person.roles.end(), the_lead) != person.roles.end()) {
                reading_.error(entry.at, "'the-lead' is no role that can be held", "it stands for who leads a session");
            }
            policy_.people.push_back(std::move(person));
        }
        if (people != nullptr && people->is_map() && people->entries.empty()) {
            reading_.error(people->at, "the policy names nobody", "NAME: {roles: [sre]} for each person");
        }
    }

    void read_rules() {
        const Node* rules = root_.find("rules");
        for (const Node& node : rules != nullptr ? rules->items : std::vector<Node>{}) {
            PolicyRule rule;
            rule.types = reading_.texts(node, "type");
            rule.environments = reading_.texts(node, "environment");
            rule.roles = held(node, "roles");
            rule.quorum = reading_.integer(node, "quorum", std::max<int>(1, static_cast<int>(rule.roles.size())));
            rule.valid_for = reading_.duration(node, "valid-for");
            rule.at = node.at;
            read_grounds(node, rule);
            read_barred(node, rule);
            check(node, rule);
            policy_.rules.push_back(std::move(rule));
        }
    }

    void read_grounds(const Node& node, PolicyRule& rule) {
        const auto words = reading_.texts(node, "accept");
        if (node.find("accept") == nullptr) {
            rule.accepts = {policy_.allowed_signers.empty() ? Ground::given : Ground::signed_};
            return;
        }
        for (const auto& [word, ground] : {std::pair("signed", Ground::signed_), std::pair("given", Ground::given),
                                           std::pair("attested", Ground::attested)}) {
            if (std::find(words.begin(), words.end(), word) != words.end()) {
                rule.accepts.insert(ground);
            }
        }
        if (node.find("accept")->is_list() && words.empty()) {
            reading_.error(node.find("accept")->at, "no approval could count", "name one of: signed, given, attested");
        }
        if (rule.accepts == std::set{Ground::signed_} && policy_.allowed_signers.empty()) {
            reading_.error(node.find("accept")->at, "only signed approvals count, and nobody can sign",
                           "name the file of keys: allowed-signers");
        }
    }

    void read_barred(const Node& node, PolicyRule& rule) {
        if (node.find("barred") == nullptr) {
            const auto& names = rule.environments;
            const bool production = names.empty() || std::any_of(names.begin(), names.end(), [](const auto& name) {
                                        return name == "production" || name == "prod";
                                    });
            rule.barred = production ? std::set{Barred::initiator, Barred::proposer} : std::set<Barred>{};
            return;
        }
        for (const auto& word : reading_.texts(node, "barred")) {
            rule.barred.insert(word == "lead"       ? Barred::lead
                               : word == "proposer" ? Barred::proposer
                                                    : Barred::initiator);
        }
    }

    void check(const Node& node, const PolicyRule& rule) {
        const Node* roles = node.find("roles");
        if (roles != nullptr && roles->is_list() && rule.roles.empty()) {
            reading_.error(roles->at, "an approval by nobody", "name at least one role");
        }
        if (rule.roles.empty()) {
            return;
        }
        if (rule.quorum < static_cast<int>(rule.roles.size())) {
            reading_.error(node.find("quorum")->at,
                           fmt::format("a quorum of {} can't hold each of {} roles", rule.quorum, rule.roles.size()),
                           fmt::format("at least {}", rule.roles.size()));
        } else if (const std::string lacks = lacking(policy_, rule.roles, rule.quorum, {});
                   !lacks.empty() && all_held_) {
            reading_.error(node.at, "nobody could ever give this approval: " + lacks,
                           "give the role to more people, or ask for fewer");
        }
        for (const PolicyRule& earlier : policy_.rules) {
            if (within(rule.types, earlier.types) && within(rule.environments, earlier.environments)) {
                reading_.error(
                    node.at,
                    fmt::format("this rule is never reached: the one in line {} covers all of it", earlier.at.line),
                    "put it before that one");
                break;
            }
        }
    }

    /// An empty list stands for all there is.
    static bool within(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
        return whole.empty() || (!part.empty() && std::all_of(part.begin(), part.end(), [&](const auto& word) {
                   return std::find(whole.begin(), whole.end(), word) != whole.end();
               }));
    }

    void read_commands() {
        const Node* commands = root_.find("commands");
        for (const Entry& entry : commands != nullptr ? commands->entries : std::vector<Entry>{}) {
            for (const Node& role : entry.value.items) {
                if (role.text != the_lead) {
                    somebody_holds(role.text, role.at);
                }
                policy_.commands[entry.key].push_back(role.text);
            }
            if (entry.value.is_list() && entry.value.items.empty()) {
                reading_.error(entry.value.at, fmt::format("nobody could give '{}'", entry.key),
                               "name roles, or the-lead");
            }
        }
    }

    /// The roles at a key, each of which somebody must hold.
    std::vector<std::string> held(const Node& map, const char* key) {
        auto roles = reading_.texts(map, key);
        all_held_ = true;
        for (std::size_t i = 0; i < roles.size(); ++i) {
            all_held_ = somebody_holds(roles[i], at_item(map, key, i)) && all_held_;
        }
        return roles;
    }

    bool somebody_holds(const std::string& role, Position at) {
        const auto known = held_roles(policy_);
        if (std::find(known.begin(), known.end(), role) != known.end()) {
            return true;
        }
        const std::string remedy = did_you_mean(role, known);
        reading_.error(at, fmt::format("nobody holds the role '{}'", role),
                       remedy.empty() ? "give it to somebody: people" : remedy);
        return false;
    }

    Reading& reading_;
    const Node& root_;
    Policy policy_;
    bool all_held_ = true; ///< of the last list of roles
};

} // namespace

PolicyOutcome load_policy(std::string_view source) {
    PolicyOutcome outcome;
    const std::string text(source);
    auto root = read_yaml(text);
    if (!root) {
        outcome.diagnostics.push_back(root.error());
        return outcome;
    }
    Reading reading(text);
    check_shape(*root, {Type::Kind::object, {"policy"}}, "the policy", reading.diagnostics);
    Policy policy = PolicyReading(reading, *root).read();
    sort_diagnostics(reading.diagnostics);
    outcome.diagnostics = std::move(reading.diagnostics);
    if (std::none_of(outcome.diagnostics.begin(), outcome.diagnostics.end(),
                     [](const Diagnostic& one) { return one.severity == Severity::error; })) {
        outcome.policy = std::move(policy);
    }
    return outcome;
}

} // namespace sluice::plan
