#include "session/session_reader.h"

#include "session/posix_file.h"
#include "session/schema.h"
#include "session/tick_codec.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <unistd.h>

namespace sluice::session {

struct SessionReader::State {
    Connection connection;
    SessionMeta meta;
    std::int64_t version = 0;
    std::map<SeriesId, SeriesKey> known; // grows with the file

    /// Runs a query to its end, so that no read transaction stays.
    Result<void> each(const char* sql, const std::function<void(Statement&)>& bind,
                      const std::function<Result<void>(Statement&)>& row) const {
        auto statement = connection.prepare(sql);
        if (!statement) {
            return failed(statement);
        }
        bind(*statement);
        for (;;) {
            const auto more = statement->step();
            if (!more) {
                return failed(more);
            }
            if (!*more) {
                return {};
            }
            if (auto taken = row(*statement); !taken) {
                return taken;
            }
        }
    }

    /// One element a row.
    template <typename Element>
    Result<std::vector<Element>> all(const char* sql, const std::function<void(Statement&)>& bind,
                                     const std::function<Element(Statement&)>& element) const {
        std::vector<Element> elements;
        auto done = each(sql, bind, [&](Statement& row) -> Result<void> {
            elements.push_back(element(row));
            return {};
        });
        return done ? Result<std::vector<Element>>(std::move(elements)) : failed(done);
    }

    Result<void> learn_series() {
        return each(
            "SELECT id, metric, arm, labels, unit FROM series", [](Statement&) {},
            [this](Statement& row) -> Result<void> {
                known[row.integer(0)] = {row.bytes(1), row.bytes(2), row.bytes(3), row.bytes(4)};
                return {};
            });
    }

    /// Decodes table rows (id, time, samples); the series are those with `wanted`, all if it is empty.
    Result<Tick> decode(const Statement& row, std::span<const SeriesId> wanted) {
        Tick tick{row.integer(0), {row.integer(1)}, {}};
        bool unknown = false;
        const bool good = decode_tick(tick.time, row.bytes(2), [&](SeriesId id, Sample sample) {
            if (!wanted.empty() && std::ranges::find(wanted, id) == wanted.end()) {
                return;
            }
            const auto key = known.find(id);
            if (key == known.end()) {
                unknown = true;
                return;
            }
            sample.series = key->second;
            tick.samples.push_back(std::move(sample));
        });
        if (!good || unknown) {
            return fail(ErrorCode::corrupt, "recorded samples can't be read (tick " + std::to_string(tick.id) + ")",
                        connection.where());
        }
        return tick;
    }
};

SessionReader::SessionReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SessionReader::SessionReader(SessionReader&&) noexcept = default;
SessionReader& SessionReader::operator=(SessionReader&&) noexcept = default;
SessionReader::~SessionReader() = default;
const SessionMeta& SessionReader::meta() const {
    return state_->meta;
}
std::int64_t SessionReader::version() const {
    return state_->version;
}
void* SessionReader::handle() const {
    return state_->connection.handle();
}

Result<SessionReader> SessionReader::open(const std::filesystem::path& path) {
    auto connection = Connection::open(path, Connection::Mode::read_only);
    if (!connection) {
        if (connection.error().code == ErrorCode::io && ::access(path.c_str(), R_OK) != 0) {
            return fail(ErrorCode::io, "the session file may not be read by this user", path.string());
        }
        return failed(connection);
    }
    // Without its -shm a session that was not closed can't be read, and SQLite's words for that ("unable to open
    // database file") name the wrong file.
    const bool stuck = ::access(folder_of(path).c_str(), W_OK) != 0;
    const auto explained = [&](const Error& error) -> tl::unexpected<Error> {
        if (error.code == ErrorCode::io && ::access((path.string() + "-journal").c_str(), F_OK) == 0) {
            return fail(ErrorCode::io, "its program was killed in the last moment of its closing", path.string(),
                        "'sluicectl resume' makes it whole");
        }
        if (error.code == ErrorCode::io && stuck) {
            return fail(ErrorCode::io, "the session was not closed, and its folder can't be written", path.string(),
                        "copy the file together with its -wal to a folder of yours and open it there");
        }
        return tl::unexpected<Error>(error);
    };
    const auto version = check_schema(*connection);
    if (!version) {
        return explained(version.error());
    }
    auto meta = read_meta(*connection);
    if (!meta) {
        return explained(meta.error());
    }
    return SessionReader(std::make_unique<State>(State{std::move(*connection), std::move(*meta), *version, {}}));
}

Result<std::int64_t> SessionReader::data_version() const {
    return state_->connection.integer("PRAGMA data_version");
}

Result<std::int64_t> SessionReader::event_count() const {
    return state_->connection.integer("SELECT count(*) FROM event");
}

Result<std::vector<EventRecord>> SessionReader::events(std::int64_t from_seq, std::int64_t limit) const {
    return state_->all<EventRecord>(
        "SELECT seq, time, body, root FROM event WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
        [&](Statement& query) { query.bind(1, from_seq).bind(2, limit); },
        [](Statement& row) {
            EventRecord event{row.integer(0), {row.integer(1)}, row.bytes(2), {}};
            const std::string root = row.bytes(3);
            if (root.size() == event.root.size()) { // else it stays zero, which is nobody's root: verifying names it
                std::copy(root.begin(), root.end(), event.root.begin());
            }
            return event;
        });
}

Result<std::vector<CheckpointRecord>> SessionReader::checkpoints() const {
    return checkpoints_after(INT64_MIN);
}

Result<std::vector<CheckpointRecord>> SessionReader::checkpoints_after(std::int64_t id) const {
    return state_->all<CheckpointRecord>(
        "SELECT id, size, note FROM checkpoint WHERE id > ?1 ORDER BY id", [&](Statement& query) { query.bind(1, id); },
        [](Statement& row) {
            return CheckpointRecord{row.integer(0), row.integer(1), row.bytes(2)};
        });
}

namespace {

OutputChunk chunk_of(Statement& row) {
    return {row.integer(0), {row.integer(1)}, row.bytes(2), row.integer(3), row.bytes(4)};
}

/// Columns as `chunk_of` wants them.
std::string select_output(std::int64_t version, const char* rest) {
    return fmt::format("SELECT id, {}, operation, offset, bytes FROM output {}", version == 1 ? "0" : "time", rest);
}

} // namespace

Result<std::vector<OutputChunk>> SessionReader::output(const std::string& operation) const {
    return state_->all<OutputChunk>(
        select_output(state_->version, "WHERE operation = ?1 ORDER BY offset").c_str(),
        [&](Statement& query) { query.bind_text(1, operation); }, chunk_of);
}

Result<std::vector<OutputChunk>> SessionReader::output_after(std::int64_t id, std::int64_t limit) const {
    return state_->all<OutputChunk>(
        select_output(state_->version, "WHERE id > ?1 ORDER BY id LIMIT ?2").c_str(),
        [&](Statement& query) { query.bind(1, id).bind(2, limit); }, chunk_of);
}

Result<std::vector<SeriesRecord>> SessionReader::series() const {
    if (auto learnt = state_->learn_series(); !learnt) {
        return failed(learnt);
    }
    std::vector<SeriesRecord> all;
    for (const auto& [id, key] : state_->known) {
        all.push_back({id, key});
    }
    return all;
}

Result<std::vector<Sample>> SessionReader::samples(std::span<const std::int64_t> series, Nanos from, Nanos to) const {
    std::vector<Sample> samples;
    const auto last = state_->connection.integer("SELECT coalesce(max(id), 0) FROM tick");
    if (!last) {
        return failed(last);
    }
    if (auto learnt = state_->learn_series(); !learnt) { // after `last`: covers all ticks up to it
        return failed(learnt);
    }
    auto done = state_->each(
        "SELECT id, time, samples FROM tick WHERE time >= ?1 AND time < ?2 AND id <= ?3 ORDER BY time, id",
        [&](Statement& query) { query.bind(1, from.count).bind(2, to.count).bind(3, *last); },
        [&](Statement& row) -> Result<void> {
            auto tick = state_->decode(row, series);
            if (!tick) {
                return failed(tick);
            }
            std::ranges::move(tick->samples, std::back_inserter(samples));
            return {};
        });
    if (!done) {
        return failed(done);
    }
    return samples;
}

Result<std::vector<Tick>> SessionReader::ticks_after(std::int64_t id, std::int64_t limit) const {
    const auto last = state_->connection.integer("SELECT coalesce(max(id), 0) FROM tick");
    if (!last) {
        return failed(last);
    }
    if (*last <= id) {
        return std::vector<Tick>();
    }
    if (auto learnt = state_->learn_series(); !learnt) { // after `last`: covers all ticks up to it
        return failed(learnt);
    }
    std::vector<Tick> ticks;
    auto done = state_->each(
        "SELECT id, time, samples FROM tick WHERE id > ?1 AND id <= ?3 ORDER BY id LIMIT ?2",
        [&](Statement& query) { query.bind(1, id).bind(2, limit).bind(3, *last); },
        [&](Statement& row) -> Result<void> {
            auto tick = state_->decode(row, {});
            if (!tick) {
                return failed(tick);
            }
            ticks.push_back(std::move(*tick));
            return {};
        });
    if (!done) {
        return failed(done);
    }
    return ticks;
}

Result<Nanos> SessionReader::last_tick() const {
    const auto last = state_->connection.integer("SELECT coalesce(max(time), 0) FROM tick");
    return last ? Result<Nanos>(Nanos{*last}) : failed(last);
}

Result<std::vector<Gap>> SessionReader::gaps() const {
    return state_->all<Gap>(
        "SELECT metric, arm, labels, unit, from_time, to_time, reason FROM gap JOIN series ON series.id = gap.series "
        "ORDER BY gap.id",
        [](Statement&) {},
        [](Statement& row) {
            return Gap{{row.bytes(0), row.bytes(1), row.bytes(2), row.bytes(3)},
                       {row.integer(4)},
                       {row.integer(5)},
                       row.bytes(6)};
        });
}

} // namespace sluice::session
