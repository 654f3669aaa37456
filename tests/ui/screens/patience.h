#pragma once

namespace sluice::testing {

/// How long a test of a screen waits, at most, for what must come.
constexpr int patience_ms = 60'000;

} // namespace sluice::testing
