#pragma once
/// A folder and a log to try things on.
#include "base/json.h"
#include "session/session_log.h"
#include "session/session_reader.h"

#include <QTemporaryDir>
#include <filesystem>
#include <fmt/format.h>
#include <sqlite3.h>
#include <stdexcept>

namespace sluice::session::testing {

inline const Nanos start{1767225600000000000}; // 2026-01-01T00:00Z

template <typename T>
T must(Result<T> result) {
    if (!result) {
        throw std::runtime_error(to_text(result.error()));
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

inline SigningKey key_named(const char* name, std::uint8_t first = 0) {
    Seed seed;
    for (std::size_t i = 0; i < seed.size(); ++i) {
        seed[i] = static_cast<std::uint8_t>(first + i);
    }
    return must(SigningKey::from_seed(name, seed));
}

inline NewEvent event_at(std::int64_t seq, const char* type = "note", Json extra = Json::object()) {
    const Nanos time = start + seconds(seq);
    extra["seq"] = seq;
    extra["time"] = nanos_text(time);
    extra["type"] = type;
    return {time, must(canonical(extra))};
}

struct Folder {
    QTemporaryDir directory;
    std::filesystem::path operator/(const char* name) const { return directory.path().toStdString() + "/" + name; }
};

inline SessionMeta meta_of(const std::string& id = "example") {
    return {id, start, "sluice test", ""};
}

/// `count` events, one transaction each, a checkpoint after each `every`-th.
inline void fill(SessionLog& log, int count, const SigningKey* key = nullptr, int every = 10) {
    for (int i = 0; i < count; ++i) {
        const std::int64_t seq = log.next_seq();
        const NewEvent event = event_at(seq, "note", {{"text", fmt::format("ordinary \u00fcnicode {}", seq)}});
        must(log.append(std::span(&event, 1), key != nullptr && seq % every == 0 ? key : nullptr));
    }
}

/// A closed session of `count` events.
inline void write_session(const std::filesystem::path& path, int count, const SigningKey* key, int every = 10) {
    SessionLog log = must(SessionLog::create(path, meta_of()));
    fill(log, count, key, every);
    must(log.close());
}

/// As somebody with the sqlite3 tool would.
inline void tamper(const std::filesystem::path& path, const std::string& sql) {
    sqlite3* db = nullptr;
    char* message = nullptr;
    const bool done =
        sqlite3_open(path.c_str(), &db) == SQLITE_OK &&
        sqlite3_exec(db, ("PRAGMA synchronous=OFF;" + sql).c_str(), nullptr, nullptr, &message) == SQLITE_OK;
    const std::string error = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(db);
    if (!done) {
        throw std::runtime_error(sql + ": " + error);
    }
}

inline void copy_as_killed(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::copy_file(from, to);
    if (std::filesystem::exists(from.string() + "-wal")) {
        std::filesystem::copy_file(from.string() + "-wal", to.string() + "-wal");
    }
}

} // namespace sluice::session::testing
