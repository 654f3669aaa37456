#pragma once
#include "base/result.h"
#include "session/records.h"

#include <span>
#include <string>

namespace sluice::session {

/// Takes what a session delivers. Called on the thread that drives the feed, one call at a time.
class FeedListener {
public:
    virtual ~FeedListener() = default;

    /// The next events, without holes and none twice. All of them are durable.
    virtual void events(std::span<const EventRecord> batch) = 0;
    virtual void output(std::span<const OutputChunk> chunks) = 0;
    virtual void samples(const Tick& tick) = 0;

    /// The next checkpoint, none left out; it may come before the last events that it covers. Whoever keeps the last
    /// one can later show that nothing before it changed.
    virtual void checkpoint(const std::string& note) = 0;

    virtual void ended() = 0; ///< the session is closed; nothing follows
    virtual void
    trouble(const Error& error) = 0; ///< the feed could not be read; it is tried again unless it is `corrupt`
};

/// A session as it happens, or as it happened: all that a cockpit sees of it (DESIGN.md, "Feed").
///
/// Live, from a file, from another machine: the listener can't tell which. A feed has no way to act on the session.
class SessionFeed {
public:
    virtual ~SessionFeed() = default;

    /// From here on `listener` gets everything from the first event on. Once, and it must outlive the feed.
    virtual void start(FeedListener& listener) = 0;

    virtual const SessionMeta& meta() const = 0;
    virtual bool has_ended() const = 0;
};

} // namespace sluice::session
