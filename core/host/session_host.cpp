#include "host/session_host.h"

#include "base/digest.h"
#include "host/version.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "session/session_reader.h"

#include <sys/stat.h>

namespace sluice::host {
namespace {

std::string folder_of(const std::string& file) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    return folder.string();
}

} // namespace

Result<CheckedPlan> check_plan(const std::string& file, const std::map<std::string, std::string>& given) {
    auto loaded = plan::load_file(file);
    if (!loaded.plan) {
        std::string all;
        for (const auto& diagnostic : loaded.diagnostics) {
            all += (all.empty() ? "" : "\n") + plan::to_text(diagnostic, file);
        }
        return fail(ErrorCode::bad_input, all);
    }
    CheckedPlan checked{std::move(*loaded.plan), {}};
    for (const auto& [name, value] : given) {
        const auto known = std::any_of(checked.plan.variables.begin(), checked.plan.variables.end(),
                                       [&, wanted = name](const auto& variable) { return variable.name == wanted; });
        if (!known) {
            return fail(ErrorCode::bad_input, "the plan has no variable '" + name + "'", "--set " + name + "=" + value,
                        "'sluicectl show' lists them");
        }
    }
    auto frozen = plan::freeze(checked.plan, given, {});
    if (!frozen.errors.empty()) {
        std::string all;
        for (const auto& error : frozen.errors) {
            all += (all.empty() ? "" : "\n") + to_text(error);
        }
        return fail(ErrorCode::bad_input, all, {}, "give values with --set NAME=VALUE");
    }
    checked.values = std::move(frozen.values);
    return checked;
}

SessionHost::~SessionHost() = default;

void SessionHost::let_go() {
    server_.reset();
    engine_.reset();
    log_.reset();
}

void SessionHost::on_broken(std::function<void(const Error&)> receiver) {
    engine_->journal().on_broken(std::move(receiver));
}

void SessionHost::make(const session::SigningKey& key, const engine::Outside& outside, net::ProcessRunner& processes,
                       engine::EngineOptions options) {
    options.records = file_.string() + ".records";
    engine_ = std::make_unique<engine::Engine>(outside, processes, *log_, key, std::move(options));
    engine_->on_closed([this] { close(50); });
}

Result<void> SessionHost::open(const StartOptions& options, release::SessionOpened session,
                               const session::SigningKey& key, const engine::Outside& outside,
                               net::ProcessRunner& processes, engine::EngineOptions engine_options) {
    const auto source = read_file(options.plan_file, 1u << 20);
    if (!source) {
        return failed(source);
    }
    session.plan_file = std::filesystem::path(options.plan_file).filename().string();
    session.plan_source = *source;
    session.plan_digest = hex(sha256(*source));
    session.public_key = key.verifier().text();
    session.program = program_version();
    file_ = options.session;
    if (file_.empty()) {
        std::error_code error;
        std::filesystem::create_directories(paths_.sessions, error);
        file_ = paths_.sessions / (session.session + ".sluice");
    }
    auto log = session::SessionLog::create(
        file_, {session.session, outside.scheduler.now(), session.program, session.public_key}, options.log);
    if (!log) {
        return failed(log);
    }
    log_ = std::make_unique<session::SessionLog>(std::move(*log));
    engine_options.plan_folder = folder_of(options.plan_file);
    if (session.mode == "run") {
        session.plan_folder = engine_options.plan_folder;
    }
    make(key, outside, processes, std::move(engine_options));
    auto opened = engine_->open(session);
    if (!opened && log_->event_count() == 0) {
        // Nothing has happened: an empty file would only be in the way of the next try.
        engine_.reset();
        log_.reset();
        std::error_code ignored;
        for (const char* ending : {"", "-wal", "-shm"}) {
            std::filesystem::remove(file_.string() + ending, ignored);
        }
    }
    return opened;
}

Result<void> SessionHost::take_up(const std::filesystem::path& file, const release::Actor& by,
                                  const session::SigningKey& key, const engine::Outside& outside,
                                  net::ProcessRunner& processes, engine::EngineOptions engine_options) {
    file_ = file;
    auto log = session::SessionLog::open(file);
    if (!log) {
        return failed(log);
    }
    log_ = std::make_unique<session::SessionLog>(std::move(*log));
    std::vector<session::EventRecord> records;
    {
        const auto reader = session::SessionReader::open(file);
        if (!reader) {
            return failed(reader);
        }
        auto events = reader->events(1, log_->event_count());
        if (!events) {
            return failed(events);
        }
        records = std::move(*events);
    }
    make(key, outside, processes, std::move(engine_options));
    return engine_->resume(records, by);
}

Result<void> SessionHost::serve() {
    std::error_code error;
    std::filesystem::create_directories(paths_.runtime, error);
    ::chmod(paths_.runtime.c_str(), 0700);
    auto server = net::CommandServer::listen(
        socket_of(paths_, file_).string(),
        [this](const Json& request, const net::CommandServer::Reply& reply) { answer(request, reply); });
    if (!server) {
        return failed(server);
    }
    server_ = std::move(*server);
    return {};
}

void SessionHost::answer(const Json& request, const net::CommandServer::Reply& reply) {
    Json body = request;
    release::Actor by;
    if (body.is_object() && body.contains("by")) {
        by.name = body["by"].value("name", "");
        by.role = body["by"].value("role", "");
        body.erase("by");
    }
    if (by.name.empty()) {
        reply(net::error_reply({ErrorCode::bad_input, "the command does not say who gives it", "by", {}}));
        return;
    }
    const auto command = release::command_from_json(body);
    if (!command) {
        reply(net::error_reply(command.error()));
        return;
    }
    const auto receipt = engine_->submit(*command, by);
    if (!receipt) {
        reply(net::error_reply(receipt.error()));
        return;
    }
    reply({{"first", receipt->first}, {"last", receipt->last}});
}

void SessionHost::close(int tries_left) {
    // Followers close at the event `session-closed`; until they have, the file stays in two parts.
    if (!log_->close() && tries_left > 0) {
        closing_.setSingleShot(true);
        closing_.callOnTimeout([this, tries_left] { close(tries_left - 1); });
        closing_.start(100);
        return;
    }
    server_.reset();
    std::error_code ignored;
    if (std::filesystem::is_empty(file_.string() + ".records", ignored)) {
        std::filesystem::remove(file_.string() + ".records", ignored);
    }
    if (closed_) {
        closed_();
    }
}

} // namespace sluice::host
