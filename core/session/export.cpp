#include "session/export.h"

#include "session/posix_file.h"
#include "session/session_reader.h"
#include "session/sqlite.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sqlite3.h>

namespace sluice::session {
namespace {

/// Copies in one step: a writer in between would make SQLite begin again.
Result<void> copy(sqlite3* from, Connection& to) {
    sqlite3_backup* backup = sqlite3_backup_init(to.handle(), "main", from, "main");
    if (backup == nullptr) {
        return to.failure(sqlite3_extended_errcode(to.handle()));
    }
    const int step = sqlite3_backup_step(backup, -1);
    const int finish = sqlite3_backup_finish(backup);
    if (step != SQLITE_DONE) {
        return sqlite_failure(step, sqlite3_errstr(step), to.where());
    }
    if (finish != SQLITE_OK) {
        return to.failure(finish);
    }
    // The copied header still says WAL.
    const auto journal = to.text("PRAGMA journal_mode=DELETE");
    if (!journal) {
        return failed(journal);
    }
    return *journal == "delete" ? Result<void>()
                                : fail(ErrorCode::io, "the copy could not be made one file", to.where());
}

/// rename(2), but never over a file.
int rename_to_new(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return errno;
    }
    // A file system without it: a link refuses as well.
    return ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0 ? 0 : errno;
}

} // namespace

Result<void> export_session(const std::filesystem::path& from, const std::filesystem::path& to) {
    const auto exists = [&to] {
        return fail(ErrorCode::refused, "there is a file of this name already", to.string(), "choose another name");
    };
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(to, error))) {
        return exists();
    }
    const auto reader = SessionReader::open(from);
    if (!reader) {
        return failed(reader);
    }
    auto part = to;
    part += ".part" + std::to_string(::getpid());
    {
        const Descriptor fd(::open(part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!fd) {
            return system_failure("could not create the file", to, errno);
        }
    }
    const auto make = [&]() -> Result<void> {
        {
            auto connection = Connection::open(part, Connection::Mode::read_write);
            if (!connection) {
                return failed(connection);
            }
            if (auto done = copy(static_cast<sqlite3*>(reader->handle()), *connection); !done) {
                return done;
            }
        }
        if (auto done = sync_file(part); !done) {
            return done;
        }
        if (const int code = rename_to_new(part, to); code != 0) {
            return code == EEXIST ? exists() : system_failure("could not name the file", to, code);
        }
        return sync_folder(folder_of(to));
    };
    auto done = make();
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
        std::filesystem::remove(part.string() + ending, error); // the first is gone if all went well
    }
    return done;
}

} // namespace sluice::session
