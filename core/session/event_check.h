#pragma once
#include "session/merkle.h"
#include "session/records.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::session {

/// What is wrong with the bytes of an event, alone: not canonical JSON, or "seq", "time", "type" missing or other than
/// the columns say. Empty: nothing.
std::string wrong_with_body(std::int64_t seq, Nanos time, std::string_view body);

/// Recomputes the tree while events pass by in their order; shared by the verifier and by opening a log to write on.
class EventCheck {
public:
    struct Fault {
        std::int64_t seq = 0; ///< the first event that is not as it was written
        std::string what;
    };

    /// Nothing, or what is wrong. After a fault nothing more is looked at: every later root follows from it.
    std::optional<Fault> take(const EventRecord& event);

    const CompactRange& range() const { return range_; }

private:
    CompactRange range_;
};

} // namespace sluice::session
