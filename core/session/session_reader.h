#pragma once
#include "base/result.h"
#include "session/records.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sluice::session {

struct CheckpointRecord {
    std::int64_t id = 0;   ///< grows in the order of writing
    std::int64_t size = 0; ///< as the column says; the note is what counts
    std::string note;
};

struct SeriesRecord {
    std::int64_t id = 0;
    SeriesKey key;
};

/// Reads a session file that is closed, killed (its -wal beside it) or being written. One thread at a time.
///
/// Never writes, never checkpoints, and holds no read transaction between two calls, so it never slows the owner. While
/// it is open the owner can't turn its file into one (SessionLog::close): close at the session's last event.
class SessionReader {
public:
    /// `not_found`, `corrupt` (another kind of file, another version, damaged), or `io` where the folder can't be
    /// written and the session was not closed: SQLite needs its -shm then.
    static Result<SessionReader> open(const std::filesystem::path& path);

    SessionReader(SessionReader&&) noexcept;
    SessionReader& operator=(SessionReader&&) noexcept;
    ~SessionReader();

    const SessionMeta& meta() const;
    std::int64_t version() const; ///< of the file's format

    /// Changes when the owner has committed something. Cheap: no I/O but a look at shared memory.
    Result<std::int64_t> data_version() const;

    Result<std::int64_t> event_count() const;
    /// Events with seq ≥ `from_seq` in their order, at most `limit`.
    Result<std::vector<EventRecord>> events(std::int64_t from_seq, std::int64_t limit) const;
    Result<std::vector<CheckpointRecord>> checkpoints() const; ///< in the order of writing
    Result<std::vector<CheckpointRecord>> checkpoints_after(std::int64_t id) const;

    Result<std::vector<OutputChunk>> output(const std::string& operation) const; ///< by offset
    Result<std::vector<OutputChunk>> output_after(std::int64_t id, std::int64_t limit) const;

    Result<std::vector<SeriesRecord>> series() const;
    /// Samples of these series with `from` ≤ time of the tick < `to`, in its order. No series: all.
    Result<std::vector<Sample>> samples(std::span<const std::int64_t> series, Nanos from, Nanos to) const;
    Result<std::vector<Tick>> ticks_after(std::int64_t id, std::int64_t limit) const;
    Result<Nanos> last_tick() const; ///< time of the last; 0 if there is none
    Result<std::vector<Gap>> gaps() const;

private:
    friend Result<void> export_session(const std::filesystem::path& from, const std::filesystem::path& to);
    struct State;
    explicit SessionReader(std::unique_ptr<State> state);
    void* handle() const; // sqlite3*, for the backup
    std::unique_ptr<State> state_;
};

} // namespace sluice::session
