#include "session/file_feed.h"

#include "base/json.h"

namespace sluice::session {
namespace {

constexpr std::int64_t batch_size = 1000;

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
    const auto ticks = reader_->ticks_after(last_tick_, batch_size);
    if (!ticks) {
        return failed(ticks);
    }
    for (const Tick& tick : *ticks) {
        last_tick_ = tick.id;
        listener_->samples(tick);
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
    const bool more = full(events->size()) || full(chunks->size()) || full(ticks->size());
    version_ = more ? -1 : *version;
    return more;
}

} // namespace sluice::session
