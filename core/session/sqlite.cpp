#include "session/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace sluice::session {

tl::unexpected<Error> sqlite_failure(int code, std::string_view message, const std::string& where) {
    std::string what = fmt::format("the session file could not be used: {}", message);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(ErrorCode::conflict, std::move(what), where, "another program has it open; try again");
    case SQLITE_NOTADB:
        return fail(ErrorCode::bad_input, "not a session file: " + std::string(message), where);
    case SQLITE_CORRUPT:
        return fail(ErrorCode::corrupt, "the session file is damaged or cut short: " + std::string(message), where,
                    "use a copy of it");
    case SQLITE_FULL:
        return fail(ErrorCode::io, std::move(what), where, full_disk_remedy);
    default:
        return fail(ErrorCode::io, std::move(what), where);
    }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(statement_.get(), index, value); code != SQLITE_OK) {
        bind_error_ = code;
    }
    return *this;
}

Statement& Statement::bind_text(int index, std::string_view value) {
    const char* data = value.data() == nullptr ? "" : value.data(); // a null pointer would bind NULL
    if (const int code =
            sqlite3_bind_text64(statement_.get(), index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        code != SQLITE_OK) {
        bind_error_ = code;
    }
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view value) {
    const char* data = value.data() == nullptr ? "" : value.data();
    if (const int code = sqlite3_bind_blob64(statement_.get(), index, data, value.size(), SQLITE_TRANSIENT);
        code != SQLITE_OK) {
        bind_error_ = code;
    }
    return *this;
}

Result<bool> Statement::step() {
    const int code = bind_error_ != 0 ? bind_error_ : sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    return sqlite_failure(
        code, bind_error_ != 0 ? sqlite3_errstr(code) : sqlite3_errmsg(sqlite3_db_handle(statement_.get())), where_);
}

Result<void> Statement::run() {
    const auto row = step();
    reset();
    if (!row) {
        return failed(row);
    }
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bind_error_ = 0;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr ? std::string()
                           : std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

bool Statement::is_integer(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_INTEGER;
}

void Connection::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

Result<Connection> Connection::open(const std::filesystem::path& path, Mode mode, int busy_wait_ms,
                                    const std::string& vfs) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        return fail(ErrorCode::bad_input,
                    error || !std::filesystem::exists(path, error) ? "there is no such session file"
                                                                   : "this is not a file",
                    path.string());
    }
    // A name that starts with ':' or "file:" means something else to SQLite; an absolute one never does.
    const std::string name = std::filesystem::absolute(path, error).string();
    sqlite3* handle = nullptr;
    const int flags = (mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
    Connection connection(handle, path.string());
    if (code != SQLITE_OK) {
        return sqlite_failure(code, handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle), path.string());
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_wait_ms);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    for (const char* sql : {"PRAGMA mmap_size=0", "PRAGMA cell_size_check=ON"}) {
        if (auto done = connection.run(sql); !done) {
            return failed(done);
        }
    }
    return connection;
}

tl::unexpected<Error> Connection::failure(int code) const {
    return sqlite_failure(code, sqlite3_errmsg(handle_.get()), where_);
}

Result<void> Connection::run(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return failure(code);
    }
    return {};
}

Result<Statement> Connection::prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        return failure(code);
    }
    return Statement(statement, where_);
}

Result<std::int64_t> Connection::integer(std::string_view sql) const {
    auto statement = prepare(sql);
    if (!statement) {
        return failed(statement);
    }
    const auto row = statement->step();
    if (!row) {
        return failed(row);
    }
    return *row ? statement->integer(0) : 0;
}

Result<std::string> Connection::text(std::string_view sql) const {
    auto statement = prepare(sql);
    if (!statement) {
        return failed(statement);
    }
    const auto row = statement->step();
    if (!row) {
        return failed(row);
    }
    return *row ? statement->bytes(0) : std::string();
}

} // namespace sluice::session
