#include "report/fetched.h"

#include "base/secret.h"
#include "plan/secret_reference.h"
#include "report/by_hand.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::report {

/// Seen from where the program was started, as it is read while a session runs (host/secrets.h), not from the plan.
std::string Fetched::file(const std::string& path) {
    if (path.starts_with('/')) {
        return path;
    }
    if (!started_in_.empty()) {
        return started_in_ + "/" + path;
    }
    remarks_.push_back(path + " lies where the program was started: type this there, or write the whole path");
    return path;
}

/// Nothing when no secret is in it.
std::optional<Fetched::Named> Fetched::named(const std::string& before, const std::string& value) {
    const auto secret = plan::secret_value(value);
    const auto reference = secret ? parse_secret_reference(secret->reference) : Result<SecretReference>();
    if (!secret || !reference) {
        return std::nullopt;
    }
    const std::string start = before + secret->before;
    const std::string quoted = start.empty() ? start : shell_word(start);
    std::string from;
    switch (reference->kind) {
    case SecretReference::Kind::environment:
        return Named{quoted, reference->name};
    case SecretReference::Kind::file:
        from = "cat " + shell_word(file(reference->name));
        break;
    case SecretReference::Kind::keychain:
        from = fmt::format("secret-tool lookup server {} user {}", shell_word(reference->name),
                           shell_word(reference->part));
        break;
    case SecretReference::Kind::vault:
        from = fmt::format("vault kv get -field={} {}", shell_word(reference->part), shell_word(reference->name));
        break;
    }
    // A name of its own: what reads the next secret must not be handed this one.
    const std::string name = fmt::format("secret{}", reads_.size() + 1);
    reads_.push_back(fmt::format("{}=\"$({})\"", name, from));
    return Named{quoted, name};
}

std::string Fetched::word(const std::string& value) {
    const auto secret = named("", value);
    // ':?' stops at an empty one, as the program does.
    return secret ? fmt::format("{}\"${{{}:?}}\"", secret->before, secret->variable) : shell_word(value);
}

std::string Fetched::header(const std::string& name, const std::string& value) {
    auto secret = named(name + ": ", value);
    if (!secret) {
        return " -H " + shell_word(name + ": " + value);
    }
    piped_.push_back(std::move(*secret));
    return piped_.size() == 1 ? " -H @-" : "";
}

std::string Fetched::basic(const std::string& user, const std::string& password) {
    const auto secret = named("", password);
    if (!secret) {
        return {};
    }
    const std::string name = fmt::format("basic{}", reads_.size() + 1);
    reads_.push_back(fmt::format("{}=\"$(printf '%s:%s' {} \"${{{}:?}}\" | base64 -w0)\"", name, shell_word(user),
                                 secret->variable));
    piped_.push_back(Named{shell_word("Authorization: Basic "), name});
    return piped_.size() == 1 ? " -H @-" : "";
}

std::string Fetched::as_file(const std::string& reference) {
    const auto parsed = parse_secret_reference(reference);
    if (parsed && parsed->kind == SecretReference::Kind::file) {
        return shell_word(file(parsed->name));
    }
    const auto secret = named("", reference);
    if (!secret) {
        return shell_word(reference);
    }
    reads_.push_back(fmt::format(": \"${{{}:?}}\"", secret->variable)); // within <( ) a missing one would stop nothing
    wants_bash();
    return fmt::format("<(printf '%s\\n' \"${}\")", secret->variable);
}

std::string Fetched::proxy_user(const std::string& user, const std::string& password) {
    const auto secret = named("", password);
    if (!secret) {
        return {};
    }
    reads_.push_back(fmt::format(": \"${{{}:?}}\"", secret->variable));
    wants_bash();
    // Its argument would be read by every user of the machine; in curl's file of options quotes are escaped.
    return fmt::format(" -K <(printf '%s:%s' {} \"${}\" | sed 's/[\\\\\"]/\\\\&/g; s/.*/proxy-user = \"&\"/')",
                       shell_word(user), secret->variable);
}

void Fetched::wants_bash() {
    const std::string told = "type this in bash or zsh: to 'sh' its '<(' is an error, and nothing is done";
    if (std::find(remarks_.begin(), remarks_.end(), told) == remarks_.end()) {
        remarks_.push_back(told);
    }
}

std::string Fetched::command(const std::string& folder, const std::string& line) const {
    std::string before;
    for (const auto& read : reads_) {
        before += read + " && ";
    }
    if (!folder.empty()) { // after the secrets, whose paths may be relative
        before += "cd " + shell_word(folder) + " && ";
    }
    if (!piped_.empty()) {
        // Asked for first: within a pipe a missing one would end its own side only, and curl would go without it.
        std::string asked, lines;
        for (const auto& [start, variable] : piped_) {
            asked += fmt::format(" \"${{{}:?}}\"", variable);
            lines += fmt::format(" {}\"${}\"", start, variable);
        }
        before += fmt::format(":{} && printf '%s\\n'{} | ", asked, lines);
    }
    return before.empty() ? line : "(" + before + line + ")";
}

} // namespace sluice::report
