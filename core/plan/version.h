#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::plan {

/// A semantic version (semver.org 2.0.0); a leading "v" is allowed. Build metadata is dropped.
struct Version {
    long major = 0, minor = 0, patch = 0;
    std::string before; ///< pre-release: "rc.1"; empty = the release itself
};

/// The whole text is one.
std::optional<Version> parse_version(std::string_view text);

/// The first one in a text; needs three numbers.
std::optional<Version> find_version(std::string_view text);

/// By semver's precedence: 1.2.0-rc.1 < 1.2.0.
std::strong_ordering compare(const Version& a, const Version& b);

} // namespace sluice::plan
