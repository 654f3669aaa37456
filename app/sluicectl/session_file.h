#pragma once
#include "release/event.h"
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

} // namespace sluicectl
