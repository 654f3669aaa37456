#pragma once
/// Where in Kafka's topics a consumer group is to go on reading, as a plan says it and as an intent keeps it. Pure.
#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace sluice::plan {

using KafkaPlace = std::pair<std::string, std::int32_t>; ///< topic, partition

/// Committed offsets: of the next message to read. Nothing: no commit, which is not 0.
using CommittedOffsets = std::map<KafkaPlace, std::optional<std::int64_t>>;

/// {"nova.events": {"0": 12, "1": null}}.
Json to_json(const CommittedOffsets& offsets);
Result<CommittedOffsets> offsets_from(const Json& json);

struct KafkaAim {
    enum class Kind { earliest, latest, offset, instant, given } kind = Kind::latest;
    std::int64_t figure = 0; ///< an offset, or milliseconds since the epoch
    CommittedOffsets given;
};

/// "earliest", "latest", "1500", "2026-01-06T02:00:00Z", or offsets as `to_json` writes them.
Result<KafkaAim> parse_aim(const std::string& text);

} // namespace sluice::plan
