#include "host/preflight.h"

#include "host/secret_places.h"
#include "plan/calendar.h"
#include "plan/secret_reference.h"
#include "release/schedule.h"
#include "release/window.h"

#include <algorithm>
#include <filesystem>

namespace sluice::host {

Result<Window> window_at(const plan::Plan& plan, const plan::Scope& values, Nanos at) {
    Window window;
    const auto first =
        std::find_if(plan.phases.begin(), plan.phases.end(), [](const auto& phase) { return phase.window; });
    window.bound = first != plan.phases.end();
    if (!window.bound) {
        return window;
    }
    const auto row = plan::ask(plan.calendar, at);
    if (!row) {
        return failed(row);
    }
    const auto release = release::at_start(std::make_shared<const plan::Plan>(plan), values, at);
    const auto answer = release::may_start(release, *first, at);
    const auto known = [](Nanos then) { return then.count != 0 ? std::optional(then) : std::nullopt; };
    window.open = answer.open;
    window.why = answer.open ? row->why : answer.why;
    window.warning = answer.warning;
    window.closes = known(answer.ends);
    window.next = known(answer.until);
    return window;
}

ConnectionDesk::ConnectionDesk(std::shared_ptr<const plan::Plan> plan, plan::Scope values, const Paths& paths)
    : plan_(std::move(plan)), secrets_(machine_secrets(std::filesystem::current_path().string())), http_(scheduler_),
      reach_(scheduler_) {
    add_places(secrets_, machine_secrets(std::filesystem::current_path().string()), http_, vault_);
    const engine::Outside outside{scheduler_,
                                  http_,
                                  [](const std::string& path) { return read_file(path); },
                                  [this](const std::string& reference) { return secret(reference); },
                                  secrets_.redactions(),
                                  [this] { return scheduler_.now(); },
                                  paths.kubeconfig.string(),
                                  &reach_};
    needed_ = plan::secrets_needed(*plan_, values);
    tests_.emplace(*plan_, std::move(values), outside);
}

/// What could not be read is told where it is asked for, as the place itself told it.
Result<Secret> ConnectionDesk::secret(const std::string& reference) {
    const auto wrong = unread_.find(reference);
    return wrong == unread_.end() ? secrets_.resolve(reference) : Result<Secret>(tl::unexpected(wrong->second));
}

void ConnectionDesk::test(engine::ConnectionTests::Each each, std::function<void()> done) {
    for (const auto& [use, read] : secrets_.try_all(needed_)) {
        if (!read) {
            unread_.emplace(use.reference, read.error());
        }
    }
    vault_.reset(); // with all that it answered
    tests_->start(std::move(each), std::move(done));
}

} // namespace sluice::host
