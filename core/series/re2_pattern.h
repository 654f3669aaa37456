#pragma once
#include "base/result.h"

#include <string>
#include <string_view>

namespace sluice::series {

/// One wchar_t for each character of UTF-8; U+FFFD for a byte that is none, as Go reads it.
std::wstring characters(std::string_view text);

/// A pattern in RE2's dialect (that of Prometheus) as one that means the same to std::wregex in ECMAScript.
///
/// `bad_input` for what RE2 refuses (an unknown escape, a repetition of a repetition, more than 1,000 of something),
/// and for what it has alone and we don't: flags, named groups, \p, \Q, \A, \z, \x{…}, octal, classes like [[:word:]].
/// A pattern that only std::wregex can find faulty (an open bracket) passes.
Result<std::wstring> ecmascript_pattern(std::string_view re2);

} // namespace sluice::series
