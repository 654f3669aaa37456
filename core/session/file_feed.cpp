#include "session/file_feed.h"

#include "base/json.h"

#include <algorithm>

namespace sluice::session {
namespace {

constexpr std::int64_t batch_size = 1000;

/// A tick has a sample of every series that was polled then: of hundreds of series a thousand ticks would be a hundred
/// megabytes, and a listener would be kept for a second.
constexpr std::int64_t samples_at_once = 20'000, first_ticks = 16;

bool closes(const EventRecord& event) {
    if (event.body.find("\"session-closed\"") == std::string::npos) { // spares parsing nearly all of them
        return false;
    }
    const auto body = parse_json(event.body, {});
    return body && body->is_object() && body->value("type", Json()) == Json("session-closed");
}

} // namespace

Result<FileFeed> FileFeed::open(const std::filesystem::path& path) {
    auto reader = SessionReader::open(path);
    if (!reader) {
        return failed(reader);
    }
    return FileFeed(std::move(*reader));
}

FileFeed::FileFeed(SessionReader reader)
    : reader_(std::move(reader)), meta_(reader_->meta()), ticks_at_once_(first_ticks) {}

bool FileFeed::poll() {
    if (!reader_ || listener_ == nullptr) {
        return false;
    }
    const auto more = deliver();
    if (!more) {
        version_ = -1; // something was perhaps not fetched
        if (more.error().code == ErrorCode::corrupt) {
            reader_.reset();
        }
        listener_->trouble(more.error());
        return false;
    }
    if (!*more && closed_) {
        reader_.reset();
        listener_->ended();
    }
    return *more;
}

Result<bool> FileFeed::deliver() {
    const auto version = reader_->data_version();
    if (!version) {
        return failed(version);
    }
    if (*version == version_) {
        return false;
    }
    // In this order: what was committed before the last event is there when that event is.
    const auto events = reader_->events(last_seq_ + 1, batch_size);
    if (!events) {
        return failed(events);
    }
    if (!events->empty()) {
        last_seq_ = events->back().seq;
        closed_ = closes(events->back());
        listener_->events(*events);
    }
    const auto chunks = reader_->output_after(last_output_, batch_size);
    if (!chunks) {
        return failed(chunks);
    }
    if (!chunks->empty()) {
        last_output_ = chunks->back().id;
        listener_->output(*chunks);
    }
    const auto ticks = reader_->ticks_after(last_tick_, ticks_at_once_);
    if (!ticks) {
        return failed(ticks);
    }
    const bool more_ticks = static_cast<std::int64_t>(ticks->size()) == ticks_at_once_;
    std::int64_t samples = 0;
    for (const Tick& tick : *ticks) {
        last_tick_ = tick.id;
        samples += static_cast<std::int64_t>(tick.samples.size());
        listener_->samples(tick);
    }
    if (samples > 0) {
        ticks_at_once_ = std::clamp<std::int64_t>(samples_at_once * static_cast<std::int64_t>(ticks->size()) / samples,
                                                  1, batch_size);
    }
    const auto checkpoints = reader_->checkpoints_after(last_checkpoint_);
    if (!checkpoints) {
        return failed(checkpoints);
    }
    for (const CheckpointRecord& checkpoint : *checkpoints) {
        last_checkpoint_ = checkpoint.id;
        listener_->checkpoint(checkpoint.note);
    }
    const auto full = [](std::size_t size) { return static_cast<std::int64_t>(size) == batch_size; };
    const bool more = full(events->size()) || full(chunks->size()) || more_ticks;
    version_ = more ? -1 : *version;
    return more;
}

} // namespace sluice::session
