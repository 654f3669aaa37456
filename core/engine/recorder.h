#pragma once
#include "base/scheduler.h"
#include "series/sample.h"
#include "session/session_log.h"

#include <functional>
#include <map>
#include <string>

namespace sluice::engine {

/// What is recorded beside the events: samples and the output of steps, written together, about once a second of the
/// machine's time and at the end (DESIGN.md, "Output").
class Recorder {
public:
    /// `real_now`: the machine's clock, since a rehearsal may run a thousand times faster than it.
    Recorder(Scheduler& scheduler, session::SessionLog& log, std::function<Nanos()> real_now);

    void sample(const series::SampleBatch& batch);
    /// What was asked for afterwards of a metric (sources::Backfill): shown in a replay as in the session.
    void past(const std::vector<series::SampleBatch>& batches);
    void output(const std::string& key, std::string_view bytes);

    /// What comes next of it begins with its first byte again (a program that was taken up): what the file has already
    /// is not written twice.
    void again(const std::string& key);

    /// Writes what has gathered if a second has passed, or there is much of it.
    void write_when_due();
    Result<void> write();

    /// Told at once of what will be written with the next of them: for a live feed. At most one of each.
    void on_output(std::function<void(const session::OutputChunk&)> receiver) { heard_ = std::move(receiver); }
    void on_samples(std::function<void(const session::Tick&)> receiver) { measured_ = std::move(receiver); }

private:
    static constexpr std::int64_t kept_output = 4 << 20; ///< bytes a step; the rest is counted, not kept

    Scheduler& scheduler_;
    session::SessionLog& log_;
    std::function<Nanos()> real_now_;
    Nanos last_;
    session::SessionLog::Recording gathered_;
    std::size_t bytes_ = 0;
    struct Place {
        std::int64_t next = 0;    ///< offset of the byte that comes next
        std::int64_t written = 0; ///< bytes in the file, or gathered for it
    };
    Place& place(const std::string& key);
    void take(session::Tick tick);
    /// Labels as the file has them. Those of a metric's series seldom change from one answer to the next.
    struct Written {
        series::Labels labels;
        std::string text = "{}";
    };
    std::map<std::string, std::vector<Written>> written_; ///< by metric, in the order of its last answer
    std::map<std::string, Place> places_;
    std::function<void(const session::OutputChunk&)> heard_;
    std::function<void(const session::Tick&)> measured_;
};

} // namespace sluice::engine
