#include "host/live_session.h"

#include "host/at_the_start.h"
#include "host/plan_check.h"
#include "host/secret_places.h"
#include "host/user.h"
#include "plan/secret_reference.h"

#include <ctime>
#include <fmt/format.h>
#include <random>
#include <span>
#include <unistd.h>
#include <utility>

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

/// What signs the checkpoints is this desk's, whoever sits at it first: it is made in the name of who is logged in.
Result<session::SigningKey> key_of_desk(const StartOptions& options) {
    return session::SigningKey::load_or_create(options.paths.config, user_as("").name);
}

} // namespace

LiveSession::LiveSession(const StartOptions& options)
    : SessionHost(options.paths), http_(scheduler_), reach_(scheduler_), processes_(scheduler_, options.wrapper),
      secrets_(machine_secrets(std::filesystem::current_path().string())), paths_(options.paths) {
    add_places(secrets_, machine_secrets(std::filesystem::current_path().string()), http_, vault_);
}

/// Before anything is opened or begun, so that a secret that can't be had stops nothing half way, and what a process
/// prints is redacted from its first byte.
Result<void> LiveSession::read_secrets(const plan::Plan& plan, const plan::Scope& values) {
    auto read = secrets_.read_all(plan::secrets_needed(plan, values), &warnings_);
    after_reading();
    return read;
}

/// A session that has begun goes on with what can be had, so that a Vault that is down stops no rollback: what is
/// missing is told, and fails the step that needs it.
void LiveSession::read_again(const plan::Plan& plan, const plan::Scope& values) {
    for (const auto& [use, result] : secrets_.try_all(plan::secrets_needed(plan, values), &warnings_)) {
        if (!result) {
            warnings_.push_back(to_text(result.error()));
        }
    }
    after_reading();
}

void LiveSession::after_reading() {
    vault_.reset(); // with all that it answered
    if (!secrets_.empty()) {
        forbid_core_files();
    }
}

LiveSession::~LiveSession() {
    awake_.reset();
    let_go();
}

void LiveSession::watch_machine() {
    scheduler_.on_clock_jump([this](const net::ClockJump& jump) { engine().clock_jumped(jump.by, jump.slept); });
    const auto look = [this] {
        if (engine().release().closed()) {
            awake_.reset();
        } else if (!awake_) { // opened, or rolled back after it was done
            awake_ = std::make_unique<StayAwake>(
                system_bus(), "a release is under way: " + engine().release().opened.session,
                [this](const std::string& why_not) {
                    if (!std::exchange(told_may_sleep_, true)) {
                        (void)engine().submit(release::Note{"the machine may fall asleep: " + why_not, {}},
                                              {release::own_name, ""});
                    }
                });
        }
    };
    engine().journal().listen([look](std::span<const release::Event>) { look(); });
    look();
}

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
    auto evidence =
        evidence_for(checked->plan, checked->values, plan::digest(checked->plan.source, checked->plan.includes),
                     options.paths.sessions, std::filesystem::file_time_type::clock::now());
    if (!evidence) {
        return failed(evidence);
    }
    const auto key = key_of_desk(options);
    if (!key) {
        return failed(key);
    }
    std::unique_ptr<LiveSession> live(new LiveSession(options));
    if (auto read = live->read_secrets(checked->plan, checked->values); !read) {
        return failed(read);
    }
    // A run may be begun all the same: the phase can be set free by a person who gives a reason, when its time has
    // come.
    for (auto& late : window_errors(checked->plan, checked->values, live->scheduler_.now())) {
        late.severity = plan::Severity::warning;
        live->warnings_.push_back(plan::to_text(late, options.plan_file));
    }
    release::SessionOpened session;
    session.session = session_id(checked->plan.id, live->scheduler_.now());
    session.mode = "run";
    session.plan_id = checked->plan.id;
    session.variables = checked->values;
    session.by = options.by;
    session.evidence = std::move(*evidence);
    session.repository =
        commits_of(checked->plan, checked->values, std::filesystem::absolute(options.plan_file).parent_path().string());
    if (auto opened = live->open(options, session, *key, live->outside(), live->processes_, {}); !opened) {
        return failed(opened);
    }
    live->watch_machine();
    return live;
}

Result<std::unique_ptr<LiveSession>> LiveSession::resume(const std::filesystem::path& file, const StartOptions& options,
                                                         const release::Release& before) {
    const auto key = key_of_desk(options);
    if (!key) {
        return failed(key);
    }
    std::unique_ptr<LiveSession> live(new LiveSession(options));
    if (before.plan && !before.closed()) {
        live->read_again(*before.plan, release::scope(before));
    }
    engine::EngineOptions engine_options;
    engine_options.plan_folder = std::filesystem::absolute(options.plan_file).parent_path().string();
    StartOptions with = options;
    with.copy_before = before.copy.place;
    if (auto taken = live->take_up(file, with, *key, live->outside(), live->processes_, engine_options); !taken) {
        return failed(taken);
    }
    live->watch_machine();
    return live;
}

} // namespace sluice::host
