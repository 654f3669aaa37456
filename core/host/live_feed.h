#pragma once
#include "host/session_host.h"
#include "session/feed.h"

#include <QTimer>

namespace sluice::host {

/// The feed of a session that this process owns: what is durable is delivered about ten times a second, in the host's
/// thread (DESIGN.md, "Feed"). Samples and output come as they are heard, up to a second before they are in the file.
///
/// To be made, and started, before the event loop has run on the host; must not outlive it.
class LiveFeed : public session::SessionFeed {
public:
    explicit LiveFeed(SessionHost& host);

    /// Delivers at once what the file holds already: of a session that was resumed, all that was before.
    void start(session::FeedListener& listener) override;
    const session::SessionMeta& meta() const override { return meta_; }
    bool has_ended() const override { return ended_; }

    /// Delivers what has gathered, without waiting for the next tenth of a second.
    void flush();

private:
    static constexpr int interval_ms = 100;
    void deliver_history();

    SessionHost& host_;
    session::SessionMeta meta_;
    session::FeedListener* listener_ = nullptr;
    std::vector<session::EventRecord> events_;
    std::vector<session::OutputChunk> output_;
    std::vector<session::Tick> ticks_;
    std::vector<std::string> checkpoints_;
    std::int64_t last_seq_ = 0; ///< of the last event delivered
    bool ended_ = false;
    QTimer timer_;
};

} // namespace sluice::host
