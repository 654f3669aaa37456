#pragma once
#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite as this library uses it: every failure a `Result`, blobs as bytes.
namespace sluice::session {

/// Of the owner of a session, who writes no more then.
inline constexpr const char* full_disk_remedy =
    "make room on the disk; where the program has stopped, open the session again";

/// Maps a result code: busy and locked to `conflict`, corrupt and not-a-database to `corrupt`, the rest to `io`.
tl::unexpected<Error> sqlite_failure(int code, std::string_view message, const std::string& where);

/// One prepared statement. Every run must end with `reset` (or the end of this object): a statement that is half-way
/// through holds a read transaction, which this library never keeps.
class Statement {
public:
    Statement& bind(int index, std::int64_t value);
    Statement& bind_text(int index, std::string_view value);
    Statement& bind_blob(int index, std::string_view value);

    Result<bool> step(); ///< true: there is a row
    Result<void> run();  ///< to its end, without rows; resets
    void reset();

    std::int64_t integer(int column) const;
    std::string bytes(int column) const; ///< of text or blob, as stored
    bool is_integer(int column) const;

private:
    friend class Connection;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(sqlite3_stmt* statement, std::string where) : statement_(statement), where_(std::move(where)) {}
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    std::string where_;
    int bind_error_ = 0;
};

class Connection {
public:
    enum class Mode { read_only, read_write };

    /// Opens a file that exists, with what every connection here has: no checkpoint on close unless asked for, no trust
    /// in the schema, no memory map, waits of `busy_wait_ms` for another connection's lock. `vfs` empty: the default
    /// one.
    static Result<Connection> open(const std::filesystem::path& path, Mode mode, int busy_wait_ms = 200,
                                   const std::string& vfs = {});

    Result<void> run(const char* sql); ///< statements without results
    Result<Statement> prepare(std::string_view sql) const;
    Result<std::int64_t> integer(std::string_view sql) const; ///< the first column of the first row
    Result<std::string> text(std::string_view sql) const;

    sqlite3* handle() const { return handle_.get(); }
    const std::string& where() const { return where_; }
    tl::unexpected<Error> failure(int code) const; ///< with the connection's message

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    Connection(sqlite3* handle, std::string where) : handle_(handle), where_(std::move(where)) {}
    std::unique_ptr<sqlite3, Close> handle_;
    std::string where_;
};

} // namespace sluice::session
