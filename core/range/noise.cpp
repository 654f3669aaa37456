#include "range/noise.h"

#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace sluice::range {
namespace {

constexpr std::uint64_t finish(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

} // namespace

std::uint64_t mix(std::uint64_t seed, std::string_view what, std::uint64_t index) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : what) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    }
    return finish(finish(finish(seed) ^ hash) ^ index);
}

double unit(std::uint64_t seed, std::string_view what, std::uint64_t index) {
    return static_cast<double>(mix(seed, what, index) >> 11) * 0x1p-53;
}

double drift(std::uint64_t seed, std::string_view what, double position) {
    const double floor = std::floor(position);
    const auto step = static_cast<std::int64_t>(floor);
    const double from = 2 * unit(seed, what, static_cast<std::uint64_t>(step)) - 1;
    const double to = 2 * unit(seed, what, static_cast<std::uint64_t>(step + 1)) - 1;
    const double way = (1 - std::cos((position - floor) * std::numbers::pi)) / 2;
    return from + (to - from) * way;
}

std::string letters(std::uint64_t bits, int length) {
    static constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
    std::string text;
    for (int i = 0; i < length; ++i) {
        text += alphabet[bits % alphabet.size()];
        bits /= alphabet.size();
    }
    return text;
}

std::string uuid(std::uint64_t seed, std::string_view what, std::uint64_t index) {
    const std::uint64_t a = mix(seed, what, 2 * index);
    const std::uint64_t b = mix(seed ^ 0x5bd1e995u, what, 2 * index + 1);
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32, (a >> 16) & 0xffff, a & 0xfff,
                       0x8000 | (b >> 50), b & 0xffffffffffffu);
}

} // namespace sluice::range
