#pragma once
#include "base/nanos.h"

#include <functional>
#include <optional>

namespace sluice::session {

/// Which moment of a session is looked at: now, or a cursor that stands or moves (ref/gui.md, "Replay"). Pure but for
/// the clock that is passed in. One thread.
///
/// While a session goes on, recording goes on whatever is looked at: `end` moves, and `live` follows it.
class TimeController {
public:
    enum class Mode { live, paused, playing };
    using Clock = std::function<Nanos()>; ///< monotonic, real time

    static constexpr double slowest = 0.1, fastest = 1000; ///< of `speed`, forwards or backwards

    explicit TimeController(Clock clock) : clock_(std::move(clock)) {}

    /// What there is to look at. Growing it does not move a cursor that is not live; shrinking keeps it within.
    void set_range(Nanos begin, Nanos end);
    Nanos begin() const { return begin_; }
    Nanos end() const { return end_; }

    /// A session that is over has no live; its end is its last moment.
    void set_over(bool over) { over_ = over; }

    Mode mode() const;
    Nanos cursor() const; ///< as of the clock's now; within [begin, end]

    /// From where the cursor stands; from the begin if it stands at the end (forwards), from the end if at the begin
    /// (backwards). What is live plays forwards already.
    void play();
    void pause(); ///< of what is live: stands still, while recording goes on
    void toggle() { mode() == Mode::paused ? play() : pause(); }
    void go_live(); ///< of one that is over: pauses at the end

    /// Seconds of the session a real second; negative plays backwards. Its size is kept within slowest … fastest; 0 is
    /// refused by doing nothing.
    void set_speed(double speed);
    double speed() const { return speed_; }

    void seek(Nanos time); ///< goes on playing if it played; a live one is paused there
    void move(Nanos by) { seek(cursor() + by); }

    /// What is played over and over; a part of [begin, end] that is not empty.
    struct Loop {
        Nanos from, to;
        bool operator==(const Loop&) const = default;
    };
    /// Playing that reaches its end in the direction of play goes on at its other end. One may play into it from
    /// outside, and past it when one starts behind it. None: no loop. One that is empty within [begin, end] is refused
    /// by doing nothing; false then.
    bool set_loop(std::optional<Loop> loop);
    /// Moves one end of the loop, or begins one with it: the other end is kept if it lies on the right side, else it is
    /// that of the session.
    bool loop_from(Nanos time);
    bool loop_to(Nanos time);
    const std::optional<Loop>& loop() const { return loop_; }

    /// How far behind the end one looks; 0 when live.
    Nanos behind() const { return end_ - cursor(); }

private:
    Nanos clamped(Nanos time) const;
    void anchor(Nanos at);
    void settle(); ///< playing that has come to its end has ended: it does not go on when there is more
    bool loops() const;
    Nanos looped(Nanos time) const;

    Clock clock_;
    Nanos begin_, end_;
    bool over_ = false;
    Mode mode_ = Mode::live;
    double speed_ = 1;
    Nanos anchor_; ///< cursor when the clock said `anchored_`
    Nanos anchored_;
    std::optional<Loop> loop_;
};

} // namespace sluice::session
