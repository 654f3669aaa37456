#pragma once
#include "base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::kafka {

struct Call;

struct Message {
    std::string topic;
    std::string key;             ///< empty = none
    std::int32_t partition = -1; ///< −1: the key decides, as it does for Java's producers
    std::string payload;
    std::vector<std::pair<std::string, std::string>> headers;
};

struct Sent {
    enum class State { kept, not_kept, unknown } state = State::unknown;
    std::int32_t partition = -1;
    std::int64_t offset = -1;
    Error error; ///< when it was not kept, or is not known to be
};

/// Sends one message by an idempotent producer of its own, and waits until all replicas in sync have it. Worker thread.
Sent send(const Call& call, const Message& message);

} // namespace sluice::kafka
