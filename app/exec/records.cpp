#include "records.h"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace sluice::exec {
namespace {

std::string content(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

tl::unexpected<Error> trouble(const std::string& what, const std::string& path) {
    return fail(ErrorCode::io, what + ": " + std::strerror(errno), path);
}

Result<void> write_durably(const std::string& directory, const std::string& name, const std::string& text,
                           unsigned flags) {
    const std::string path = directory + "/" + name;
    const std::string draft = path + ".new";
    const int file = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return trouble("could not create the record", draft);
    }
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = ::write(file, text.data() + done, text.size() - done);
        if (n < 0 && errno != EINTR) {
            ::close(file);
            return trouble("could not write the record", draft);
        }
        done += n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    const bool synced = ::fsync(file) == 0;
    ::close(file);
    if (!synced || ::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, path.c_str(), flags) != 0) {
        return trouble("could not make the record durable", path);
    }
    const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || ::fsync(folder) != 0) {
        return trouble("could not make the record durable", directory);
    }
    ::close(folder);
    return {};
}

/// Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and brackets, so it counts from the last bracket.
std::string start_ticks() {
    const std::string stat = content("/proc/self/stat");
    std::size_t at = stat.rfind(')');
    for (int field = 2; field < 22 && at != std::string::npos; ++field) {
        at = stat.find(' ', at + 1);
    }
    return at == std::string::npos ? std::string() : stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

} // namespace

Nanos wall_clock() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return seconds(time.tv_sec) + Nanos{time.tv_nsec};
}

Result<Spec> read_spec(const std::string& path) {
    auto parsed = parse_json(content(path), path);
    if (!parsed) {
        return failed(parsed);
    }
    try {
        Spec spec;
        spec.argv = parsed->at("argv").get<std::vector<std::string>>();
        spec.env = parsed->at("env").get<std::map<std::string, std::string>>();
        spec.cwd = parsed->at("cwd").get<std::string>();
        spec.directory = parsed->at("directory").get<std::string>();
        spec.budget = parsed->at("budget").get<std::size_t>();
        const auto timeout = parse_nanos(parsed->at("timeout").get<std::string>());
        const auto grace = parse_nanos(parsed->at("grace").get<std::string>());
        if (spec.argv.empty() || !timeout || !grace) {
            return fail(ErrorCode::bad_input, "argv is empty, or a time is no number", path);
        }
        auto secrets = std::make_shared<RedactionSet>();
        for (const auto& value : parsed->value("secrets", std::vector<std::string>())) {
            (void)secrets->add(Secret(value), {}); // one too short to be told from ordinary text stays
        }
        spec.secrets = std::move(secrets);
        spec.timeout = *timeout;
        spec.grace = *grace;
        return spec;
    } catch (const Json::exception& error) {
        return fail(ErrorCode::bad_input, error.what(), path);
    }
}

Result<void> write_started(const Spec& spec, pid_t child, std::size_t head) {
    std::string boot = content("/proc/sys/kernel/random/boot_id");
    boot.resize(boot.find('\n') == std::string::npos ? boot.size() : boot.find('\n'));
    const Json record{{"pid", ::getpid()}, {"ticks", start_ticks()}, {"child", child}, {"boot", boot}, {"head", head}};
    return write_durably(spec.directory, "started.json", record.dump() + "\n", RENAME_NOREPLACE);
}

Result<void> write_ending(const Spec& spec, const Ending& ending) {
    Json record{{"timed_out", ending.timed_out},
                {"cancelled", ending.cancelled},
                {"left_behind", ending.left_behind},
                {"length", ending.length},
                {"head", ending.head},
                {"tail", ending.tail},
                {"sha256", ending.digest},
                {"started", nanos_text(ending.started)},
                {"ended", nanos_text(ending.ended)}};
    if (ending.exit_code) {
        record["exit_code"] = *ending.exit_code;
    } else if (ending.signal) {
        record["signal"] = *ending.signal;
    } else {
        record["error"] = ending.error;
    }
    return write_durably(spec.directory, "exit.json", record.dump() + "\n", 0);
}

} // namespace sluice::exec
