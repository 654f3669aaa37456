#pragma once
#include "base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A regular expression (ECMAScript, without back-references) that is safe on text which somebody else wrote.
///
/// Matched breadth first: no recursion over the text and no exponential blow-up, which the backtracking matcher of the
/// standard library has both of. Text is taken line by line, lines past 1024 bytes in overlapping pieces of that
/// length, so `^` and `$` are ends of lines and nothing matches across one. A match of up to 512 bytes is whole
/// wherever it stands; a longer one may end with its piece. Characters are bytes.
class Pattern {
public:
    /// Refuses what does not compile, what is longer than 512 bytes, and counted repeats that multiply to over 1000.
    static Result<Pattern> compile(std::string_view expression);

    /// The first match's first group, or the whole match when there is no group.
    std::optional<std::string> find(std::string_view text) const;

    bool found_in(std::string_view text) const { return find(text).has_value(); }

    /// The whole of `text`, taken as one line; false past 1024 bytes.
    bool matches_whole(std::string_view text) const;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> compiled_;
};

} // namespace sluice
