#pragma once
#include "base/nanos.h"

#include <functional>
#include <optional>
#include <utility>

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
    /// (backwards).
    void play();
    void pause();
    void toggle() { mode() == Mode::playing ? pause() : play(); }
    void go_live(); ///< of one that is over: pauses at the end

    /// Seconds of the session a real second; negative plays backwards. Its size is kept within slowest … fastest; 0 is
    /// refused by doing nothing.
    void set_speed(double speed);
    double speed() const { return speed_; }

    void seek(Nanos time); ///< goes on playing if it played; a live one is paused there
    void move(Nanos by) { seek(cursor() + by); }

    /// While playing, from the second time to the first. Nothing: none.
    void set_loop(std::optional<std::pair<Nanos, Nanos>> loop);
    const std::optional<std::pair<Nanos, Nanos>>& loop() const { return loop_; }

    /// How far behind the end one looks; 0 when live.
    Nanos behind() const { return end_ - cursor(); }

private:
    Nanos clamped(Nanos time) const;
    void anchor(Nanos at);

    Clock clock_;
    Nanos begin_, end_;
    bool over_ = false;
    Mode mode_ = Mode::live;
    double speed_ = 1;
    Nanos anchor_; ///< cursor when the clock said `anchored_`
    Nanos anchored_;
    std::optional<std::pair<Nanos, Nanos>> loop_;
};

} // namespace sluice::session
