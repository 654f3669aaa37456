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
    explicit Secret(std::string value) : value_(std::move(value)) {}
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

/// Where a secret is to be found, as plans and connections spell it: `env:NAME` or `file:PATH`. Not secret itself.
struct SecretReference {
    enum class Kind { environment, file };
    Kind kind = Kind::environment;
    std::string name; ///< of the variable, or the path

    bool operator==(const SecretReference&) const = default;
};

/// `bad_input` with the remedy when the text is no reference: it may be a secret itself, so it is not repeated in the
/// error.
Result<SecretReference> parse_secret_reference(std::string_view text);
std::string to_text(const SecretReference& reference);

struct SecretFile {
    std::string content;
    unsigned mode = 0; ///< permission bits, as in 0600
};

/// Where secrets are looked up; passed in, so that a test or a rehearsal brings its own.
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

/// One line feed at the end of a file is not part of the secret. An empty secret is an error.
Result<ResolvedSecret> resolve(const SecretReference& reference, const SecretSources& sources);

} // namespace sluice
