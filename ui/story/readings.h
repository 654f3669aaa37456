#pragma once
#include "session/readings.h"

namespace sluice::story {

using session::Line;
using session::Reading;
using session::Readings;

} // namespace sluice::story
