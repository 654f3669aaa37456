#pragma once
/// Where a consumer group stands, and where it is to stand. Pure but for what takes a Call (worker thread, blocks).
#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::kafka {

struct Call;

using Place = std::pair<std::string, std::int32_t>; ///< topic, partition

/// Committed offsets: of the next message to read. Nothing: no commit, which is not 0.
using Offsets = std::map<Place, std::optional<std::int64_t>>;

/// {"nova.events": {"0": 12, "1": null}}.
Json to_json(const Offsets& offsets);
Result<Offsets> offsets_from(const Json& json);

/// Where to, as a plan says it.
struct Aim {
    enum class Kind { earliest, latest, offset, instant, given } kind = Kind::latest;
    std::int64_t figure = 0; ///< an offset, or milliseconds since the epoch
    Offsets given;
};

/// "earliest", "latest", "1500", "2026-01-06T02:00:00Z", or offsets as `to_json` writes them.
Result<Aim> parse_aim(const std::string& text);

/// All partitions of topics, by how many each has.
std::vector<Place> places_of(const std::map<std::string, int>& partitions);

struct Move {
    Offsets before, after;
};

/// Resolves an aim to figures. An offset that a partition does not have is `bad_input`; where no message is as young
/// as an instant, its end is taken. One partition that can't be asked fails all.
Result<Move> resolve_move(const Call& call, const std::string& group, const std::vector<Place>& places, const Aim& aim);

/// The group's commits at these places.
Result<Offsets> committed(const Call& call, const std::string& group, const std::vector<Place>& places);

/// Commits `after`, and forgets the commit where it says nothing and `before` had one. `conflict` when the group has
/// members. `unreachable`: it can have happened.
Result<void> commit(const Call& call, const std::string& group, const Move& move);

} // namespace sluice::kafka
