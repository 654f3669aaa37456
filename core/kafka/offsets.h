#pragma once
/// Where a consumer group stands, and where it is to stand. Pure but for what takes a Call (worker thread, blocks).
#include "base/result.h"
#include "plan/kafka_aim.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::kafka {

struct Call;

using Place = plan::KafkaPlace;
using Offsets = plan::CommittedOffsets;
using Aim = plan::KafkaAim;
using plan::offsets_from;
using plan::parse_aim;
using plan::to_json;

/// All partitions of topics, by how many each has.
std::vector<Place> places_of(const std::map<std::string, int>& partitions);

struct Move {
    Offsets before, after;
    std::vector<std::string> notes; ///< what an aim could not have as it was said
};

/// Resolves an aim to figures, each of which its log has, up to the high watermark.
///
/// A number or a given offset before a log's start becomes the start; one beyond its end, or of a partition that is not
/// there, is a `conflict`. A partition about which nothing was given stays as it is. Where no message is as young as an
/// instant, its end is taken. One partition that can't be asked fails all.
Result<Move> resolve_move(const Call& call, const std::string& group, const std::vector<Place>& places, const Aim& aim);

/// The group's commits at these places.
Result<Offsets> committed(const Call& call, const std::string& group, const std::vector<Place>& places);

/// Forgets the commits where `after` says nothing and `before` had one, then commits the others. `conflict` when the
/// group has members. `unreachable`: it can have happened, wholly or in part.
Result<void> commit(const Call& call, const std::string& group, const Move& move);

} // namespace sluice::kafka
