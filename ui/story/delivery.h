#pragma once
#include "release/event.h"
#include "session/records.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::story {

/// An event, and the root of the audit tree after it.
struct Entry {
    release::Event event;
    Digest root{};
    /// The roots up to here were computed anew from the events' bytes, and are those that were stored.
    bool intact = false;
};

/// A checkpoint, looked at: what it covers and whether it holds.
struct Seal {
    std::int64_t size = 0;    ///< events 1 … this; 0 = it can't be read
    Nanos covers;             ///< time of the last of them; 0 = the session ends before that event
    bool fits = false;        ///< it is of this session, and its root is that computed anew from the events
    bool by_operator = false; ///< the signature is that of the key which the session names, and it holds
    bool operator==(const Seal&) const = default;
};

/// What a feed brought at one time, read and ready to be folded; immutable once sent, so it may cross threads.
struct Delivery {
    std::vector<Entry> entries;
    std::vector<session::OutputChunk> output;
    std::vector<session::Tick> ticks;
    std::vector<Seal> seals;      ///< of checkpoints whose events have come, each once; at the end of the others too
    std::optional<Error> trouble; ///< the feed could not be read
    bool ended = false;           ///< nothing follows
    std::optional<bool> owned;    ///< false = its program was killed; nothing = as told before
    Nanos now;                    ///< the owner's clock at the sending; 0 = not known
};

using DeliveryPtr = std::shared_ptr<const Delivery>;

} // namespace sluice::story
