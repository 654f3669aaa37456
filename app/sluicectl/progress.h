#pragma once
#include "release/state.h"

#include <span>
#include <string>

namespace sluicectl {

/// One line an event, as it is printed while a session runs and by `log`.
///
/// "T+00:42:13  ✓ to-25 passed". Times count from T0, before it from the start with a minus left out ("+00:01:02").
class Progress {
public:
    explicit Progress(bool terminal) : terminal_(terminal) {}

    /// Prints what has happened; on a terminal the last line is a status that is written over.
    void show(const sluice::release::Release& release, std::span<const sluice::release::Event> events);
    /// The closing lines: outcome, counts, what is left in doubt.
    static void sum_up(const sluice::release::Release& release);

private:
    void status(const sluice::release::Release& release);
    bool terminal_;
};

/// "00:42:13"
std::string clock(sluice::Nanos length);

/// ✓ ✕ ▸ … by kind of event; nothing for what only the log tells.
std::string mark(const sluice::release::Body& body);

} // namespace sluicectl
