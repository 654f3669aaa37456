#pragma once
#include "session/feed.h"
#include "session/session_reader.h"

#include <filesystem>
#include <optional>

namespace sluice::session {

/// Follows a session file: another program's that runs, or a finished one.
///
/// The owner calls `poll` (every 250 ms is right); there are no threads and no timers inside. Between two polls nothing
/// of the file is held but the connection, and that is closed at the event of type "session-closed", so that the
/// session's owner can make its one file.
class FileFeed : public SessionFeed {
public:
    static Result<FileFeed> open(const std::filesystem::path& path);

    void start(FeedListener& listener) override { listener_ = &listener; }
    const SessionMeta& meta() const override { return meta_; }
    bool has_ended() const override { return !reader_; }

    /// Delivers what was committed since the last call, at most a few thousand rows and about 20,000 samples; returns
    /// whether there may be more to fetch at once.
    bool poll();

private:
    explicit FileFeed(SessionReader reader);
    Result<bool> deliver();

    std::optional<SessionReader> reader_; // none after the end
    SessionMeta meta_;
    FeedListener* listener_ = nullptr;
    std::int64_t version_ = -1;
    std::int64_t last_seq_ = 0;
    std::int64_t last_output_ = 0;
    std::int64_t last_tick_ = 0;
    std::int64_t last_checkpoint_ = 0;
    std::int64_t ticks_at_once_; // by how many samples the last ones had
    bool closed_ = false;        // the last event was seen; the rest is still to be fetched
};

} // namespace sluice::session
