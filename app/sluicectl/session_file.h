#pragma once
#include "release/state.h"
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

/// The last moment that the file knows of: holds count on after the last event.
sluice::Result<sluice::Nanos> last_moment(const std::string& file, const sluice::release::Release& release);

} // namespace sluicectl
