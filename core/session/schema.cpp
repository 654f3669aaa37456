#include "session/schema.h"

#include "base/json.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace sluice::session {
namespace {

constexpr std::array tables = {
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, body BLOB NOT NULL, root BLOB NOT NULL) STRICT",
    "CREATE TABLE checkpoint(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL) STRICT",
    "CREATE TABLE output(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, operation TEXT NOT NULL, "
    "offset INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE(operation, offset)) STRICT",
    "CREATE TABLE series(id INTEGER PRIMARY KEY, metric TEXT NOT NULL, arm TEXT NOT NULL, labels TEXT NOT NULL, "
    "unit TEXT NOT NULL, UNIQUE(metric, arm, labels, unit)) STRICT",
    "CREATE TABLE tick(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, samples BLOB NOT NULL) STRICT",
    "CREATE INDEX tick_time ON tick(time)",
    "CREATE TABLE gap(id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series(id), "
    "from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, reason TEXT NOT NULL) STRICT",
};

/// Of version 1: in the place of the one above.
constexpr const char* output_without_time =
    "CREATE TABLE output(id INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL, offset INTEGER NOT NULL, "
    "bytes BLOB NOT NULL, UNIQUE(operation, offset)) STRICT";

std::set<std::string, std::less<>> tables_of(std::int64_t version) {
    std::set<std::string, std::less<>> all(tables.begin(), tables.end());
    if (version == 1) {
        std::erase_if(all, [](const std::string& sql) { return sql.starts_with("CREATE TABLE output("); });
        all.insert(output_without_time);
    }
    return all;
}

bool is_session_id(std::string_view id) {
    return !id.empty() && id.size() <= 100 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

} // namespace

Result<void> create_schema(Connection& connection, const SessionMeta& meta) {
    if (!is_session_id(meta.id)) {
        return fail(ErrorCode::bad_input, fmt::format("'{}' can't be a session's id", meta.id), connection.where(),
                    "1 to 100 letters, digits, '.', '_' and '-'");
    }
    std::string sql = fmt::format("BEGIN IMMEDIATE; PRAGMA application_id={}; PRAGMA user_version={};", application_id,
                                  format_version);
    for (const char* table : tables) {
        sql += table;
        sql += ';';
    }
    if (auto done = connection.run(sql.c_str()); !done) {
        return done;
    }
    const std::array<std::pair<const char*, std::string>, 4> rows = {{{"id", meta.id},
                                                                      {"created", nanos_text(meta.created)},
                                                                      {"program", meta.program},
                                                                      {"key", meta.operator_key}}};
    auto insert = connection.prepare("INSERT INTO meta(name, value) VALUES(?1, ?2)");
    if (!insert) {
        return failed(insert);
    }
    for (const auto& [name, value] : rows) {
        if (auto done = insert->bind_text(1, name).bind_text(2, value).run(); !done) {
            return done;
        }
    }
    return connection.run("COMMIT");
}

Result<std::int64_t> check_schema(const Connection& connection) {
    const auto application = connection.integer("PRAGMA application_id");
    if (!application) {
        return failed(application);
    }
    if (*application == 0) {
        // Made and not yet filled: all of the schema comes in one transaction, before anything is done.
        const auto objects = connection.integer("SELECT count(*) FROM sqlite_schema");
        if (objects && *objects == 0) {
            return fail(ErrorCode::corrupt,
                        "the session has no start yet: its program is at making it, or was cut "
                        "short at that",
                        connection.where(),
                        "nothing was done yet; if no program is at it, remove the file and start again");
        }
    }
    if (*application != application_id) {
        return fail(ErrorCode::bad_input, "not a session file: it is another program's database", connection.where());
    }
    const auto version = connection.integer("PRAGMA user_version");
    if (!version) {
        return failed(version);
    }
    if (*version < oldest_version || *version > format_version) {
        return fail(ErrorCode::corrupt,
                    fmt::format("the session file is of version {}, this program reads {} to {}", *version,
                                oldest_version, format_version),
                    connection.where(), *version > format_version ? "use a newer sluice" : "");
    }
    auto rows = connection.prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
    if (!rows) {
        return failed(rows);
    }
    auto expected = tables_of(*version);
    for (;;) {
        const auto row = rows->step();
        if (!row) {
            return failed(row);
        }
        if (!*row) {
            break;
        }
        if (expected.erase(rows->bytes(0)) == 0) {
            return fail(ErrorCode::corrupt, fmt::format("the session file holds something foreign: {}", rows->bytes(0)),
                        connection.where());
        }
    }
    if (!expected.empty()) {
        return fail(ErrorCode::corrupt, fmt::format("the session file lacks a table: {}", *expected.begin()),
                    connection.where());
    }
    return *version;
}

Result<SessionMeta> read_meta(const Connection& connection) {
    SessionMeta meta;
    auto rows = connection.prepare("SELECT name, value FROM meta");
    if (!rows) {
        return failed(rows);
    }
    for (;;) {
        const auto row = rows->step();
        if (!row) {
            return failed(row);
        }
        if (!*row) {
            break;
        }
        const std::string name = rows->bytes(0);
        if (name == "id") {
            meta.id = rows->bytes(1);
        } else if (name == "program") {
            meta.program = rows->bytes(1);
        } else if (name == "key") {
            meta.operator_key = rows->bytes(1);
        } else if (name == "created") {
            const auto created = parse_nanos(rows->bytes(1));
            if (!created) {
                return fail(ErrorCode::corrupt, "the session file does not say when it was created",
                            connection.where());
            }
            meta.created = *created;
        }
    }
    if (!is_session_id(meta.id)) {
        return fail(ErrorCode::corrupt, "the session file does not say which session it is", connection.where());
    }
    return meta;
}

} // namespace sluice::session
