#include "host/secrets.h"

#include "base/digest.h"

namespace sluice::host {

Secrets Secrets::invented() {
    Secrets secrets;
    secrets.invented_ = true;
    return secrets;
}

Result<std::string> Secrets::resolve(const std::string& reference) {
    if (const auto found = known_.find(reference); found != known_.end()) {
        return found->second;
    }
    const auto parsed = parse_secret_reference(reference);
    if (!parsed) {
        return failed(parsed);
    }
    if (invented_) {
        return known_[reference] = "rehearsal-" + hex(sha256(reference)).substr(0, 16);
    }
    const auto resolved = sluice::resolve(*parsed, sources_);
    if (!resolved) {
        return failed(resolved);
    }
    if (const auto added = redactions_->add(resolved->secret, reference); !added) {
        return failed(added);
    }
    return known_[reference] = resolved->secret.reveal();
}

} // namespace sluice::host
