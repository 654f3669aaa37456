#pragma once
#include "session/records.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The blob of table tick (doc/session-format.md, "series, tick, gap"). Pure.
namespace sluice::session {

using SeriesId = std::int64_t;

/// `ids`: of each sample its series.
std::string encode_tick(Nanos time, std::span<const Sample> samples, std::span<const SeriesId> ids);

/// Calls back for each sample, its series not filled in; false if the bytes are not a tick.
bool decode_tick(Nanos time, std::string_view blob, const std::function<void(SeriesId, Sample)>& take);

} // namespace sluice::session
