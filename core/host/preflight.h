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

/// A coming opening of a plan's calendar.
struct ComingOpening {
    Nanos from;
    std::optional<Nanos> to; ///< none = it stays open for 400 days and more
    bool fits = false;       ///< long enough for what is planned in it: release::planned_together
    bool operator==(const ComingOpening&) const = default;
};

/// Whether the phases that are bound to the plan's calendar may start at a moment, and when they will by the plan.
struct Window {
    bool bound = false;          ///< a phase asks the calendar; else the rest says nothing
    bool open = false;           ///< it may start
    std::string why;             ///< which row decides, or that the planned time does not fit
    std::string warning;         ///< open, but: see release::WindowAnswer
    std::optional<Nanos> next;   ///< where it is closed: when it may start; none within 400 days
    std::optional<Nanos> closes; ///< where it is open: until when
    bool meant = false;          ///< closed only since a later opening was asked for; `warning`, `closes` are of that

    std::vector<ComingOpening> coming; ///< the next five that begin after the moment: what a session can be for
    Nanos planned;                     ///< in the window: what has to fit

    /// When T0 is by the plan, at the earliest, if the session begins at the moment; none = nothing fixes it (the
    /// window is open for what comes first), or it may not start within 400 days.
    std::optional<Nanos> t0;
    std::optional<Nanos> end; ///< with `t0`: of the whole plan, at the earliest
    /// What is due before the moment, counted from the opening: it would be overdue at once, so that a later opening is
    /// what the session should be for.
    std::vector<plan::StepId> late;
};

/// Open means also that what is planned fits. `values` decide which steps count. `opening`: what the session is for
/// (SessionOpened::opening); 0, or one that has begun, is the next one. Errors: a time zone that this machine does not
/// know.
Result<Window> window_at(const plan::Plan& plan, const plan::Scope& values, Nanos at, Nanos opening = {});

/// Whether a session that begins at `now` can be for this opening (SessionOpened::opening); 0 = the next one, always.
/// `bad_input` where no phase waits for the calendar, it is no opening, or has begun before: names the next. `where` is
/// the moment.
Result<void> check_opening(const plan::Plan& plan, Nanos opening, Nanos now);

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
