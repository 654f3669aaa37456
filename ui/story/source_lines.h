#pragma once
#include "story/top_view.h"

namespace sluice::story {

/// How the connections that metrics come from do at this moment. An age is that of the connection's freshest value, by
/// the time at which the source says that it was true.
std::vector<SourceLine> present_sources(const Moment& moment, std::size_t most = 3);

} // namespace sluice::story
