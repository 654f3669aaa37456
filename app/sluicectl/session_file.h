#pragma once
#include "release/state.h"
#include "session/readings.h"
#include "session/records.h"

#include <string>
#include <vector>

namespace sluicectl {

/// All events of a session, as stored and as read.
struct ReadSession {
    std::vector<sluice::session::EventRecord> records;
    std::vector<sluice::release::Event> events;
};

sluice::Result<ReadSession> read_session(const std::string& file);

/// All its samples.
sluice::Result<sluice::session::Readings> read_readings(const std::string& file);

/// The last moment that the file knows of: holds count on after the last event.
sluice::Result<sluice::Nanos> last_moment(const std::string& file, const sluice::release::Release& release);

/// A release as it was at a moment.
struct ReleaseAt {
    sluice::release::Release release;
    sluice::Nanos now;
};

/// At the time that `at` gives, of the session's clock or the world's; if it is empty, at the last moment that the file
/// knows of. `bad_input` where the session does not go so far back or on.
sluice::Result<ReleaseAt> release_at(const ReadSession& session, const std::string& file, const std::string& at);

/// The same, with all samples of the session. `corrupt` where its plan does not load.
struct MeasuredAt {
    ReleaseAt then;
    sluice::session::Readings readings;
};
sluice::Result<MeasuredAt> measured_at(const std::string& file, const std::string& at);

} // namespace sluicectl
