#include "host/session_host.h"

#include "base/digest.h"
#include "engine/pinned_files.h"
#include "host/at_the_start.h"
#include "host/plan_check.h"
#include "host/preflight.h"
#include "host/version.h"
#include "net/local_process_runner.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "report/sheet.h"
#include "session/session_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

namespace sluice::host {
namespace {

std::string folder_of(const std::string& file) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    return folder.string();
}

/// The folder of sockets and locks: its user's alone.
void make_runtime(const Paths& paths) {
    std::error_code ignored; // who opens something in it tells
    std::filesystem::create_directories(paths.runtime, ignored);
    ::chmod(paths.runtime.c_str(), 0700);
}

/// One program goes on with a session on this desk, whichever copy of its file it has: the lock beside a file knows
/// nothing of its copies.
Result<session::OwnerLock> only_owner(const Paths& paths, const session::SessionMeta& meta,
                                      const std::filesystem::path& file) {
    make_runtime(paths);
    std::error_code error;
    const auto name = hex(sha256(fmt::format("{}\n{}\n{}", meta.id, meta.created.count, meta.operator_key)));
    const auto whole = std::filesystem::absolute(file, error).string();
    auto lock = session::OwnerLock::take(paths.runtime / ("session-" + name.substr(0, 32)), whole);
    if (!lock && lock.error().code == ErrorCode::refused) {
        lock.error().where = file.string();
    }
    return lock;
}

/// Whether the session can be for the opening that it is asked to be for.
Result<void> for_opening(plan::Plan& plan, const StartOptions& options, Nanos now) {
    if (options.opening.count == 0 || !plan::take_variant(plan, options.variant)) {
        return {}; // the start tells what is wrong with the variant
    }
    return check_opening(plan, options.opening, now);
}

bool is_run(const std::vector<session::EventRecord>& records) {
    const auto opened = records.empty() ? Result<Json>(Json()) : parse_json(records.front().body, "the opening");
    return opened && opened->value("/data/mode"_json_pointer, "") == "run";
}

/// Where sluice-exec leaves its records.
std::string records_of(const std::filesystem::path& file) {
    return file.string() + ".records";
}

/// Rehearsals of one plan and seed have one id; their files have not.
std::filesystem::path fresh_file(const std::filesystem::path& folder, const std::string& id) {
    auto file = folder / (id + ".sluice");
    std::error_code ignored;
    for (int n = 2; std::filesystem::exists(file, ignored); ++n) {
        file = folder / fmt::format("{}-{}.sluice", id, n);
    }
    return file;
}

/// A rehearsal asks git nothing: one seed gives one log.
Result<Json> pins_of(const StartOptions& options, bool live) {
    auto loaded = plan::load_file(options.plan_file);
    if (loaded.plan && !plan::take_variant(*loaded.plan, options.variant)) {
        loaded.plan.reset(); // opening it tells why
    }
    const std::string folder = folder_of(options.plan_file);
    std::function<std::string(const std::string&)> commit;
    if (live) {
        commit = [&](const std::string& path) { return commit_of(folder, path); };
    }
    return loaded.plan ? engine::pin_files(*loaded.plan, folder, commit) : Result<Json>(Json::object());
}

} // namespace

Result<CheckedPlan> check_plan(const std::string& file, const std::map<std::string, std::string>& given,
                               const std::string& variant) {
    const auto refuse = [&](const std::vector<plan::Diagnostic>& diagnostics) {
        std::string all;
        for (const auto& diagnostic : diagnostics) {
            all += (all.empty() ? "" : "\n") + plan::to_text(diagnostic, file);
        }
        return fail(ErrorCode::bad_input, all);
    };
    auto loaded = plan::load_file(file);
    if (!loaded.plan) {
        return refuse(loaded.diagnostics);
    }
    CheckedPlan checked{std::move(*loaded.plan), {}};
    if (auto taken = plan::take_variant(checked.plan, variant); !taken) {
        return failed(taken);
    }
    for (const auto& [name, value] : given) {
        const auto known = std::any_of(checked.plan.variables.begin(), checked.plan.variables.end(),
                                       [&, wanted = name](const auto& variable) { return variable.name == wanted; });
        if (!known) {
            std::vector<std::string> names;
            for (const auto& variable : checked.plan.variables) {
                names.push_back(variable.name);
            }
            return fail(ErrorCode::bad_input, "the plan has no variable '" + name + "'",
                        fmt::format("--set {}={}", name, value),
                        names.empty() ? "it has none" : fmt::format("it has {}", fmt::join(names, ", ")));
        }
    }
    auto frozen = plan::freeze(checked.plan, given, {});
    if (!frozen.errors.empty()) {
        std::string all;
        for (const auto& error : frozen.errors) {
            all += (all.empty() ? "" : "\n") + to_text(error);
        }
        return fail(ErrorCode::bad_input, all);
    }
    checked.values = std::move(frozen.values);
    if (const auto wrong = expression_errors(checked.plan, checked.values); !wrong.empty()) {
        return refuse(wrong);
    }
    return checked;
}

SessionHost::~SessionHost() = default;

void SessionHost::let_go() {
    server_.reset();
    second_copy_.reset();
    sheet_.reset();
    engine_.reset();
    log_.reset();
    alone_.reset();
}

/// Of a run with a way back: beside the session, and beside its copy.
void SessionHost::keep_sheet() {
    const auto& release = engine_->release();
    if (release.opened.mode != "run" || release.plan->rollback.options.empty()) {
        return;
    }
    sheet_ = std::make_unique<KeptFiles>();
    engine_->journal().listen([this](std::span<const release::Event> events) {
        const bool told = std::all_of(events.begin(), events.end(), [](const release::Event& event) {
            return std::holds_alternative<release::GateChanged>(event.body) ||
                   std::holds_alternative<release::HoldHeartbeat>(event.body) ||
                   std::holds_alternative<release::SourceChanged>(event.body) ||
                   std::holds_alternative<release::StepProbed>(event.body);
        });
        if (!told) { // these change nothing of what the sheet says
            write_sheet();
        }
    });
    write_sheet();
}

void SessionHost::write_sheet() {
    // Whole paths: they are typed wherever somebody stands then.
    const auto whole = [](const std::filesystem::path& path) { return std::filesystem::absolute(path).string(); };
    std::error_code unknown; // the folder may have been removed since
    const report::SheetPlace place{whole(file_), second_copy_ ? whole(second_copy_->place()) : "", hex(log_->root()),
                                   std::filesystem::current_path(unknown).string()};
    const std::string text = report::sheet_text(engine_->release(), place);
    const std::string html = report::sheet_html(engine_->release(), place);
    std::vector<std::filesystem::path> beside{file_};
    if (second_copy_) {
        beside.push_back(second_copy_->place());
    }
    for (auto& one : beside) {
        sheet_->keep(one.string() + ".sheet.txt", text);
        sheet_->keep(one.string() + ".sheet.html", html);
    }
}

std::optional<SessionHost::Copy> SessionHost::copy() const {
    return second_copy_ ? std::optional(Copy{second_copy_->place(), copy_is_whole_}) : std::nullopt;
}

namespace {

/// What stands in the way of going on: the copy has gone on by itself, or can't be asked. One whose place is away, and
/// says so at once, does not.
std::optional<release::CopyReport> asks(SecondCopy& copy) {
    const auto first = copy.first_look(5);
    if (first && !first->taken) {
        return std::nullopt;
    }
    return release::CopyReport{copy.place().string(), "behind", first ? first->why : "it does not answer",
                               first.has_value(), !first};
}

} // namespace

/// A rehearsal's log does not tell of it: one seed gives one log, whatever this machine's disks do.
void SessionHost::keep_copy(const std::filesystem::path& wanted, bool run, bool before) {
    if (wanted.empty() || is_its_own_copy(file_, wanted)) {
        return;
    }
    second_copy_ = std::make_unique<SecondCopy>(file_, wanted, before, [this, run](const SecondCopy::State& state) {
        if (run) {
            (void)engine_->submit(release::CopyReport{second_copy_->place().string(), state.kept ? "kept" : "behind",
                                                      state.why, state.taken},
                                  {release::own_name, ""}); // refused when the session has closed meanwhile
        }
    });
    engine_->journal().listen([this](std::span<const release::Event>) { second_copy_->wake(); });
}

void SessionHost::on_broken(std::function<void(const Error&)> receiver) {
    engine_->journal().on_broken(std::move(receiver));
}

void SessionHost::make(const session::SigningKey& key, const engine::Outside& outside, net::ProcessRunner& processes,
                       engine::EngineOptions options) {
    options.records = records_of(file_);
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
    if (auto loaded = plan::load(*source, session.plan_file, plan::beside(folder_of(options.plan_file))); loaded.plan) {
        session.includes = std::move(loaded.plan->includes);
        if (auto fits = for_opening(*loaded.plan, options, outside.scheduler.now()); !fits) {
            return fits;
        }
    }
    session.plan_digest = plan::digest(*source, session.includes);
    session.public_key = key.verifier().text();
    session.program = program_version();
    session.variant = options.variant;
    if (options.opening.count != 0) {
        session.opening = options.opening;
    }
    if (auto pinned = pins_of(options, session.mode == "run"); pinned) {
        session.files = std::move(*pinned);
    } else {
        return failed(pinned);
    }
    file_ = options.session;
    if (file_.empty()) {
        std::error_code error;
        std::filesystem::create_directories(paths_.sessions, error);
        file_ = fresh_file(paths_.sessions, session.session);
    }
    if (const auto none = no_place_for_copy(file_, options.copy)) {
        return tl::unexpected(*none);
    }
    auto log = session::SessionLog::create(
        file_, {session.session, outside.scheduler.now(), session.program, session.public_key}, options.log);
    if (!log) {
        return failed(log);
    }
    log_ = std::make_unique<session::SessionLog>(std::move(*log));
    if (session.mode == "run") {
        auto alone = only_owner(paths_, log_->meta(), file_);
        if (!alone) {
            discard_empty();
            return failed(alone);
        }
        alone_.emplace(std::move(*alone));
        if (auto begun = net::begin_records(records_of(file_)); !begun) {
            discard_empty();
            return begun;
        }
    }
    engine_options.plan_folder = folder_of(options.plan_file);
    if (session.mode == "run") {
        session.plan_folder = engine_options.plan_folder;
    }
    make(key, outside, processes, std::move(engine_options));
    // Commands must be able to come before anything is done: a session that can't be told to stop does not start.
    auto opened = serve();
    if (opened) {
        opened = engine_->open(session, {options.policy, options.bridge});
    }
    if (opened) {
        keep_copy(options.copy, session.mode == "run", false);
        keep_sheet();
    }
    if (!opened && log_->event_count() == 0) {
        discard_empty();
    }
    return opened;
}

/// Nothing has happened: an empty file would only be in the way of the next try.
void SessionHost::discard_empty() {
    server_.reset();
    engine_.reset();
    log_.reset();
    net::end_records(records_of(file_));
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm"}) {
        std::filesystem::remove(file_.string() + ending, ignored);
    }
}

Result<void> SessionHost::take_up(const std::filesystem::path& file, const StartOptions& options,
                                  const session::SigningKey& key, const engine::Outside& outside,
                                  net::ProcessRunner& processes, engine::EngineOptions engine_options) {
    file_ = file;
    if (const auto none = no_place_for_copy(file_, options.copy)) {
        return tl::unexpected(*none);
    }
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
    if (is_run(records)) {
        auto alone = only_owner(paths_, log_->meta(), file_);
        if (!alone) {
            return failed(alone);
        }
        alone_.emplace(std::move(*alone));
    }
    make(key, outside, processes, std::move(engine_options));
    if (auto served = serve(); !served) {
        return served;
    }
    const bool run = is_run(records);
    const auto& copy = options.copy.empty() ? options.copy_before : options.copy;
    std::optional<release::CopyReport> asked;
    if (run && copy != options.copy_before && !options.copy_before.empty() &&
        !is_its_own_copy(file_, options.copy_before)) {
        // Whoever goes on from the one that was kept till now has not heard of a new place for it.
        SecondCopy till_now(file_, options.copy_before, true, [](const SecondCopy::State&) {});
        if (const auto held = till_now.held_elsewhere(2)) {
            return tl::unexpected(*held);
        }
        asked = asks(till_now);
    }
    keep_copy(copy, run, true);
    if (const auto held = second_copy_ ? second_copy_->held_elsewhere(2) : std::nullopt) {
        return tl::unexpected(*held); // somebody goes on from the copy: two would do the same things
    }
    if (run && second_copy_ && !asked) {
        asked = asks(*second_copy_);
    }
    auto resumed = engine_->resume(records, {options.by, options.taken_over_from, asked});
    if (resumed) {
        const auto& release = engine_->release();
        std::error_code ignored;
        if (release.opened.mode == "run" && release::in_flight(release).empty() &&
            !std::filesystem::exists(records_of(file_), ignored)) {
            resumed = net::begin_records(records_of(file_)); // nothing that was begun elsewhere is looked for here
        }
    }
    if (resumed) {
        if (is_run(records) && !copy.empty() && is_its_own_copy(file_, copy)) {
            // The desk was lost: what was the copy is the session from now on.
            (void)engine_->submit(release::CopyReport{"", "none", "the session goes on in it"},
                                  {release::own_name, ""});
        }
        keep_sheet();
    }
    return resumed;
}

Result<void> SessionHost::serve() {
    make_runtime(paths_);
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
    const auto text = [](const Json& from, const char* key) {
        const auto found = from.find(key); // of what is no object: the end
        return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (body.is_object() && body.contains("by")) {
        by = {text(body["by"], "name"), text(body["by"], "role")};
        body.erase("by");
    }
    const auto command = release::command_from_json(body);
    if (!command) {
        reply(net::error_reply(command.error()));
        return;
    }
    submit(*command, by, [reply](Result<Json> given) { reply(given ? *given : net::error_reply(given.error())); });
}

void SessionHost::close(int tries_left) {
    if (second_copy_) {
        second_copy_->let_go();
    }
    // Followers close at the event `session-closed`; until they have, the file stays in two parts.
    if (!log_->close() && tries_left > 0) {
        closing_.setSingleShot(true);
        closing_.callOnTimeout([this, tries_left] { close(tries_left - 1); });
        closing_.start(100);
        return;
    }
    has_closed_ = true;
    alone_.reset(); // who rolls it back later takes it up
    copy_is_whole_ = second_copy_ && second_copy_->finish(5);
    server_.reset();
    net::end_records(records_of(file_));
    if (closed_) {
        closed_();
    }
}

} // namespace sluice::host
