#include "report/fetched.h"

#include "base/secret.h"
#include "plan/secret_reference.h"
#include "report/by_hand.h"

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

std::string Fetched::word(const std::string& before, const std::string& value) {
    const auto secret = plan::secret_value(value);
    const auto reference = secret ? parse_secret_reference(secret->reference) : Result<SecretReference>();
    if (!secret || !reference) {
        return shell_word(before + value);
    }
    const std::string start = before + secret->before;
    const std::string quoted = start.empty() ? start : shell_word(start);
    std::string from;
    switch (reference->kind) {
    case SecretReference::Kind::environment:
        return fmt::format("{}\"${{{}:?}}\"", quoted, reference->name);
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
    return fmt::format("{}\"${{{}:?}}\"", quoted, name); // ':?' stops at an empty one, as the program does
}

std::string Fetched::command(const std::string& folder, const std::string& line) const {
    std::string before;
    for (const auto& read : reads_) {
        before += read + " && ";
    }
    if (!folder.empty()) { // after the secrets, whose paths may be relative
        before += "cd " + shell_word(folder) + " && ";
    }
    return before.empty() ? line : "(" + before + line + ")";
}

} // namespace sluice::report
