#pragma once

namespace sluice::series::promql {

/// `base` to the `exponent`, rounded as Prometheus rounds it: with Go's successive squarings (math/pow.go), not with
/// the nearest double that C's pow looks for. 0.1 ^ 60 is 1.0000000000000066e-60.
///
/// With an exponent that is not whole the last digit may differ: Go's exp and log are its own, and its exp rounds
/// otherwise on a processor with FMA than on one without.
double power(double base, double exponent);

} // namespace sluice::series::promql
