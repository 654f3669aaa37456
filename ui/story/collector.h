#pragma once
#include "session/feed.h"
#include "session/merkle.h"
#include "story/delivery.h"

namespace sluice::story {

/// Gathers what a feed delivers, reading the events' bytes on the way and computing the audit tree anew from them;
/// lives in the feed's thread.
class Collector : public session::FeedListener {
public:
    void events(std::span<const session::EventRecord> batch) override;
    void output(std::span<const session::OutputChunk> chunks) override;
    void samples(const session::Tick& tick) override;
    void checkpoint(const std::string& note) override;
    void ended() override;
    void trouble(const Error& error) override;

    /// All since the last call; null if that is nothing. `now` goes along.
    DeliveryPtr take(Nanos now);

private:
    void look_at_notes();
    bool judge(const std::string& note);

    Delivery gathered_;
    session::CompactRange tree_;
    std::vector<Digest> roots_; ///< computed anew; [i] = after i + 1 events
    std::vector<Nanos> times_;  ///< of the events
    bool intact_ = true;
    std::string session_, public_key_; ///< as the first event says
    std::vector<std::string> notes_;   ///< checkpoints that cover more events than have come
    bool any_ = false;
};

} // namespace sluice::story
