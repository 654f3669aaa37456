#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// Everything that differs from seed to seed comes from here: pure functions of the seed and of what is named, never of
/// the order in which unrelated requests arrive.
namespace sluice::range {

/// 64 well mixed bits (FNV-1a over the text, finished as in SplitMix64).
std::uint64_t mix(std::uint64_t seed, std::string_view what, std::uint64_t index = 0);

/// Uniform in [0, 1).
double unit(std::uint64_t seed, std::string_view what, std::uint64_t index = 0);

/// Between −1 and 1, moving smoothly (cosine) from one value to the next each time `position` passes an integer.
double drift(std::uint64_t seed, std::string_view what, double position);

/// `length` characters of the alphabet that Kubernetes uses for generated names (no vowels, nothing to misread).
std::string letters(std::uint64_t bits, int length);

/// A version-4 shaped UUID.
std::string uuid(std::uint64_t seed, std::string_view what, std::uint64_t index = 0);

} // namespace sluice::range
