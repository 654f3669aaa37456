#pragma once
#include "series/exposition.h"

#include <optional>
#include <span>
#include <string_view>

namespace sluice::series {

/// One sample as its line has it. All views are good until the sink returns.
struct SampleLine {
    struct Label {
        std::string_view name;
        std::string_view value; ///< empty means: no such label
    };
    std::string_view written;      ///< `name{…}` as it stands in the text: the same bytes are the same series
    std::string_view name;         ///< of the metric
    std::span<const Label> labels; ///< the others, in the order of the line, no name twice
    double value = 0;
    std::optional<Nanos> at; ///< the line's own timestamp

    /// All of them, `__name__` among them; those that are empty left out.
    Labels to_labels() const;
};

/// Takes an exposition line by line, in the order of the text. What was given before an error was found is not to be
/// used: a text is good as a whole or not at all.
class ExpositionSink {
public:
    virtual ~ExpositionSink() = default;
    virtual void sample(const SampleLine& line) = 0;
    /// At most once each for a name.
    virtual void help(std::string_view name, std::string_view text);
    virtual void type(std::string_view name, MetricType type);
};

/// By which way samples are read. Both read the same and find the same errors.
enum class ExpositionWay {
    quick,   ///< the usual form of a line at once, any other as `checked` does
    checked, ///< each character by itself; what the quick way is tested against
};

/// Reads as `parse_exposition` does, with the same errors, and keeps nothing.
Result<void> read_exposition(std::string_view text, std::string_view source, const ExpositionBudget& budget,
                             ExpositionFormat format, ExpositionSink& sink, ExpositionWay way = ExpositionWay::quick);

} // namespace sluice::series
