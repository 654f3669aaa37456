#include "host/live_feed.h"

#include "session/file_feed.h"

namespace sluice::host {

LiveFeed::LiveFeed(SessionHost& host) : host_(host), meta_(host.log().meta()) {
    host.engine().journal().listen_records([this](std::span<const session::EventRecord> records) {
        events_.insert(events_.end(), records.begin(), records.end());
    });
    host.engine().journal().on_checkpoint([this](const std::string& note) { checkpoints_.push_back(note); });
    host.engine().recorder().on_output([this](const session::OutputChunk& chunk) { output_.push_back(chunk); });
    host.engine().recorder().on_samples([this](const session::Tick& tick) { ticks_.push_back(tick); });
    timer_.callOnTimeout([this] { flush(); });
}

void LiveFeed::start(session::FeedListener& listener) {
    listener_ = &listener;
    deliver_history();
    timer_.start(interval_ms);
}

// Passes everything on, and notes how far the file went.
void LiveFeed::deliver_history() {
    class Counting : public session::FeedListener {
    public:
        explicit Counting(session::FeedListener& to) : to_(to) {}
        void events(std::span<const session::EventRecord> batch) override {
            last_seq = batch.back().seq;
            to_.events(batch);
        }
        void output(std::span<const session::OutputChunk> chunks) override { to_.output(chunks); }
        void samples(const session::Tick& tick) override { to_.samples(tick); }
        void checkpoint(const std::string& note) override { to_.checkpoint(note); }
        void ended() override {} // the host says so, once its file is whole
        void trouble(const Error& error) override { to_.trouble(error); }
        std::int64_t last_seq = 0;

    private:
        session::FeedListener& to_;
    } counting(*listener_);

    auto file = session::FileFeed::open(host_.file());
    if (!file) {
        listener_->trouble(file.error());
        return;
    }
    file->start(counting);
    while (file->poll()) {
    }
    last_seq_ = counting.last_seq;
    checkpoints_.clear(); // what was signed since is in the file
}

void LiveFeed::flush() {
    if (listener_ == nullptr || ended_) {
        return;
    }
    auto events = std::exchange(events_, {});
    std::erase_if(events, [this](const session::EventRecord& event) { return event.seq <= last_seq_; });
    if (!events.empty()) {
        last_seq_ = events.back().seq;
        listener_->events(events);
    }
    if (const auto output = std::exchange(output_, {}); !output.empty()) {
        listener_->output(output);
    }
    for (const auto& tick : std::exchange(ticks_, {})) {
        listener_->samples(tick);
    }
    for (const auto& note : std::exchange(checkpoints_, {})) {
        listener_->checkpoint(note);
    }
    if (host_.has_closed()) {
        ended_ = true;
        timer_.stop();
        listener_->ended();
    }
}

} // namespace sluice::host
