#pragma once
#include "base/scheduler.h"
#include "release/decide.h"
#include "release/event.h"
#include "session/key.h"
#include "session/session_log.h"

#include <functional>
#include <span>
#include <vector>

namespace sluice::engine {

/// What a command led to: the seq of its events; `last < first` when nothing changed.
struct Receipt {
    std::int64_t first = 0;
    std::int64_t last = -1;
};

/// The one way in which anything happens to a release: decide, make durable, fold, tell (DESIGN.md, "One idea").
///
/// Listeners hear of events only after they are durable, in order, and never from within another listener's call.
/// Once the log can't be written, every command is refused: nothing more is done (ref/durability.md).
class Journal {
public:
    using Listener = std::function<void(std::span<const release::Event>)>;

    Journal(Scheduler& scheduler, session::SessionLog& log, session::SigningKey key);

    /// Takes up what the log holds already (resume).
    Result<void> replay(std::span<const session::EventRecord> records);

    Result<Receipt> submit(const release::Command& command, const release::Actor& by = {release::own_name, ""});

    const release::Release& release() const { return release_; }
    const session::SigningKey& key() const { return key_; }
    session::SessionLog& log() { return log_; }
    void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

    /// As `listen`, with the events as they are in the file: their bytes and the root after each.
    using RecordListener = std::function<void(std::span<const session::EventRecord>)>;
    void listen_records(RecordListener listener) { record_listeners_.push_back(std::move(listener)); }

    /// Each signed checkpoint, right after it is durable; before the listeners hear of the last events that it covers.
    /// One listener, which only takes it.
    void on_checkpoint(std::function<void(const std::string& note)> receiver) { checkpoint_ = std::move(receiver); }

    /// Called before the session's last event is made durable, for what must be in the file when that event is:
    /// followers leave at it.
    void before_the_end(std::function<void()> receiver) { before_the_end_ = std::move(receiver); }

    /// Called once when the log can't be written any more.
    void on_broken(std::function<void(const Error&)> receiver) { broken_ = std::move(receiver); }

    /// Signs the tree as it is, if it has grown since the last checkpoint. Called each minute and at the end; around
    /// actions it happens by itself.
    Result<void> sign();

private:
    void tell();

    Scheduler& scheduler_;
    session::SessionLog& log_;
    session::SigningKey key_;
    release::Release release_;
    std::vector<Listener> listeners_;
    std::vector<RecordListener> record_listeners_;
    std::vector<release::Event> untold_;
    std::vector<session::EventRecord> untold_records_;
    std::function<void(const std::string&)> checkpoint_;
    std::function<void()> before_the_end_;
    std::function<void(const Error&)> broken_;
    bool telling_ = false;
    std::int64_t signed_ = 0;
};

} // namespace sluice::engine
