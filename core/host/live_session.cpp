#include "host/live_session.h"

#include "base/digest.h"
#include "host/at_the_start.h"

#include <ctime>
#include <fmt/format.h>
#include <random>
#include <unistd.h>

namespace sluice::host {
namespace {

/// The last part keeps two sessions of one second apart: servers that know a request by its key (session/step/attempt)
/// would take the second one's for the first one's.
std::string session_id(const std::string& plan, Nanos now) {
    const std::time_t whole = now.count / 1'000'000'000;
    std::tm parts{};
    gmtime_r(&whole, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
    return fmt::format("{}-{}-{:04x}", plan, text, std::random_device()() & 0xffffU);
}

} // namespace

LiveSession::LiveSession(const StartOptions& options)
    : SessionHost(options.paths), http_(scheduler_), reach_(scheduler_), processes_(scheduler_, options.wrapper),
      secrets_(machine_secrets(std::filesystem::current_path().string())), paths_(options.paths) {}

engine::Outside LiveSession::outside() {
    return {scheduler_,
            http_,
            [](const std::string& path) { return read_file(path); },
            [this](const std::string& reference) { return secrets_.resolve(reference); },
            secrets_.redactions(),
            [this] { return scheduler_.now(); },
            paths_.kubeconfig.string(),
            &reach_};
}

Result<std::unique_ptr<LiveSession>> LiveSession::run(const StartOptions& options) {
    auto checked = check_plan(options.plan_file, options.values, options.variant);
    if (!checked) {
        return failed(checked);
    }
    auto evidence = evidence_for(checked->plan, checked->values, hex(sha256(checked->plan.source)),
                                 options.paths.sessions, std::filesystem::file_time_type::clock::now());
    if (!evidence) {
        return failed(evidence);
    }
    const auto key = session::SigningKey::load_or_create(options.paths.config, options.by.name);
    if (!key) {
        return failed(key);
    }
    std::unique_ptr<LiveSession> live(new LiveSession(options));
    release::SessionOpened session;
    session.session = session_id(checked->plan.id, live->scheduler_.now());
    session.mode = "run";
    session.plan_id = checked->plan.id;
    session.variables = checked->values;
    session.by = options.by;
    session.evidence = std::move(*evidence);
    session.repository = commits_of(checked->plan, checked->values);
    if (auto opened = live->open(options, session, *key, live->outside(), live->processes_, {}); !opened) {
        return failed(opened);
    }
    live->scheduler_.on_clock_jump([host = live.get()](Nanos by) { host->engine().clock_jumped(by); });
    return live;
}

Result<std::unique_ptr<LiveSession>> LiveSession::resume(const std::filesystem::path& file,
                                                         const StartOptions& options) {
    const auto key = session::SigningKey::load_or_create(options.paths.config, options.by.name);
    if (!key) {
        return failed(key);
    }
    std::unique_ptr<LiveSession> live(new LiveSession(options));
    engine::EngineOptions engine_options;
    engine_options.plan_folder = std::filesystem::absolute(options.plan_file).parent_path().string();
    if (auto taken = live->take_up(file, options, *key, live->outside(), live->processes_, engine_options); !taken) {
        return failed(taken);
    }
    live->scheduler_.on_clock_jump([host = live.get()](Nanos by) { host->engine().clock_jumped(by); });
    return live;
}

} // namespace sluice::host
