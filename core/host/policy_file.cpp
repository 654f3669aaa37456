#include "host/policy_file.h"

#include "base/digest.h"
#include "host/user.h"
#include "plan/signers.h"

#include <algorithm>

namespace sluice::host {

std::string policy_file(const std::string& named, const Paths& paths) {
    if (!named.empty()) {
        return named;
    }
    if (!paths.policy.empty()) {
        return paths.policy.string();
    }
    std::error_code ignored;
    const auto own = paths.config / "policy.yaml";
    // One that can't be followed (a link to a share that is not there) is not none: reading it then says so.
    const bool none = std::filesystem::symlink_status(own, ignored).type() == std::filesystem::file_type::not_found;
    return none ? std::string() : own.string();
}

Result<PinnedPolicy> read_policy(const std::string& file) {
    auto source = read_file(file, 1u << 20);
    if (!source) {
        return failed(source);
    }
    auto loaded = plan::load_policy(*source);
    if (!loaded.policy) {
        std::string all;
        for (const auto& diagnostic : loaded.diagnostics) {
            all += (all.empty() ? "" : "\n") + plan::to_text(diagnostic, file);
        }
        return fail(ErrorCode::bad_input, all);
    }
    PinnedPolicy pinned{std::move(*loaded.policy), {}};
    pinned.bound.file = std::filesystem::path(file).filename().string();
    pinned.bound.digest = hex(sha256(*source));
    pinned.bound.source = std::move(*source);
    if (pinned.policy.allowed_signers.empty()) {
        return pinned;
    }
    const auto keys = (std::filesystem::path(file).parent_path() / pinned.policy.allowed_signers).string();
    auto text = read_file(keys, 1u << 20);
    if (!text) {
        return failed(text);
    }
    const auto signers = plan::read_signers(*text, keys);
    if (!signers) {
        return failed(signers);
    }
    if (const auto fits = plan::check_signers(pinned.policy, *signers, keys); !fits) {
        return failed(fits);
    }
    pinned.bound.signers_file = std::filesystem::path(keys).filename().string();
    pinned.bound.signers_digest = hex(sha256(*text));
    pinned.bound.signers = std::move(*text);
    return pinned;
}

Result<release::BridgeJoined> read_operator(const std::string& text) {
    const auto refuse = [&] { return fail(ErrorCode::bad_input, "not NAME or NAME:ROLE,ROLE", "--operator " + text); };
    const auto colon = text.find(':');
    release::BridgeJoined member{text.substr(0, colon), {}, {}};
    if (member.person.empty()) {
        return refuse();
    }
    if (member.person == release::own_name) {
        return fail(ErrorCode::bad_input, "this program calls itself so in the log", "--operator " + text,
                    "another name for the person");
    }
    for (std::size_t from = colon; from != std::string::npos;) {
        const auto to = text.find_first_of(":,", from + 1);
        member.roles.push_back(text.substr(from + 1, to == std::string::npos ? to : to - from - 1));
        if (member.roles.back().empty()) {
            return refuse();
        }
        from = to;
    }
    return member;
}

namespace {

std::string role_to_lead(const plan::Policy& policy, const std::string& name) {
    const auto* person = policy.person(name);
    for (const auto& role : person ? person->roles : std::vector<std::string>{}) {
        if (policy.lead.empty() || std::find(policy.lead.begin(), policy.lead.end(), role) != policy.lead.end()) {
            return role;
        }
    }
    return person && !person->roles.empty() ? person->roles.front() : "";
}

} // namespace

Result<release::Actor> who_comes(const PeopleAsked& asked) {
    if (asked.operators.empty()) {
        return user_as("", asked.role);
    }
    const auto first = read_operator(asked.operators.front());
    if (!first) {
        return failed(first);
    }
    const std::string own = first->roles.empty() ? "" : first->roles.front();
    return user_as(first->person, asked.role.empty() ? own : asked.role);
}

Result<void> take_people(StartOptions& options, const PeopleAsked& asked) {
    const auto& [policy, operators, role] = asked;
    options.policy.reset();
    options.bridge.clear();
    std::optional<plan::Policy> rules;
    if (const auto file = policy_file(policy, options.paths); !file.empty()) {
        auto pinned = read_policy(file);
        if (!pinned) {
            return failed(pinned);
        }
        rules = std::move(pinned->policy);
        options.policy = std::move(pinned->bound);
    }
    options.by = user_as("", role);
    if (options.by.name == release::own_name && operators.empty()) {
        return fail(ErrorCode::bad_input, "your login name is what this program calls itself in the log", {},
                    "--operator NAME");
    }
    for (const auto& text : operators) {
        auto member = read_operator(text);
        if (!member) {
            return failed(member);
        }
        const bool first = &text == &operators.front();
        if (first) {
            options.by.name = member->person;
            options.by.role = role.empty() && !member->roles.empty() ? member->roles.front() : role;
        }
        if (member->roles.empty() && operators.size() > 1) {
            const auto* known = rules ? rules->person(member->person) : nullptr;
            member->roles =
                known ? known->roles : std::vector<std::string>{first && !role.empty() ? role : "release-lead"};
            if (!known && !first) {
                return fail(ErrorCode::bad_input, member->person + " is on the bridge without a role",
                            "--operator " + text, "--operator NAME:ROLE");
            }
        }
        if (!member->roles.empty()) {
            options.bridge.push_back(std::move(*member));
        }
    }
    if (options.by.role.empty()) {
        options.by.role = rules ? role_to_lead(*rules, options.by.name) : "release-lead";
    }
    return {};
}

} // namespace sluice::host
