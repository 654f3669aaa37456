#include "host/preflight.h"

#include <algorithm>
#include <filesystem>

namespace sluice::host {

Result<Window> window_at(const plan::Plan& plan, Nanos at) {
    Window window;
    window.bound = std::any_of(plan.phases.begin(), plan.phases.end(), [](const auto& phase) { return phase.window; });
    if (!window.bound) {
        return window;
    }
    const auto answer = plan::ask(plan.calendar, at);
    if (!answer) {
        return failed(answer);
    }
    window.open = answer->open;
    window.why = answer->why;
    if (window.open) {
        window.closes = answer->changes;
    } else {
        window.next = answer->changes;
    }
    return window;
}

ConnectionDesk::ConnectionDesk(std::shared_ptr<const plan::Plan> plan, plan::Scope values, const Paths& paths)
    : plan_(std::move(plan)), secrets_(machine_secrets(std::filesystem::current_path().string())), http_(scheduler_) {
    const engine::Outside outside{scheduler_,
                                  http_,
                                  [](const std::string& path) { return read_file(path); },
                                  [this](const std::string& reference) { return secrets_.resolve(reference); },
                                  secrets_.redactions(),
                                  [this] { return scheduler_.now(); },
                                  paths.kubeconfig.string()};
    tests_.emplace(*plan_, std::move(values), outside);
}

void ConnectionDesk::test(engine::ConnectionTests::Each each, std::function<void()> done) {
    tests_->start(std::move(each), std::move(done));
}

} // namespace sluice::host
