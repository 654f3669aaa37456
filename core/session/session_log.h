#pragma once
#include "base/result.h"
#include "session/key.h"
#include "session/records.h"

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sluice::session {

struct LogOptions {
    /// Pages of write-ahead log (4 KiB each) after which it is copied into the file.
    int checkpoint_pages = 1000;

    enum class Synchronous { off, normal, full };

    /// Only for tests: negative controls that must lose events, and disks that fail.
    struct ForTests {
        Synchronous synchronous = Synchronous::full;
        int max_pages = 0; ///< the file can't grow past this; 0: no limit
        std::string vfs;   ///< name of an SQLite VFS; empty: the default one
    } for_tests;
};

/// The one connection that writes a session file (doc/session-format.md). One thread at a time.
///
/// What a call returned is durable. A commit that fails is never tried again: the log is `broken` from then on and
/// refuses everything; what is really in the file is known after it was opened again. (A failed fsync drops the pages,
/// and a second one that succeeds says nothing about them.)
class SessionLog {
public:
    /// Makes a new file (mode 0600) and takes its lock. `refused` if there is a file of that name.
    static Result<SessionLog> create(const std::filesystem::path& path, const SessionMeta& meta,
                                     const LogOptions& options = {});

    /// Opens a session to write on, closed or killed: takes the lock (`refused`, naming the owner, if it is held),
    /// makes durable what the last owner left, recomputes the tree from all bodies and compares every root (`corrupt`,
    /// naming the first bad event). `refused` if the file is of an older version: it can be read, not gone on with.
    static Result<SessionLog> open(const std::filesystem::path& path, const LogOptions& options = {});

    SessionLog(SessionLog&&) noexcept;
    SessionLog& operator=(SessionLog&&) noexcept;
    ~SessionLog(); ///< as if the process had been killed: the file and its -wal stay as they are; releases the lock

    const SessionMeta& meta() const;
    std::int64_t event_count() const;
    std::int64_t next_seq() const { return event_count() + 1; } ///< goes into the body of the next event
    Digest root() const;                                        ///< of the tree over all events
    bool broken() const;

    /// Commits the events together, or none. Their bodies must be canonical and hold the next seqs and their times,
    /// else `internal` and nothing happened. With `signer`, a checkpoint after the last of them is in the same
    /// transaction.
    Result<std::vector<EventRecord>> append(std::span<const NewEvent> events, const SigningKey* signer = nullptr);

    /// Signs and commits a checkpoint of the tree as it is; returns the note.
    Result<std::string> checkpoint(const SigningKey& signer);

    /// Commits a note made elsewhere (with a witness's signature, say). It must be a checkpoint of this session whose
    /// size and root are those of the tree as it is, else `refused`.
    Result<void> add_checkpoint(const std::string& note);

    /// The last checkpoint written by this object; empty if none.
    const std::string& last_checkpoint() const;

    /// What is recorded beside the events. Ids are given by the file. Chunks of one operation must follow each other.
    struct Recording {
        std::vector<OutputChunk> output;
        std::vector<Tick> ticks;
        std::vector<Gap> gaps;
    };

    /// Commits all of it together.
    Result<void> record(const Recording& recording);

    Result<void> add_output(Nanos time, const std::string& operation, std::int64_t offset, std::string_view bytes);
    Result<void> add_samples(Nanos time, std::span<const Sample> samples);
    Result<void> add_gap(const SeriesKey& series, Nanos from, Nanos to, const std::string& reason);

    /// How many bytes of output of this operation are in the file: the offset at which the next chunk begins.
    Result<std::int64_t> output_size(const std::string& operation) const;

    /// Time of the last samples in the file; 0 if there are none.
    Result<Nanos> last_tick() const;

    /// When each of these metrics was answered since `from`, as the file has it: when an answer was received, or the
    /// instant that was asked about afterwards; each once, in order. What came till the time that stands beside a
    /// metric (0 = none) does not count: it was asked otherwise then. An error is no answer; who never answered is not
    /// among them. Reads what was recorded since then; samples that can't be read are not there, nor what lies behind a
    /// page that can't.
    Result<std::map<std::string, std::vector<Nanos>>> answered(const std::map<std::string, Nanos>& metrics,
                                                               Nanos from) const;

    /// Turns file and -wal into the one file. `conflict` while others have it open: nothing is lost, try again until
    /// your patience ends, then let go. After success every other call is refused.
    Result<void> close();

private:
    struct State;
    explicit SessionLog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace sluice::session
