#include "session/mirror.h"

#include "base/json.h"
#include "session/posix_file.h"
#include "session/schema.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sqlite3.h>
#include <vector>

namespace sluice::session {
namespace {

/// A table that only grows, and the column that says how far. Columns as SQLite has them: i integer, t text, b blob.
struct Mirrored {
    const char* name;
    const char* key;
    const char* columns;
    const char* types;
};

/// In the order of reading. What names something else is read before it: a checkpoint before the events it covers, a
/// tick before its series. So the owner may commit between two reads, and nothing in the copy lacks what it names.
constexpr std::array mirrored = {
    Mirrored{"checkpoint", "id", "id, size, note", "iit"},
    Mirrored{"tick", "id", "id, time, samples", "iib"},
    Mirrored{"gap", "id", "id, series, from_time, to_time, reason", "iiiit"},
    Mirrored{"output", "id", "id, time, operation, offset, bytes", "iitib"},
    Mirrored{"series", "id", "id, metric, arm, labels, unit", "itttt"},
    Mirrored{"event", "seq", "seq, time, body, root", "iibb"},
};
constexpr std::int64_t rows_at_once = 2000;

struct Cell {
    std::int64_t number = 0;
    std::string bytes;
};
using Row = std::vector<Cell>;

Result<std::int64_t> last_key(const Connection& connection, const Mirrored& table) {
    return connection.integer(fmt::format("SELECT coalesce(max({}), 0) FROM {}", table.key, table.name));
}

Result<std::vector<Row>> rows_after(const Connection& connection, const Mirrored& table, std::int64_t key) {
    auto rows = connection.prepare(fmt::format("SELECT {} FROM {} WHERE {} > ?1 ORDER BY {} LIMIT ?2", table.columns,
                                               table.name, table.key, table.key));
    if (!rows) {
        return failed(rows);
    }
    rows->bind(1, key).bind(2, rows_at_once);
    std::vector<Row> taken;
    for (;;) {
        const auto more = rows->step();
        if (!more) {
            return failed(more);
        }
        if (!*more) {
            return taken;
        }
        Row row;
        for (int column = 0; table.types[column] != 0; ++column) {
            row.push_back(table.types[column] == 'i' ? Cell{rows->integer(column), {}} : Cell{0, rows->bytes(column)});
        }
        taken.push_back(std::move(row));
    }
}

Result<void> insert(Connection& connection, const Mirrored& table, const std::vector<Row>& rows) {
    std::string places;
    for (int column = 0; table.types[column] != 0; ++column) {
        places += fmt::format("{}?{}", column == 0 ? "" : ", ", column + 1);
    }
    auto statement =
        connection.prepare(fmt::format("INSERT INTO {}({}) VALUES({})", table.name, table.columns, places));
    if (!statement) {
        return failed(statement);
    }
    for (const Row& row : rows) {
        for (int column = 0; table.types[column] != 0; ++column) {
            const Cell& cell = row[static_cast<std::size_t>(column)];
            switch (table.types[column]) {
            case 'i':
                statement->bind(column + 1, cell.number);
                break;
            case 't':
                statement->bind_text(column + 1, cell.bytes);
                break;
            default:
                statement->bind_blob(column + 1, cell.bytes);
            }
        }
        if (auto done = statement->run(); !done) {
            return done;
        }
    }
    return {};
}

EventRecord event_of(const Row& row) {
    EventRecord event{row[0].number, {row[1].number}, row[2].bytes, {}};
    if (row[3].bytes.size() == event.root.size()) {
        std::copy(row[3].bytes.begin(), row[3].bytes.end(), event.root.begin());
    }
    return event;
}

bool is_closing(const EventRecord& event) {
    const auto body = parse_json(event.body, {});
    return body && body->value("type", "") == "session-closed";
}

/// One file at every moment, not three: the place may be a share on which shared memory does not work.
Result<void> make_plain(Connection& connection) {
    const auto journal = connection.text("PRAGMA journal_mode=DELETE");
    if (!journal) {
        return failed(journal);
    }
    if (*journal != "delete") {
        return fail(ErrorCode::io, "the copy could not be made one file", connection.where());
    }
    return connection.run("PRAGMA synchronous=FULL");
}

Result<void> make_empty(const std::filesystem::path& copy, const SessionMeta& meta) {
    {
        const Descriptor fd(::open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!fd) {
            return system_failure("could not create the copy", copy, errno);
        }
    }
    auto connection = Connection::open(copy, Connection::Mode::read_write);
    auto made = connection ? create_schema(*connection, meta) : Result<void>(failed(connection));
    return made ? sync_folder(folder_of(copy)) : made;
}

} // namespace

Result<Mirror> Mirror::open(const std::filesystem::path& session, const std::filesystem::path& copy) {
    auto from = Connection::open(session, Connection::Mode::read_only);
    if (!from) {
        return failed(from);
    }
    const auto format = check_schema(*from);
    if (!format) {
        return failed(format);
    }
    if (*format != format_version) {
        return fail(ErrorCode::refused, "only sessions of this program's format are copied while they run",
                    session.string(), "'sluicectl export' copies one that is finished");
    }
    const auto meta = read_meta(*from);
    if (!meta) {
        return failed(meta);
    }
    std::error_code error;
    if (std::filesystem::equivalent(session, copy, error)) {
        return fail(ErrorCode::refused, "the copy would be the session itself", copy.string(), "choose another place");
    }
    if (!std::filesystem::exists(std::filesystem::symlink_status(copy, error))) {
        if (auto made = make_empty(copy, *meta); !made) {
            return failed(made);
        }
    }
    auto to = Connection::open(copy, Connection::Mode::read_write, 2000);
    if (!to) {
        return failed(to);
    }
    const auto other = [&](const std::string& what) {
        return fail(ErrorCode::refused, "there is another file in the copy's place: " + what, copy.string(),
                    "choose another name; nothing is overwritten");
    };
    if (auto good = check_schema(*to); !good) {
        return other(good.error().what);
    }
    const auto theirs = read_meta(*to);
    if (!theirs) {
        return failed(theirs);
    }
    if (theirs->id != meta->id || theirs->created != meta->created) {
        return other("a copy of the session " + theirs->id);
    }
    Mirror mirror(std::move(*from), std::move(*to));
    if (auto plain = make_plain(mirror.to_); !plain) {
        return failed(plain);
    }
    if (auto taken = mirror.take_up(); !taken) {
        return failed(taken);
    }
    return mirror;
}

/// What the copy holds must be the beginning of the session, root for root.
Result<void> Mirror::take_up() {
    const Mirrored& events = mirrored.back();
    for (std::int64_t last = 0;;) {
        const auto rows = rows_after(to_, events, last);
        if (!rows) {
            return failed(rows);
        }
        if (rows->empty()) {
            break;
        }
        for (const Row& row : *rows) {
            const EventRecord event = event_of(row);
            if (const auto fault = check_.take(event)) {
                return fail(ErrorCode::conflict, "the copy is damaged, or was altered: " + fault->what, to_.where(),
                            "keep it for a look, and copy to another name");
            }
            complete_ = is_closing(event);
            last = event.seq;
        }
    }
    if (check_.range().size() == 0) {
        return {};
    }
    const auto ours = rows_after(from_, events, static_cast<std::int64_t>(check_.range().size()) - 1);
    if (!ours) {
        return failed(ours);
    }
    if (ours->empty() || event_of(ours->front()).root != check_.range().root()) {
        return fail(ErrorCode::conflict, "the copy holds other events than the session", to_.where(),
                    "one of the two was altered, or the copy went on by itself: 'sluicectl verify' both");
    }
    return {};
}

bool Mirror::opened_by_owner(const std::filesystem::path& copy) {
    // https://www.sqlite.org/fileformat.html, 1.3.3: bytes 18 and 19 are 2 in WAL mode.
    std::array<char, 20> header{};
    std::ifstream file(copy, std::ios::binary);
    return file.read(header.data(), header.size()) && header[18] == 2 && header[19] == 2;
}

Result<bool> Mirror::follow() {
    const auto there = last_key(to_, mirrored.back());
    if (!there) {
        return failed(there);
    }
    if (*there != events()) {
        return fail(ErrorCode::conflict, "the copy holds other events than the session", to_.where(),
                    "somebody goes on from the copy: find out who, and end one of the two");
    }
    const auto version = from_.integer("PRAGMA data_version");
    if (!version) {
        return failed(version);
    }
    if (*version == version_) {
        return false;
    }
    std::array<std::vector<Row>, mirrored.size()> taken;
    bool more = false, any = false;
    for (std::size_t i = 0; i < mirrored.size(); ++i) {
        const auto last = last_key(to_, mirrored[i]);
        if (!last) {
            return failed(last);
        }
        auto rows = rows_after(from_, mirrored[i], *last);
        if (!rows) {
            return failed(rows);
        }
        taken[i] = std::move(*rows);
        more = more || static_cast<std::int64_t>(taken[i].size()) == rows_at_once;
        any = any || !taken[i].empty();
    }
    EventCheck check = check_;
    bool complete = complete_;
    for (const Row& row : taken.back()) {
        const EventRecord event = event_of(row);
        if (const auto fault = check.take(event)) {
            return fail(ErrorCode::corrupt, "the session is damaged: " + fault->what, from_.where(),
                        "the copy holds it up to there");
        }
        complete = is_closing(event);
    }
    const auto write = [&]() -> Result<void> {
        if (auto begun = to_.run("BEGIN IMMEDIATE"); !begun) {
            return begun;
        }
        for (std::size_t i = 0; i < mirrored.size(); ++i) {
            if (auto done = insert(to_, mirrored[i], taken[i]); !done) {
                return done;
            }
        }
        return to_.run("COMMIT");
    };
    if (any) {
        if (auto done = write(); !done) {
            // Unlike the session itself it may be tried again: nothing was promised of it, and it is read anew.
            sqlite3_exec(to_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
            return failed(done);
        }
    }
    check_ = std::move(check);
    complete_ = complete && !more;
    version_ = more ? -1 : *version;
    return more;
}

std::string why_behind(Error error, const std::filesystem::path& copy) {
    if (error.where == copy.string()) {
        error.where.clear();
    }
    if (error.remedy == full_disk_remedy) {
        error.remedy = "make room there; it is tried again by itself";
    }
    return to_text(error);
}

} // namespace sluice::session
