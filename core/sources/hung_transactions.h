#pragma once
#include "base/nanos.h"
#include "kafka/lag.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::sources {

/// Transactions that nobody ends. Consumers that read what is committed get no further than the last stable offset, so
/// that a lag up to there is 0 while messages pile up behind it: a gate would pass that must not.
///
/// One that keeps the same last stable offset for longer than Kafka lets a transaction last by itself
/// (`transaction.timeout.ms`, a minute where nobody says otherwise) is taken for hung.
class HungTransactions {
public:
    static constexpr Nanos hung_after = minutes(1);

    /// Looks at one answer after the other; a place of which `high` is not known stays as it was as long as its stable
    /// offset does. Where a transaction hangs, `end` becomes the log's end, so that what lies behind it counts as lag.
    /// Gives what is to be told of it, a line a topic.
    std::vector<std::string> take(kafka::LagAnswer& answer, Nanos now);

private:
    struct Open {
        std::int64_t stable = 0, high = 0;
        Nanos since;
    };
    std::map<std::pair<std::string, std::int32_t>, Open> open_; ///< topic, partition
};

} // namespace sluice::sources
