#pragma once
#include "engine/connection_tests.h"
#include "host/secrets.h"
#include "host/session_host.h"
#include "host/vault.h"
#include "net/live_scheduler.h"
#include "net/qt_reach.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::host {

/// Whether the phases that are bound to the plan's calendar may start at a moment.
struct Window {
    bool bound = false;          ///< a phase asks the calendar; else the rest says nothing
    bool open = false;           ///< it may start
    std::string why;             ///< which row decides, or that the planned time does not fit
    std::string warning;         ///< open, but: see release::WindowAnswer
    std::optional<Nanos> next;   ///< where it is closed: when it may start; none within 400 days
    std::optional<Nanos> closes; ///< where it is open: until when
};

/// Open means also that what is planned fits. `values` decide which steps count. Errors: a time zone that this machine
/// does not know.
Result<Window> window_at(const plan::Plan& plan, const plan::Scope& values, Nanos at);

/// The plan's connections, tested from this desk with the user's secrets and kubeconfig, as a run would open them.
/// Needs an event loop; in the thread in which it was made.
class ConnectionDesk {
public:
    ConnectionDesk(std::shared_ptr<const plan::Plan> plan, plan::Scope values, const Paths& paths);

    /// Once; as ConnectionTests::start. Reads the plan's secrets first, in an event loop of its own where a keychain or
    /// Vault is asked.
    void test(engine::ConnectionTests::Each each, std::function<void()> done);

    /// Each secret of the plan; once `test` has returned, with what kept it from being read.
    const std::vector<plan::SecretUse>& secrets_needed() const { return needed_; }
    const std::map<std::string, Error>& unread_secrets() const { return unread_; }

private:
    Result<Secret> secret(const std::string& reference);

    std::shared_ptr<const plan::Plan> plan_;
    net::LiveScheduler scheduler_;
    Secrets secrets_;
    std::vector<plan::SecretUse> needed_;
    std::map<std::string, Error> unread_; ///< by reference
    std::unique_ptr<Vault> vault_;
    std::optional<engine::ConnectionTests> tests_;
    net::QtHttpClient http_; ///< goes before the tests, as the next: what is in flight calls nobody then
    net::QtReach reach_;
};

} // namespace sluice::host
