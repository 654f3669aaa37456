#pragma once
#include "base/json.h"
#include "base/result.h"

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A password, token or key. It has no text form, no JSON form and no comparison: whoever needs the value says
/// `reveal`. The memory is wiped when it goes.
class Secret {
public:
    explicit Secret(std::string value);
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    /// Only to hand it to the one who authenticates with it, or to what keeps it out of output.
    const std::string& reveal() const { return value_; }

private:
    void wipe();
    std::string value_;
};

void to_json(Json&, const Secret&) = delete;
std::ostream& operator<<(std::ostream&, const Secret&) = delete;

/// Overwrites a text that held a secret, also what lies behind its end, and empties it.
void wipe(std::string& text);

/// Where a secret is to be found, as plans and connections spell it. Not secret itself.
struct SecretReference {
    enum class Kind { environment, file, keychain, vault };
    Kind kind = Kind::environment;
    std::string name; ///< the variable, the path, the keychain's service, or Vault's MOUNT/PATH
    std::string part; ///< of a keychain the account, of Vault the key

    bool operator==(const SecretReference&) const = default;
};

/// How references are written, for remedies.
inline constexpr const char* secret_reference_forms =
    "env:NAME, file:PATH, keychain:SERVICE/ACCOUNT or vault:MOUNT/PATH#KEY";

/// `bad_input` with the remedy when the text is no reference: it may be a secret itself, so it is not repeated in the
/// error.
Result<SecretReference> parse_secret_reference(std::string_view text);
std::string to_text(const SecretReference& reference);

struct SecretFile {
    std::string content;
    unsigned mode = 0; ///< permission bits, as in 0600
};

/// Where secrets are looked up at once; passed in, so that a test or a rehearsal brings its own.
struct SecretSources {
    std::function<std::optional<std::string>(const std::string& name)> environment;
    std::function<Result<SecretFile>(const std::string& path)> file;
};

/// The process's environment, and files; a path that is not absolute is taken from `folder`.
SecretSources machine_secrets(std::string folder);

struct ResolvedSecret {
    Secret secret;
    std::vector<std::string> warnings; ///< for example that others may read the file
};

/// One line feed at the end of a file is not part of the secret. An empty secret is an error. A keychain and Vault
/// answer later, so they are no business of this (`refused`): host/secrets.h.
Result<ResolvedSecret> resolve(const SecretReference& reference, const SecretSources& sources);

} // namespace sluice
