#include "series/promql/power.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace sluice::series::promql {
namespace {

/// 0, 1, infinite or no number whatever the rounding: IEEE 754 says which, and both languages follow it.
bool needs_no_rounding(double base, double exponent) {
    return exponent == 0 || base == 0 || base == 1 || !std::isfinite(base) || std::abs(exponent) >= 0x1p63 ||
           std::isnan(exponent);
}

/// A number as mantissa times a power of two, so that no square overflows on the way.
struct Scaled {
    double mantissa = 1;
    int scale = 0;
};

Scaled squarings(Scaled start, double base, std::uint64_t exponent) {
    constexpr int beyond_double = 1 << 12;
    Scaled result = start;
    Scaled square;
    square.mantissa = std::frexp(base, &square.scale);
    for (; exponent != 0; exponent >>= 1U) {
        if (std::abs(square.scale) > beyond_double) {
            result.scale += square.scale; // 0 or infinite by now
            break;
        }
        if ((exponent & 1U) != 0) {
            result.mantissa *= square.mantissa;
            result.scale += square.scale;
        }
        square.mantissa *= square.mantissa;
        square.scale *= 2;
        if (square.mantissa < 0.5) {
            square.mantissa += square.mantissa;
            square.scale -= 1;
        }
    }
    return result;
}

} // namespace

double power(double base, double exponent) {
    if (needs_no_rounding(base, exponent)) {
        return std::pow(base, exponent);
    }
    if (std::abs(exponent) == 0.5) {
        const double root = std::sqrt(base);
        return exponent > 0 ? root : 1 / root;
    }
    double whole = 0;
    double part = std::modf(std::abs(exponent), &whole);
    Scaled result;
    if (part != 0) {
        if (base < 0) {
            return std::numeric_limits<double>::quiet_NaN();
        }
        if (part > 0.5) {
            part -= 1;
            whole += 1;
        }
        result.mantissa = std::exp(part * std::log(base));
    }
    result = squarings(result, base, static_cast<std::uint64_t>(whole));
    return exponent < 0 ? std::ldexp(1 / result.mantissa, -result.scale) : std::ldexp(result.mantissa, result.scale);
}

} // namespace sluice::series::promql
