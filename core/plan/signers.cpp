#include "plan/signers.h"

#include "base/digest.h"
#include "plan/policy.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::plan {
namespace {

/// Fields by blanks; blanks in double quotes (of options) do not part.
std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields;
    std::string field;
    bool quoted = false;
    for (const char c : line) {
        quoted = c == '"' ? !quoted : quoted;
        if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
            if (!field.empty()) {
                fields.push_back(std::move(field));
                field.clear();
            }
        } else {
            field += c;
        }
    }
    if (!field.empty()) {
        fields.push_back(std::move(field));
    }
    return fields;
}

bool is_key_type(const std::string& text) {
    return text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-");
}

std::vector<std::string> split(const std::string& text, char by) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t to = 0; to != std::string::npos; from = to + 1) {
        to = text.find(by, from);
        parts.push_back(text.substr(from, to == std::string::npos ? to : to - from));
    }
    return parts;
}

Result<Signer> read_line(std::string_view line, const std::string& where) {
    auto fields = fields_of(line);
    const auto refuse = [&](std::string what, std::string remedy) {
        return fail(ErrorCode::bad_input, std::move(what), where, std::move(remedy));
    };
    const auto type = std::find_if(fields.begin() + 1, fields.end(), is_key_type);
    if (fields.size() < 3 || type == fields.end() || type + 1 == fields.end() || type - fields.begin() > 2) {
        return refuse("this is not a line of allowed_signers", "PRINCIPAL[,PRINCIPAL…] [OPTIONS] TYPE KEY");
    }
    if (type - fields.begin() == 2 && fields[1].find("cert-authority") != std::string::npos) {
        return refuse("a certificate authority leaves open who signs", "name each person's key");
    }
    std::string principals = fields.front();
    std::erase(principals, '"');
    if (principals.find_first_of("*?!") != std::string::npos) {
        return refuse(fmt::format("'{}' is a pattern, which leaves open who signs", principals),
                      "name each principal by itself");
    }
    std::string key;
    if (!from_base64(*(type + 1), key)) {
        return refuse("the key is not base64", "copy the line of the person's .pub file");
    }
    return Signer{split(principals, ','), fingerprint(key), *type, 0};
}

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4)) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
}

} // namespace

std::string fingerprint(std::string_view key) {
    const Digest digest = sha256(key);
    std::string text = base64(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
    while (text.ends_with('=')) {
        text.pop_back();
    }
    return "SHA256:" + text;
}

Result<std::vector<Signer>> read_signers(std::string_view text, const std::string& file) {
    std::vector<Signer> signers;
    int number = 0;
    for (const auto& line : split(std::string(text), '\n')) {
        ++number;
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#') {
            continue;
        }
        auto signer = read_line(line, fmt::format("{}:{}", file, number));
        if (!signer) {
            return failed(signer);
        }
        signer->line = number;
        signers.push_back(std::move(*signer));
    }
    if (signers.empty()) {
        return fail(ErrorCode::bad_input, "nobody's key stands here", file, "PRINCIPAL TYPE KEY, a line for each key");
    }
    return signers;
}

const Signer* signer_of(const std::vector<Signer>& signers, std::string_view print) {
    const auto found =
        std::find_if(signers.begin(), signers.end(), [&](const Signer& one) { return one.fingerprint == print; });
    return found == signers.end() ? nullptr : &*found;
}

Result<void> check_signers(const Policy& policy, const std::vector<Signer>& signers, const std::string& file) {
    std::map<std::string, std::pair<const Person*, int>> owners; // by fingerprint; null = nobody of the policy
    for (const Signer& signer : signers) {
        for (const auto& principal : signer.principals) {
            const Person* person = policy.by_principal(principal);
            const auto [owner, fresh] = owners.emplace(signer.fingerprint, std::pair(person, signer.line));
            if (!fresh && owner->second.first != person) {
                const auto named = [](const Person* one) { return one ? one->name : std::string("nobody"); };
                return fail(ErrorCode::bad_input,
                            fmt::format("the key {} is that of {} and of {}", signer.fingerprint,
                                        named(owner->second.first), named(person)),
                            fmt::format("{}:{}", file, signer.line), "each person has a key of his own");
            }
        }
    }
    for (const Person& person : policy.people) {
        for (const auto& principal : person.principals) {
            const bool known = std::any_of(signers.begin(), signers.end(), [&](const Signer& signer) {
                return std::find(signer.principals.begin(), signer.principals.end(), principal) !=
                       signer.principals.end();
            });
            if (!known) {
                return fail(ErrorCode::bad_input,
                            fmt::format("the principal '{}' of {} has no key", principal, person.name), file,
                            "add a line for it, or take it from the policy");
            }
        }
    }
    return {};
}

Result<std::string> signed_by(std::string_view armoured) {
    constexpr std::string_view begin = "-----BEGIN SSH SIGNATURE-----", end = "-----END SSH SIGNATURE-----";
    const auto refuse = [] { return fail(ErrorCode::bad_input, "this is not an SSH signature", "signature"); };
    const auto from = armoured.find(begin), to = armoured.find(end);
    if (from != 0 || to == std::string_view::npos || armoured.size() > 65'536) {
        return refuse();
    }
    std::string text(armoured.substr(begin.size(), to - begin.size()));
    std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    std::string bytes;
    // "SSHSIG", version, then the length of the key and the key.
    if (!from_base64(text, bytes) || bytes.size() < 14 || !bytes.starts_with("SSHSIG") ||
        big_endian(std::string_view(bytes).substr(6)) != 1) {
        return refuse();
    }
    const std::size_t length = big_endian(std::string_view(bytes).substr(10));
    if (length > bytes.size() - 14) {
        return refuse();
    }
    return fingerprint(std::string_view(bytes).substr(14, length));
}

} // namespace sluice::plan
