#pragma once
#include "base/redact.h"
#include "base/secret.h"
#include "plan/model.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::host {

/// Where secrets are that can't be had at once: a keychain, Vault. `found` comes once, later, in the thread that asked,
/// within a time that the place itself sets; it may outlive who asked.
using SecretFound = std::function<void(Result<Secret>)>;
using SecretPlace = std::function<void(const SecretReference& reference, SecretFound found)>;

/// The secrets of one session: read before it starts, handed out while it runs, kept out of everything that is stored.
/// It has no text form, and wipes what it knows when it goes.
///
/// What is read when: all references of a plan once, when its session starts and again when it is resumed. While it
/// runs, `file:` is read again at each use, because tokens in files rotate (if that fails, the last value is used, so
/// that the instant in which the file is replaced stops no rollback); `env:`, `keychain:` and `vault:` keep the value
/// of the start.
class Secrets {
public:
    explicit Secrets(SecretSources sources) : sources_(std::move(sources)) {}
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;
    Secrets(Secrets&&) = default;

    /// Secrets of a rehearsal: made up from the reference, since a rehearsal never needs, or sees, the real ones.
    static Secrets invented();

    void add_place(SecretReference::Kind kind, SecretPlace place) { places_[kind] = std::move(place); }

    /// Waits in an event loop of its own until all are there, or tells of all that can't be had. Never on the thread of
    /// a screen. Warnings (a file that others may read) go to `warned`.
    Result<void> read_all(const std::vector<plan::SecretUse>& uses, std::vector<std::string>* warned = nullptr);

    /// The same, told one by one: {reference, what is wrong with it}.
    std::vector<std::pair<plan::SecretUse, Result<void>>> try_all(const std::vector<plan::SecretUse>& uses,
                                                                  std::vector<std::string>* warned = nullptr);

    Result<Secret> resolve(const std::string& reference);

    /// What is needed to read secrets, and must be hidden as they are.
    Result<void> hide(const Secret& secret, const std::string& name) { return redactions_->add(secret, name); }
    std::shared_ptr<const RedactionSet> redactions() const { return redactions_; }
    bool empty() const { return known_.empty(); }

private:
    Secrets() = default;
    Result<void> keep(const std::string& reference, const Secret& secret);
    Result<void> read_now(const std::string& reference, std::vector<std::string>* warned);

    SecretSources sources_;
    std::map<SecretReference::Kind, SecretPlace> places_;
    bool invented_ = false;
    std::shared_ptr<RedactionSet> redactions_ = std::make_shared<RedactionSet>();
    std::map<std::string, Secret> known_; ///< by reference
};

} // namespace sluice::host
