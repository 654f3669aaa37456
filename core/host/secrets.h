#pragma once
#include "base/redact.h"
#include "base/secret.h"

#include <map>
#include <memory>
#include <string>

namespace sluice::host {

/// Resolves the references of a session and keeps what they gave out of everything that is stored.
class Secrets {
public:
    explicit Secrets(SecretSources sources) : sources_(std::move(sources)) {}

    /// Secrets of a rehearsal: made up from the reference, since a rehearsal never needs, or sees, the real ones.
    static Secrets invented();

    Result<std::string> resolve(const std::string& reference);
    std::shared_ptr<const RedactionSet> redactions() const { return redactions_; }

private:
    Secrets() = default;
    SecretSources sources_;
    bool invented_ = false;
    std::shared_ptr<RedactionSet> redactions_ = std::make_shared<RedactionSet>();
    std::map<std::string, std::string> known_; ///< by reference
};

} // namespace sluice::host
