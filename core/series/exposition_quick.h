#pragma once
#include "series/exposition_lines.h"

#include <array>
#include <cstddef>

namespace sluice::series {

/// Reads lines of samples in the form in which nearly all are written: names without quotes, values without escapes, no
/// exemplar. It never judges: what it does not know is left to the reader that checks each character.
class QuickLines {
public:
    /// `most_labels` of one sample; more are left to the other reader, as are timestamps that are not milliseconds.
    QuickLines(std::string_view text, std::size_t most_labels, bool with_milliseconds);

    /// The line that begins at the offset `at`; the offset behind its end, or 0 when it is not of that form (so also
    /// when it is wrong, empty, a comment or cut off). The line's views are good until the next call.
    std::size_t read(std::size_t at, SampleLine& line);

private:
    static constexpr std::size_t room = 32; ///< for labels; seldom are there more than ten
    const char* labels(const char* at, SampleLine& line);

    const char* begin_;
    const char* end_;       ///< behind the last line end: before it, each scan finds one
    const char* last_wide_; ///< last place from which 16 bytes may be loaded
    std::size_t most_labels_;
    bool with_milliseconds_;
    std::array<SampleLine::Label, room> labels_;
};

} // namespace sluice::series
