#include "net/process_records.h"

#include "base/json.h"
#include "net/local_process_runner.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace sluice::net {
namespace {

std::optional<std::string> content(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

/// Field N (from 3 on) of /proc/PID/stat, counted from the last bracket, since a name can hold anything.
std::string stat_field(const std::string& stat, int field) {
    std::size_t at = stat.rfind(')');
    for (int i = 2; i < field && at != std::string::npos; ++i) {
        at = stat.find(' ', at + 1);
    }
    return at == std::string::npos ? std::string() : stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

template <typename Record, typename Read>
Result<std::optional<Record>> read_record(const std::string& path, Read read) {
    const auto text = content(path);
    if (!text) {
        return std::optional<Record>();
    }
    try {
        const auto parsed = parse_json(*text, path);
        if (!parsed) {
            return fail(ErrorCode::corrupt, parsed.error().what, path);
        }
        return std::optional<Record>(read(*parsed));
    } catch (const std::exception& error) {
        return fail(ErrorCode::corrupt, std::string("not a record of sluice-exec: ") + error.what(), path);
    }
}

} // namespace

Result<std::optional<StartRecord>> read_start_record(const std::string& directory) {
    return read_record<StartRecord>(directory + "/started.json", [](const Json& json) {
        return StartRecord{json.at("pid").get<pid_t>(), json.at("ticks").get<std::string>(),
                           json.at("boot").get<std::string>(), json.at("head").get<std::int64_t>(),
                           json.value("child", pid_t{0})};
    });
}

namespace {

std::string place_of(const std::string& folder) {
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(folder, error);
    return error ? folder : path.string();
}

constexpr const char* mark_of_whole = "/whole";

} // namespace

Result<void> begin_records(const std::string& folder) {
    const auto failure = [&](const std::string& why) {
        return fail(ErrorCode::io, "could not make the folder for the records of processes: " + why, folder);
    };
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    if (error) {
        return failure(error.message());
    }
    const std::string text = place_of(folder) + "\n";
    const int file =
        ::open((folder + mark_of_whole).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    const int why = errno;
    if (file >= 0) {
        ::close(file);
    }
    return written ? Result<void>() : failure(std::strerror(why));
}

void end_records(const std::string& folder) {
    std::error_code ignored;
    std::size_t entries = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        (void)entry;
        ++entries;
    }
    if (entries <= 1) { // what could not be removed before is kept, with what says that it is whole
        std::filesystem::remove(folder + mark_of_whole, ignored);
        std::filesystem::remove(folder, ignored);
    }
}

bool is_whole(const std::string& folder) {
    std::ifstream file(folder + mark_of_whole);
    std::string place;
    return std::getline(file, place) && place == place_of(folder);
}

Result<void> claim(const std::string& directory) {
    const std::string path = directory + "/started.json";
    const std::string draft = path + ".claim";
    std::error_code trouble; // whoever was to start it may have ended before it made the directory
    if (std::filesystem::create_directories(directory, trouble)) {
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, trouble);
    }
    std::ofstream(draft) << R"({"pid":0,"ticks":"","boot":"","head":0})" << '\n';
    const int made = ::link(draft.c_str(), path.c_str());
    const int error = errno;
    ::unlink(draft.c_str());
    if (made == 0) {
        return {};
    }
    return error == EEXIST ? fail(ErrorCode::conflict, "it has been started just now", directory)
                           : fail(ErrorCode::io, std::string("could not claim it: ") + std::strerror(error), directory);
}

Result<std::optional<EndRecord>> read_end_record(const std::string& directory) {
    return read_record<EndRecord>(directory + "/exit.json", [](const Json& json) {
        EndRecord record;
        ProcessEnd& end = record.end;
        if (json.contains("exit_code")) {
            end.exit_code = json.at("exit_code").get<int>();
        } else if (json.contains("signal")) {
            end.signal = json.at("signal").get<int>();
        } else {
            record.error = json.at("error").get<std::string>();
        }
        end.timed_out = json.at("timed_out").get<bool>();
        end.cancelled = json.at("cancelled").get<bool>();
        end.left_behind = json.at("left_behind").get<int>();
        end.length = json.at("length").get<std::uint64_t>();
        end.head = json.at("head").get<std::uint64_t>();
        end.tail = json.at("tail").get<std::uint64_t>();
        end.digest = json.at("sha256").get<std::string>();
        end.started = parse_nanos(json.at("started").get<std::string>()).value();
        end.ended = parse_nanos(json.at("ended").get<std::string>()).value();
        return record;
    });
}

bool runs(const StartRecord& record) {
    std::string boot = content("/proc/sys/kernel/random/boot_id").value_or("");
    boot = boot.substr(0, boot.find('\n'));
    const auto stat = content("/proc/" + std::to_string(record.wrapper) + "/stat");
    return stat && boot == record.boot && stat_field(*stat, 22) == record.ticks && stat_field(*stat, 3) != "Z";
}

} // namespace sluice::net
