#include "session/session_log.h"

#include "session/event_check.h"
#include "session/note.h"
#include "session/owner_lock.h"
#include "session/schema.h"
#include "session/tick_codec.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <sqlite3.h>
#include <string>
#include <unordered_map>

namespace sluice::session {
namespace {

std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

int number(LogOptions::Synchronous synchronous) {
    return static_cast<int>(synchronous);
} // as the pragma has it

/// WAL, and a sync at every commit unless a test wants otherwise: set and read back, since either can silently fail.
Result<void> make_durable(Connection& connection, const LogOptions& options) {
    const int synchronous = number(options.for_tests.synchronous);
    if (auto done = connection.run(fmt::format("PRAGMA synchronous={}", synchronous).c_str()); !done) {
        return done;
    }
    const auto journal = connection.text("PRAGMA journal_mode=WAL");
    if (!journal) {
        return failed(journal);
    }
    const auto level = connection.integer("PRAGMA synchronous");
    if (!level) {
        return failed(level);
    }
    if (*journal != "wal" || *level != synchronous) {
        return fail(
            ErrorCode::io,
            fmt::format("SQLite did not take WAL and synchronous={} but {} and {}", synchronous, *journal, *level),
            connection.where(), "put the session on a local disk");
    }
    if (options.for_tests.max_pages > 0) {
        return connection.run(fmt::format("PRAGMA max_page_count={}", options.for_tests.max_pages).c_str());
    }
    return {};
}

} // namespace

struct SessionLog::State {
    State(OwnerLock held, Connection opened, LogOptions chosen)
        : lock(std::move(held)), connection(std::move(opened)), options(std::move(chosen)) {
        // Copying the log into the file is done by `after_commit`, not by SQLite's own hook, which hides its failures.
        sqlite3_wal_hook(
            connection->handle(),
            [](void* self, sqlite3*, const char*, int pages) {
                static_cast<State*>(self)->wal_pages = pages;
                return SQLITE_OK;
            },
            this);
    }

    OwnerLock lock; // released last
    std::optional<Connection> connection;
    LogOptions options;
    SessionMeta meta;
    CompactRange range;
    /// Ten thousand series a second are looked up by it.
    struct KeyHash {
        std::size_t operator()(const SeriesKey& key) const {
            std::size_t hash = 0;
            for (const auto* text : {&key.metric, &key.arm, &key.labels, &key.unit}) {
                hash = hash * 31 + std::hash<std::string>()(*text);
            }
            return hash;
        }
    };
    std::unordered_map<SeriesKey, SeriesId, KeyHash> series;
    std::string last_checkpoint;
    int wal_pages = 0;
    bool broken = false;

    Result<void> usable() const {
        if (!connection) {
            return fail(ErrorCode::refused, "the session's log is closed", meta.id);
        }
        if (broken) {
            return fail(ErrorCode::refused, "the session's log could not be written; nothing more is recorded or done",
                        connection->where(), "see to the disk, then resume the session");
        }
        return {};
    }

    /// Runs `write` in one transaction. Any failure breaks the log.
    Result<void> commit(const std::function<Result<void>()>& write) {
        wal_pages = 0;
        auto done = connection->run("BEGIN IMMEDIATE");
        if (done) {
            done = write();
        }
        if (done) {
            done = connection->run("COMMIT");
        }
        if (!done) {
            broken = true;
            sqlite3_exec(connection->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
            return done;
        }
        if (wal_pages >= options.checkpoint_pages) {
            // The commit stands whatever happens here; but if this fails, the disk does, and the next one is refused.
            const int code =
                sqlite3_wal_checkpoint_v2(connection->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            broken = code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY;
        }
        return {};
    }

    Result<void> insert_event(Statement& insert, const EventRecord& event) {
        return insert.bind(1, event.seq)
            .bind(2, event.time.count)
            .bind_blob(3, event.body)
            .bind_blob(4, bytes_of(event.root))
            .run();
    }

    Result<void> insert_checkpoint(std::uint64_t size, const std::string& note) {
        auto insert = connection->prepare("INSERT INTO checkpoint(size, note) VALUES(?1, ?2)");
        if (!insert) {
            return failed(insert);
        }
        return insert->bind(1, static_cast<std::int64_t>(size)).bind_text(2, note).run();
    }

    std::string signed_checkpoint(const CompactRange& tree, const SigningKey& signer) const {
        return sign_note(checkpoint_text({origin_of(meta.id), tree.size(), tree.root()}), signer);
    }

    /// Inside a transaction: the id of a series, new or known.
    Result<SeriesId> series_id(const SeriesKey& key) {
        if (const auto known = series.find(key); known != series.end()) {
            return known->second;
        }
        auto insert = connection->prepare("INSERT INTO series(metric, arm, labels, unit) VALUES(?1, ?2, ?3, ?4)");
        if (!insert) {
            return failed(insert);
        }
        insert->bind_text(1, key.metric).bind_text(2, key.arm).bind_text(3, key.labels).bind_text(4, key.unit);
        if (auto done = insert->run(); !done) {
            return failed(done);
        }
        return series[key] = sqlite3_last_insert_rowid(connection->handle());
    }

    Result<void> insert_output(const OutputChunk& chunk);
    Result<void> insert_tick(const Tick& tick);
    Result<void> insert_gap(const Gap& gap);
    Result<std::int64_t> output_size(const std::string& operation) const;
    Result<void> load();
};

Result<std::int64_t> SessionLog::State::output_size(const std::string& operation) const {
    auto last = connection->prepare(
        "SELECT offset + length(bytes) FROM output WHERE operation = ?1 ORDER BY offset DESC LIMIT 1");
    if (!last) {
        return failed(last);
    }
    const auto row = last->bind_text(1, operation).step();
    if (!row) {
        return failed(row);
    }
    return *row ? last->integer(0) : 0;
}

Result<void> SessionLog::State::insert_output(const OutputChunk& chunk) {
    const auto end = output_size(chunk.operation);
    if (!end) {
        return failed(end);
    }
    if (chunk.offset != *end) {
        return fail(ErrorCode::internal,
                    fmt::format("output of {} goes on at {}, not at {}", chunk.operation, *end, chunk.offset));
    }
    auto insert = connection->prepare("INSERT INTO output(time, operation, offset, bytes) VALUES(?1, ?2, ?3, ?4)");
    if (!insert) {
        return failed(insert);
    }
    return insert->bind(1, chunk.time.count)
        .bind_text(2, chunk.operation)
        .bind(3, chunk.offset)
        .bind_blob(4, chunk.bytes)
        .run();
}

Result<void> SessionLog::State::insert_tick(const Tick& tick) {
    std::vector<SeriesId> ids;
    ids.reserve(tick.samples.size());
    for (const Sample& sample : tick.samples) {
        const auto id = series_id(sample.series);
        if (!id) {
            return failed(id);
        }
        ids.push_back(*id);
    }
    auto insert = connection->prepare("INSERT INTO tick(time, samples) VALUES(?1, ?2)");
    if (!insert) {
        return failed(insert);
    }
    return insert->bind(1, tick.time.count).bind_blob(2, encode_tick(tick.time, tick.samples, ids)).run();
}

Result<void> SessionLog::State::insert_gap(const Gap& gap) {
    const auto id = series_id(gap.series);
    if (!id) {
        return failed(id);
    }
    auto insert = connection->prepare("INSERT INTO gap(series, from_time, to_time, reason) VALUES(?1, ?2, ?3, ?4)");
    if (!insert) {
        return failed(insert);
    }
    return insert->bind(1, *id).bind(2, gap.from.count).bind(3, gap.to.count).bind_text(4, gap.reason).run();
}

Result<void> SessionLog::State::load() {
    const auto version = check_schema(*connection);
    if (!version) {
        return failed(version);
    }
    if (*version != format_version) {
        return fail(ErrorCode::refused,
                    fmt::format("the session file is of version {}; it can be read, but only version {} is written",
                                *version, format_version),
                    connection->where(), "go on with the sluice that began it");
    }
    auto read = read_meta(*connection);
    if (!read) {
        return failed(read);
    }
    meta = std::move(*read);
    auto known = connection->prepare("SELECT id, metric, arm, labels, unit FROM series");
    if (!known) {
        return failed(known);
    }
    auto row = known->step();
    for (; row && *row; row = known->step()) {
        series[{known->bytes(1), known->bytes(2), known->bytes(3), known->bytes(4)}] = known->integer(0);
    }
    if (!row) {
        return failed(row);
    }
    EventCheck check;
    auto events = connection->prepare("SELECT seq, time, body, root FROM event ORDER BY seq");
    if (!events) {
        return failed(events);
    }
    for (row = events->step(); row && *row; row = events->step()) {
        EventRecord event{events->integer(0), {events->integer(1)}, events->bytes(2), {}};
        const std::string root = events->bytes(3);
        if (root.size() == event.root.size()) {
            std::copy(root.begin(), root.end(), event.root.begin());
        }
        if (const auto fault = check.take(event)) {
            return fail(ErrorCode::corrupt, fault->what, connection->where(),
                        "nothing can be added to it; look at it with `sluicectl verify`");
        }
    }
    if (!row) {
        return failed(row);
    }
    range = check.range();
    return {};
}

SessionLog::SessionLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionLog::SessionLog(SessionLog&&) noexcept = default;
SessionLog& SessionLog::operator=(SessionLog&&) noexcept = default;
SessionLog::~SessionLog() = default;

Result<SessionLog> SessionLog::create(const std::filesystem::path& path, const SessionMeta& meta,
                                      const LogOptions& options) {
    auto lock = OwnerLock::take(path);
    if (!lock) {
        return failed(lock);
    }
    {
        const Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!fd) {
            return errno == EEXIST ? fail(ErrorCode::refused, "there is a file of this name already", path.string(),
                                          "resume it, or choose another name")
                                   : system_failure("could not create the session file", path, errno);
        }
    }
    const auto remove = [&path] {
        for (const char* ending : {"", "-wal", "-shm"}) {
            std::error_code ignored;
            std::filesystem::remove(path.string() + ending, ignored);
        }
    };
    std::unique_ptr<State> state;
    const auto set_up = [&]() -> Result<void> {
        auto connection = Connection::open(path, Connection::Mode::read_write, 200, options.for_tests.vfs);
        if (!connection) {
            return failed(connection);
        }
        if (auto done = make_durable(*connection, options); !done) {
            return done;
        }
        if (auto done = create_schema(*connection, meta); !done) {
            return done;
        }
        state = std::make_unique<State>(std::move(*lock), std::move(*connection), options);
        state->meta = meta;
        return sync_folder(folder_of(path));
    };
    if (auto done = set_up(); !done) {
        remove(); // while the lock, wherever it is by now, is held
        return failed(done);
    }
    return SessionLog(std::move(state));
}

Result<SessionLog> SessionLog::open(const std::filesystem::path& path, const LogOptions& options) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return fail(ErrorCode::bad_input, "there is no such session file", path.string()); // and no lock is left there
    }
    auto lock = OwnerLock::take(path);
    if (!lock) {
        return failed(lock);
    }
    auto connection = Connection::open(path, Connection::Mode::read_write, 200, options.for_tests.vfs);
    if (!connection) {
        return failed(connection);
    }
    auto state = std::make_unique<State>(std::move(*lock), std::move(*connection), options);
    if (auto loaded = state->load(); !loaded) { // before a byte is written into what may be a stranger's file
        return failed(loaded);
    }
    Connection& opened = *state->connection;
    if (auto done = make_durable(opened, options); !done) {
        return failed(done);
    }
    // The last owner may have seen a sync fail: what the -wal holds is written anew before anything is built on it.
    const int code = sqlite3_wal_checkpoint_v2(opened.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return opened.failure(code);
    }
    return SessionLog(std::move(state));
}

const SessionMeta& SessionLog::meta() const {
    return state_->meta;
}
std::int64_t SessionLog::event_count() const {
    return static_cast<std::int64_t>(state_->range.size());
}
Digest SessionLog::root() const {
    return state_->range.root();
}
bool SessionLog::broken() const {
    return state_->broken;
}
const std::string& SessionLog::last_checkpoint() const {
    return state_->last_checkpoint;
}

Result<std::vector<EventRecord>> SessionLog::append(std::span<const NewEvent> events, const SigningKey* signer) {
    if (auto usable = state_->usable(); !usable) {
        return failed(usable);
    }
    std::vector<EventRecord> records;
    records.reserve(events.size());
    CompactRange range = state_->range;
    for (const NewEvent& event : events) {
        const auto seq = static_cast<std::int64_t>(range.size()) + 1;
        if (const std::string wrong = wrong_with_body(seq, event.time, event.body); !wrong.empty()) {
            return fail(ErrorCode::internal, fmt::format("event {} can't be appended: {}", seq, wrong));
        }
        range.add(leaf_hash(event.body));
        records.push_back({seq, event.time, event.body, range.root()});
    }
    if (records.empty() && signer == nullptr) {
        return records;
    }
    const std::string note = signer == nullptr ? std::string() : state_->signed_checkpoint(range, *signer);
    auto committed = state_->commit([&]() -> Result<void> {
        auto insert = state_->connection->prepare("INSERT INTO event(seq, time, body, root) VALUES(?1, ?2, ?3, ?4)");
        if (!insert) {
            return failed(insert);
        }
        for (const EventRecord& record : records) {
            if (auto done = state_->insert_event(*insert, record); !done) {
                return done;
            }
        }
        return signer == nullptr ? Result<void>() : state_->insert_checkpoint(range.size(), note);
    });
    if (!committed) {
        return failed(committed);
    }
    state_->range = std::move(range);
    if (signer != nullptr) {
        state_->last_checkpoint = note;
    }
    return records;
}

Result<std::string> SessionLog::checkpoint(const SigningKey& signer) {
    auto done = append({}, &signer);
    if (!done) {
        return failed(done);
    }
    return state_->last_checkpoint;
}

Result<void> SessionLog::add_checkpoint(const std::string& note) {
    if (auto usable = state_->usable(); !usable) {
        return usable;
    }
    const auto parsed = parse_note(note);
    if (!parsed) {
        return failed(parsed);
    }
    const auto checkpoint = parse_checkpoint(parsed->text);
    if (!checkpoint) {
        return failed(checkpoint);
    }
    if (*checkpoint != Checkpoint{origin_of(state_->meta.id), state_->range.size(), state_->range.root()}) {
        return fail(ErrorCode::refused, "the checkpoint is not one of this session as it stands", state_->meta.id);
    }
    auto done = state_->commit([&] { return state_->insert_checkpoint(checkpoint->size, note); });
    if (done) {
        state_->last_checkpoint = note;
    }
    return done;
}

Result<void> SessionLog::record(const Recording& recording) {
    if (auto usable = state_->usable(); !usable) {
        return usable;
    }
    return state_->commit([&]() -> Result<void> {
        for (const OutputChunk& chunk : recording.output) {
            if (auto done = state_->insert_output(chunk); !done) {
                return done;
            }
        }
        for (const Tick& tick : recording.ticks) {
            if (auto done = state_->insert_tick(tick); !done) {
                return done;
            }
        }
        for (const Gap& gap : recording.gaps) {
            if (auto done = state_->insert_gap(gap); !done) {
                return done;
            }
        }
        return {};
    });
}

Result<void> SessionLog::add_output(Nanos time, const std::string& operation, std::int64_t offset,
                                    std::string_view bytes) {
    return record({{{0, time, operation, offset, std::string(bytes)}}, {}, {}});
}

Result<void> SessionLog::add_samples(Nanos time, std::span<const Sample> samples) {
    return record({{}, {{0, time, {samples.begin(), samples.end()}}}, {}});
}

Result<void> SessionLog::add_gap(const SeriesKey& series, Nanos from, Nanos to, const std::string& reason) {
    return record({{}, {}, {{series, from, to, reason}}});
}

Result<std::int64_t> SessionLog::output_size(const std::string& operation) const {
    if (auto usable = state_->usable(); !usable) {
        return failed(usable);
    }
    return state_->output_size(operation);
}

Result<Nanos> SessionLog::last_tick() const {
    if (auto usable = state_->usable(); !usable) {
        return failed(usable);
    }
    const auto last = state_->connection->integer("SELECT coalesce(max(time), 0) FROM tick");
    return last ? Result<Nanos>(Nanos{*last}) : failed(last);
}

Result<std::map<std::string, std::vector<Nanos>>> SessionLog::answered(const std::map<std::string, Nanos>& metrics,
                                                                       Nanos from) const {
    if (auto usable = state_->usable(); !usable) {
        return failed(usable);
    }
    std::map<SeriesId, const std::pair<const std::string, Nanos>*> wanted;
    for (const auto& [key, id] : state_->series) {
        if (const auto metric = metrics.find(key.metric); metric != metrics.end()) {
            wanted.emplace(id, &*metric);
        }
    }
    std::map<std::string, std::vector<Nanos>> answered;
    if (wanted.empty()) {
        return answered;
    }
    // What was asked for afterwards came later than the instant that it is of: the tick's time is not before either.
    auto ticks = state_->connection->prepare("SELECT time, samples FROM tick WHERE time >= ?1");
    if (!ticks) {
        return failed(ticks);
    }
    ticks->bind(1, from.count);
    // What is damaged keeps nobody from going on: what it held is missing, and all behind a page that can't be read.
    for (auto row = ticks->step(); row && *row; row = ticks->step()) {
        const Nanos came{ticks->integer(0)};
        (void)decode_tick(came, ticks->bytes(1), [&](SeriesId id, const Sample& sample) {
            const auto of = wanted.find(id);
            if (of != wanted.end() && sample.status != SampleStatus::source_error && sample.received_at >= from &&
                came > of->second->second) {
                auto& times = answered[of->second->first];
                if (times.empty() || times.back() != sample.received_at) { // one answer, many series
                    times.push_back(sample.received_at);
                }
            }
        });
    }
    for (auto& [metric, times] : answered) {
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
    }
    return answered;
}

Result<void> SessionLog::close() {
    if (auto usable = state_->usable(); !usable) {
        return usable;
    }
    sqlite3* handle = state_->connection->handle();
    int code = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) {
        state_->broken = (code & 0xff) != SQLITE_BUSY;
        return state_->connection->failure(code);
    }
    sqlite3_busy_timeout(handle, 0); // how long to try is the caller's to say
    const auto journal = state_->connection->text("PRAGMA journal_mode=DELETE");
    sqlite3_busy_timeout(handle, 200);
    if (!journal) {
        state_->broken = journal.error().code != ErrorCode::conflict;
        return failed(journal);
    }
    if (*journal != "delete") {
        return fail(ErrorCode::conflict, "others still have the session open", state_->connection->where(),
                    "it is complete, but keeps its -wal beside it until they close it");
    }
    const auto folder = folder_of(state_->connection->where());
    state_->connection.reset();
    return sync_folder(folder);
}

} // namespace sluice::session
