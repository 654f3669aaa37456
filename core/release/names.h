#pragma once
/// How people call what events name by id. These are the ids themselves; who knows the plan knows better.
#include "plan/step.h"

#include <string>

namespace sluice::release {

class Names {
public:
    virtual ~Names() = default;
    virtual std::string step(const plan::StepId& id) const { return id; } ///< or the phase that was overridden
    virtual std::string phase(const std::string& id) const { return id; }
    virtual std::string operation(const std::string& id) const { return id; } ///< "session/step/attempt"
    virtual std::string gate(const plan::StepId&, const std::string& id) const { return id; }
    virtual std::string trigger(const std::string& id) const { return id; }
    virtual std::string option(const std::string& id) const { return id; }
    virtual std::string role(const std::string& id) const { return id; }
    virtual std::string key(const std::string& fingerprint) const { return fingerprint; } ///< "SHA256:…"
};

} // namespace sluice::release
