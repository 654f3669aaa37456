#pragma once
#include "release/state.h"
#include "story/delivery.h"
#include "story/outputs.h"
#include "story/readings.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace sluice::story {

/// How the screen stands to the session. Only an owner's or a follower's screen has a way to act (CommandChannel).
enum class Mode { live, following, replay };

/// The session as it was at one moment: all that any panel needs, and nothing that a panel could change.
/// Valid until the story grows or is asked for another moment.
struct Moment {
    const release::Release& release;
    Nanos now;                      ///< the moment; the owner's clock when live
    std::span<const Entry> entries; ///< up to it, from the first
    const Readings& readings;       ///< of the whole session: read with Line::at(now)
    const Outputs& outputs;         ///< likewise: of(operation, now)
    Mode mode = Mode::live;
    bool at_end = true;            ///< nothing that is known happened later
    std::optional<Seal> seal = {}; ///< the last checkpoint of events up to it; one that does not fit goes before
    bool owned = true;             ///< false: its program was killed, and none has taken it up
    /// Where the program that owns it was started; empty = not known (report/by_hand.h).
    std::string_view started_in = {};
};

/// Folds a feed into a session that can be looked at as of any of its moments (DESIGN.md, "Replay" is one more reader
/// of the log). One thread.
class Story {
public:
    void take(const Delivery& delivery);
    void set_started_in(std::string folder) { started_in_ = std::move(folder); } ///< told with each moment

    bool empty() const { return entries_.empty(); }
    bool ended() const { return ended_; }
    /// False once its program was killed, until another takes it up.
    bool owned() const { return owned_; }
    const std::optional<Error>& trouble() const { return trouble_; }
    const std::vector<Entry>& entries() const { return entries_; }
    const Readings& readings() const { return readings_; }
    const release::Release& release() const { return head_; } ///< after the last event

    Nanos begin() const; ///< time of the first event; 0 before it
    Nanos end() const;   ///< the last known time: the owner's clock, else the last event, sample or output

    /// As of now: after the last event.
    Moment latest(Mode mode) const;
    /// As of `time`: after the last event at or before it. Costs at most `keyframe_every` events, less when time goes
    /// forward in small steps.
    Moment at(Nanos time, Mode mode);

private:
    static constexpr std::size_t keyframe_every = 256;
    std::size_t count_until(Nanos time) const;
    std::optional<Seal> seal_of(std::size_t count) const;

    std::vector<Entry> entries_;
    release::Release head_;
    std::map<std::size_t, release::Release> keyframes_; ///< after so many events
    release::Release then_;                             ///< what `at` was asked for last
    std::size_t then_count_ = 0;
    Readings readings_;
    Outputs outputs_;
    std::vector<Seal> seals_; ///< by size
    std::optional<Error> trouble_;
    Nanos now_;
    bool ended_ = false;
    bool owned_ = true;
    std::string started_in_;
};

} // namespace sluice::story
