#include "desk.h"

#include "plans.h"
#include "session/session_reader.h"

namespace sluice::simulation {

using session::testing::FailingDisk;

Desk::Desk(Production& production, Watcher& watcher, std::filesystem::path file, Drawn plan, bool governed)
    : production_(production), watcher_(watcher), file_(std::move(file)), plan_(std::move(plan)), governed_(governed),
      key_(*session::SigningKey::from_seed("simulation", {})) {}

Desk::~Desk() {
    die();
}

void Desk::make_engine() {
    clock_ = std::make_unique<LifeClock>(production_.scheduler());
    network_ = std::make_unique<Network>(production_);
    processes_ = std::make_unique<Processes>(production_);
    outside_.reset(new engine::Outside{
        *clock_,
        *network_,
        [](const std::string& path) -> Result<std::string> { return fail(ErrorCode::not_found, "no such file", path); },
        [](const std::string& reference) -> Result<Secret> { return Secret(reference); },
        std::make_shared<RedactionSet>(),
        [this] { return production_.scheduler().now(); },
        {}});
    engine::EngineOptions options;
    options.records = "records";
    options.replaced["cluster"] = {{"server", "http://cluster"}, {"token", "token"}, {"ca_pem", ""}};
    engine_ = std::make_unique<engine::Engine>(*outside_, *processes_, *log_, key_, std::move(options));
    engine_->journal().listen_records([this](std::span<const session::EventRecord> records) {
        watcher_.hear(records, engine_->journal().release());
    });
    engine_->journal().on_broken([this](const Error&) { broken_ = true; });
}

Result<void> Desk::begin(int disk_fails_at) {
    disk_ = std::make_unique<FailingDisk>(FailingDisk::Call::sync, disk_fails_at);
    broken_ = false;
    return std::filesystem::exists(file_) ? resume() : open();
}

Result<void> Desk::open() {
    session::LogOptions options;
    options.for_tests.vfs = FailingDisk::name;
    auto log = session::SessionLog::create(file_, {"s1", production_.scheduler().now(), "simulation", ""}, options);
    if (!log) {
        return failed(log);
    }
    log_ = std::make_unique<session::SessionLog>(std::move(*log));
    make_engine();
    release::SessionOpened opened;
    opened.session = "s1";
    opened.mode = "run";
    opened.plan_id = "simulated";
    opened.plan_file = "simulated.yaml";
    opened.plan_source = text_of(plan_);
    opened.variables = variables_of(plan_);
    opened.variant = plan_.variant;
    opened.by = {"lena", "lead"};
    release::People known;
    if (governed_) {
        known.policy = release::PolicyBound{"policy.yaml", policy(), "p1", "keys", "keys", "k1", "", "", {}};
    }
    return engine_->open(opened, known);
}

Result<void> Desk::resume() {
    session::LogOptions options;
    options.for_tests.vfs = FailingDisk::name;
    auto log = session::SessionLog::open(file_, options);
    if (!log) {
        return failed(log);
    }
    log_ = std::make_unique<session::SessionLog>(std::move(*log));
    std::vector<session::EventRecord> records;
    {
        const auto reader = session::SessionReader::open(file_);
        auto all = reader ? reader->events(1, log_->event_count()) : failed(reader);
        if (!all) {
            return failed(all);
        }
        records = std::move(*all);
    }
    watcher_.reopened(production_.scheduler().now(), records);
    make_engine();
    return engine_->resume(records, {{"lena", "lead"}});
}

void Desk::die() {
    if (network_) {
        watcher_.died(production_.scheduler().now(), network_->wrote());
    }
    engine_.reset();
    outside_.reset();
    processes_.reset();
    network_.reset();
    clock_.reset();
    log_.reset();
    disk_.reset();
}

} // namespace sluice::simulation
