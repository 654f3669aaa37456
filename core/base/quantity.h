#pragma once
#include "base/nanos.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace sluice {

/// A length of time as plans spell it: "1h30m", "90s", "5m", "2d", "500ms"; larger units first, each at most once,
/// whole numbers. A bare number is refused, since nobody can tell what it counts. A day is 24 hours.
Result<Nanos> parse_duration(std::string_view text);

/// The shortest such spelling: {5400 s} → "1h30m". What is finer than a millisecond is left out; less than one is "0s".
std::string duration_text(Nanos length);

enum class Dimension { plain, ratio, time, bytes };

/// A number with its unit, in the base unit: 0.1 % is 0.001 (ratio), 200 ms is 0.2 (seconds), 2 GiB is 2147483648
/// (bytes), 10k is 10000 (plain).
struct Quantity {
    double value = 0;
    Dimension dimension = Dimension::plain;
};

/// "0.1%", "200ms", "1.5s", "10k", "2M", "512MiB", "0.001". Finite decimal numbers only.
Result<Quantity> parse_quantity(std::string_view text);

/// Kubernetes' own spelling of amounts: "812m" is 0.812, "1536Mi" is 1610612736, "3" is 3.
Result<double> parse_kubernetes_quantity(std::string_view text);

} // namespace sluice
