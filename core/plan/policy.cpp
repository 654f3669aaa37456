#include "plan/policy.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>

namespace sluice::plan {
namespace {

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

} // namespace

bool PolicyRule::covers(const std::string& type, const std::string& environment) const {
    return (types.empty() || has(types, type)) && (environments.empty() || has(environments, environment));
}

const Person* Policy::person(std::string_view name) const {
    const auto found = std::find_if(people.begin(), people.end(), [&](const Person& one) { return one.name == name; });
    return found == people.end() ? nullptr : &*found;
}

const Person* Policy::by_principal(std::string_view principal) const {
    const auto found =
        std::find_if(people.begin(), people.end(), [&](const Person& one) { return has(one.principals, principal); });
    return found == people.end() ? nullptr : &*found;
}

bool Policy::holds(std::string_view name, std::string_view role) const {
    const Person* found = person(name);
    return found != nullptr && has(found->roles, role);
}

const PolicyRule* Policy::rule_for(const std::string& type, const std::string& environment) const {
    const auto found = std::find_if(rules.begin(), rules.end(),
                                    [&](const PolicyRule& rule) { return rule.covers(type, environment); });
    return found == rules.end() ? nullptr : &*found;
}

std::string lacking(const Policy& policy, const std::vector<std::string>& roles, int quorum,
                    const std::set<std::string>& barred) {
    // Each role wants a person of its own: a matching, by augmenting paths.
    std::map<std::string, std::size_t> taken; // person → index of the role
    const std::function<bool(std::size_t, std::set<std::string>&)> find = [&](std::size_t role,
                                                                              std::set<std::string>& tried) {
        for (const Person& person : policy.people) {
            if (barred.contains(person.name) || !has(person.roles, roles[role]) || !tried.insert(person.name).second) {
                continue;
            }
            const auto holder = taken.find(person.name);
            if (holder == taken.end() || find(holder->second, tried)) {
                taken[person.name] = role;
                return true;
            }
        }
        return false;
    };
    for (std::size_t i = 0; i < roles.size(); ++i) {
        std::set<std::string> tried;
        if (!find(i, tried)) {
            std::vector<std::string> holders;
            for (const Person& person : policy.people) {
                if (has(person.roles, roles[i]) && barred.contains(person.name)) {
                    holders.push_back(person.name);
                }
            }
            return holders.empty()
                       ? fmt::format("nobody is left to approve as {}", roles[i])
                       : fmt::format("nobody is left to approve as {}: {} may not", roles[i], fmt::join(holders, ", "));
        }
    }
    const auto persons = std::count_if(policy.people.begin(), policy.people.end(), [&](const Person& person) {
        return !barred.contains(person.name) &&
               std::any_of(roles.begin(), roles.end(), [&](const auto& role) { return has(person.roles, role); });
    });
    if (persons < quorum) {
        return fmt::format("the quorum is {}, and only {} one of the roles and may approve", quorum,
                           persons == 1 ? "1 person holds" : fmt::format("{} persons hold", persons));
    }
    return {};
}

} // namespace sluice::plan
