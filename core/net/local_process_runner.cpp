#include "net/local_process_runner.h"

#include "base/json.h"
#include "net/process_records.h"

#include <QFile>
#include <QSocketNotifier>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::net {
namespace {

constexpr int tail_interval = 50;         // milliseconds of real time between two looks at the output
constexpr qint64 longest_chunk = 1 << 20; // of output handed on at once

/// A file in memory that a child can open by its number; -1 if it can't be made.
int nameless_file(const std::string& text) {
    const int file = ::memfd_create("sluice-spec", 0);
    std::size_t done = 0;
    while (file >= 0 && done < text.size()) {
        const ssize_t n = ::write(file, text.data() + done, text.size() - done);
        if (n <= 0) {
            ::close(file);
            return -1;
        }
        done += static_cast<std::size_t>(n);
    }
    return file;
}

std::string wrapper_spec(const ProcessSpec& spec) {
    Json environment = Json::object();
    for (const std::string& name : LocalProcessRunner::inherited_variables()) {
        if (const char* value = std::getenv(name.c_str())) {
            environment[name] = value;
        }
    }
    for (const auto& [name, value] : spec.environment) {
        environment[name] = value;
    }
    Json secrets = Json::array();
    for (const auto& [name, secret] : spec.secrets) {
        environment[name] = secret.reveal();
        secrets.push_back(secret.reveal());
    }
    Json whole = {{"argv", spec.argv},
                  {"cwd", spec.cwd},
                  {"directory", spec.directory},
                  {"timeout", nanos_text(spec.timeout)},
                  {"grace", nanos_text(spec.grace)},
                  {"budget", spec.output_budget}};
    whole["env"] = std::move(environment);
    whole["secrets"] = std::move(secrets);
    const auto forget = [&] {
        for (Json* values : {&whole["env"], &whole["secrets"]}) {
            for (Json& value : *values) {
                wipe(value.get_ref<std::string&>());
            }
        }
    };
    try {
        std::string text = whole.dump(-1, ' ', false, Json::error_handler_t::strict);
        forget();
        return text;
    } catch (const Json::exception&) {
        forget();
        throw;
    }
}

const char* unfit(const ProcessSpec& spec) {
    if (spec.argv.empty() || spec.argv[0].empty()) {
        return "there is no program to run";
    }
    for (const std::string& argument : spec.argv) {
        if (argument.find('\0') != std::string::npos) {
            return "an argument holds a NUL byte";
        }
    }
    for (const auto& [name, value] : spec.environment) {
        if (name.empty() || name.find('=') != std::string::npos || value.find('\0') != std::string::npos) {
            return "an environment variable has no fit name or holds a NUL byte";
        }
    }
    for (const auto& [name, secret] : spec.secrets) {
        if (name.empty() || name.find('=') != std::string::npos || secret.reveal().find('\0') != std::string::npos) {
            return "a secret's environment variable has no fit name or holds a NUL byte";
        }
    }
    return nullptr;
}

} // namespace

struct LocalProcessRunner::Watched {
    std::uint64_t id = 0;
    std::string directory;
    ProcessSink sink;
    WorkId work = WorkId::none;
    pid_t wrapper = 0;
    int pidfd = -1;
    std::unique_ptr<QSocketNotifier> death;
    QFile output;
    bool told_started = false;
    std::int64_t head = 0;
    bool settled = false;

    ~Watched() {
        death.reset();
        if (pidfd >= 0) {
            ::close(pidfd);
        }
    }
};

LocalProcessRunner::LocalProcessRunner(Scheduler& scheduler, std::string wrapper)
    : scheduler_(scheduler), wrapper_(std::move(wrapper)) {
    tail_.setInterval(tail_interval);
    QObject::connect(&tail_, &QTimer::timeout, &context_, [this] {
        for (auto& [id, watched] : watched_) {
            look(*watched);
        }
    });
}

LocalProcessRunner::~LocalProcessRunner() {
    for (auto& [id, watched] : watched_) {
        scheduler_.abandon(watched->work);
    }
}

const std::vector<std::string>& LocalProcessRunner::inherited_variables() {
    static const std::vector<std::string> names{"PATH",
                                                "HOME",
                                                "USER",
                                                "LOGNAME",
                                                "LANG",
                                                "LC_ALL",
                                                "LC_CTYPE",
                                                "TZ",
                                                "TMPDIR",
                                                "SSH_AUTH_SOCK",
                                                "XDG_RUNTIME_DIR",
                                                "XDG_CONFIG_HOME",
                                                "XDG_CACHE_HOME"};
    return names;
}

LocalProcessRunner::Watched& LocalProcessRunner::watch(const std::string& directory, const std::string& key,
                                                       ProcessSink sink) {
    const std::uint64_t id = ++last_id_;
    auto& watched = *watched_.emplace(id, std::make_unique<Watched>()).first->second;
    watched.id = id;
    watched.directory = directory;
    watched.sink = std::move(sink);
    watched.output.setFileName(QString::fromStdString(directory + "/output"));
    watched.work = scheduler_.begin(key);
    tail_.start();
    return watched;
}

ProcessId LocalProcessRunner::start(ProcessSpec spec, ProcessSink sink) {
    std::error_code trouble;
    if (spec.cwd.empty()) {
        spec.cwd = std::filesystem::current_path(trouble).string();
    }
    if (std::filesystem::create_directories(spec.directory, trouble)) {
        std::filesystem::permissions(spec.directory, std::filesystem::perms::owner_all, trouble);
    }
    Watched& watched = watch(spec.directory, spec.key, std::move(sink));
    const ProcessId process{watched.id};
    if (std::filesystem::exists(spec.directory + "/started.json", trouble)) {
        settle(watched, fail(ErrorCode::refused, "another process has been started with this directory", spec.directory,
                             "adopt it"));
        return process;
    }
    const auto wrapper = spawn(spec);
    if (!wrapper) {
        settle(watched, failed(wrapper));
        return process;
    }
    follow(watched, *wrapper);
    return process;
}

Result<pid_t> LocalProcessRunner::spawn(const ProcessSpec& spec) const {
    if (const char* why = unfit(spec)) {
        return fail(ErrorCode::bad_input, why, spec.argv.empty() ? std::string() : spec.argv[0]);
    }
    std::string text;
    try {
        text = wrapper_spec(spec);
    } catch (const Json::exception&) {
        return fail(ErrorCode::bad_input, "an argument or variable is not UTF-8", spec.argv[0]);
    }
    const int file = nameless_file(text);
    wipe(text); // the environment is in it, secrets too
    if (file < 0) {
        return fail(ErrorCode::io, std::string("could not hand over the process: ") + std::strerror(errno),
                    spec.argv[0]);
    }
    std::string program = wrapper_;
    std::string path = "/proc/self/fd/" + std::to_string(file);
    char* argv[] = {program.data(), path.data(), nullptr};
    char* environment[] = {nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int descriptor = 0; descriptor < 3; ++descriptor) {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    }
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, wrapper_.c_str(), &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(file);
    if (error != 0) {
        return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                    std::string("the wrapper of processes can't be started: ") + std::strerror(error), wrapper_,
                    "it is installed beside the program");
    }
    return pid;
}

void LocalProcessRunner::follow(Watched& watched, pid_t wrapper) {
    watched.wrapper = wrapper;
    watched.pidfd = static_cast<int>(::syscall(SYS_pidfd_open, wrapper, 0));
    if (watched.pidfd < 0) { // ended between two looks; an unreaped child of ours would still have one
        QMetaObject::invokeMethod(
            &context_, [this, id = watched.id] { ended(id); }, Qt::QueuedConnection);
        return;
    }
    watched.death = std::make_unique<QSocketNotifier>(watched.pidfd, QSocketNotifier::Read);
    QObject::connect(watched.death.get(), &QSocketNotifier::activated, &context_,
                     [this, id = watched.id] { ended(id); });
}

/// Tells what is new in the directory.
void LocalProcessRunner::look(Watched& watched) {
    if (watched.settled) {
        return;
    }
    if (!watched.told_started) {
        const auto record = read_start_record(watched.directory);
        if (!record || !*record || (*record)->claimed()) {
            return;
        }
        watched.told_started = true;
        watched.head = (*record)->head;
        if (watched.sink.started) {
            watched.sink.started();
        }
        if (watched.sink.at_work && (*record)->program != 0) {
            watched.sink.at_work((*record)->program, (*record)->boot);
        }
    }
    tell_output(watched, watched.head);
}

void LocalProcessRunner::tell_output(Watched& watched, std::int64_t until) {
    if (!watched.output.isOpen() && !watched.output.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        return;
    }
    while (watched.output.pos() < until) {
        const QByteArray bytes = watched.output.read(std::min<qint64>(longest_chunk, until - watched.output.pos()));
        if (bytes.isEmpty()) {
            return;
        }
        if (watched.sink.output) {
            watched.sink.output({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        }
    }
}

void LocalProcessRunner::ended(std::uint64_t id) {
    const auto found = watched_.find(id);
    if (found == watched_.end() || found->second->settled) {
        return;
    }
    Watched& watched = *found->second;
    watched.death.reset();
    ::waitpid(watched.wrapper, nullptr, WNOHANG); // if it is a child of ours
    auto record = read_end_record(watched.directory);
    if (!record) {
        settle(watched, failed(record));
    } else if (!*record) {
        const auto started = read_start_record(watched.directory);
        const bool never = started && !*started;
        settle(watched, never
                            ? fail(ErrorCode::io, "the wrapper ended before it started anything", watched.directory)
                            : fail(ErrorCode::corrupt, "the wrapper is gone without a record: what happened is unknown",
                                   watched.directory));
    } else if (!(*record)->error.empty()) {
        settle(watched, fail(ErrorCode::not_found, (*record)->error));
    } else {
        settle(watched, std::move((*record)->end));
    }
}

void LocalProcessRunner::settle(Watched& watched, Result<ProcessEnd> result) {
    look(watched);
    if (result) {
        const std::uint64_t kept = result->head + result->tail;
        if (result->length > kept && watched.sink.omitted) {
            watched.sink.omitted(result->length - kept);
        }
        tell_output(watched, static_cast<std::int64_t>(kept));
    }
    watched.settled = true;
    auto shared = std::make_shared<Result<ProcessEnd>>(std::move(result));
    scheduler_.finish(watched.work, [this, id = watched.id, shared] {
        auto node = watched_.extract(id);
        if (watched_.empty()) {
            tail_.stop();
        }
        if (!node.empty() && node.mapped()->sink.finished) {
            node.mapped()->sink.finished(std::move(*shared));
        }
    });
}

void LocalProcessRunner::cancel(ProcessId process) {
    const auto found = watched_.find(static_cast<std::uint64_t>(process));
    if (found != watched_.end() && found->second->pidfd >= 0 && !found->second->settled) {
        ::syscall(SYS_pidfd_send_signal, found->second->pidfd, SIGTERM, nullptr, 0);
    }
}

void LocalProcessRunner::forget(const std::string& directory) {
    // Its wrapper may still be writing there, and what it adds would keep the folder: it is put where no path leads.
    const std::string aside = directory + "~";
    std::error_code ignored; // what can't be removed is the user's alone to read (mode 0700)
    std::filesystem::remove_all(aside, ignored);
    std::filesystem::rename(directory, aside, ignored);
    std::filesystem::remove_all(aside, ignored);
    std::filesystem::remove_all(directory, ignored);
}

Result<ProcessRunner::Adopted> LocalProcessRunner::adopt(const std::string& directory, const std::string& key,
                                                         ProcessSink sink) {
    const auto started = read_start_record(directory);
    if (!started) {
        return failed(started);
    }
    if (!*started && !is_whole(std::filesystem::path(directory).parent_path().string())) {
        return Adopted{
            Adoption::gone}; // it may have been started elsewhere, by who has the session that this is a copy of
    }
    if (!*started) {
        if (const auto claimed = claim(directory); !claimed) {
            return failed(claimed);
        }
        return Adopted{Adoption::never_ran};
    }
    if ((*started)->claimed()) {
        return Adopted{Adoption::never_ran};
    }
    const bool running = runs(**started); // before the record of the end is looked for, so that none is missed
    const auto end = read_end_record(directory);
    if (!end) {
        return failed(end);
    }
    if (!running && !*end) {
        return Adopted{Adoption::gone};
    }
    Watched& watched = watch(directory, key, std::move(sink));
    if (*end) {
        QMetaObject::invokeMethod(
            &context_, [this, id = watched.id] { ended(id); }, Qt::QueuedConnection);
        return Adopted{Adoption::finished, ProcessId{watched.id}};
    }
    follow(watched, (*started)->wrapper);
    return Adopted{Adoption::running, ProcessId{watched.id}};
}

} // namespace sluice::net
