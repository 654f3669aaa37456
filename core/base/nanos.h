#pragma once
#include <compare>
#include <cstdint>

namespace sluice {

/// Nanoseconds: an instant (since 1970-01-01T00:00:00Z, UTC) or a length of time; the name of the variable says which.
///
/// One type for both keeps arithmetic plain; it is not an integer, so that seconds can't be passed by mistake.
struct Nanos {
    std::int64_t count = 0;

    friend constexpr auto operator<=>(const Nanos&, const Nanos&) = default;
    friend constexpr Nanos operator+(Nanos a, Nanos b) { return {a.count + b.count}; }
    friend constexpr Nanos operator-(Nanos a, Nanos b) { return {a.count - b.count}; }
    friend constexpr Nanos operator-(Nanos a) { return {-a.count}; }
    friend constexpr Nanos operator*(Nanos a, std::int64_t n) { return {a.count * n}; }
    friend constexpr Nanos operator/(Nanos a, std::int64_t n) { return {a.count / n}; }
    constexpr Nanos& operator+=(Nanos b) {
        count += b.count;
        return *this;
    }
    constexpr double seconds() const { return static_cast<double>(count) / 1e9; }
};

constexpr Nanos seconds(std::int64_t n) {
    return {n * 1'000'000'000};
}
constexpr Nanos milliseconds(std::int64_t n) {
    return {n * 1'000'000};
}
constexpr Nanos minutes(std::int64_t n) {
    return seconds(n * 60);
}
constexpr Nanos hours(std::int64_t n) {
    return seconds(n * 3600);
}

} // namespace sluice
