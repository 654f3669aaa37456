#pragma once
#include "charts/ticks.h"
#include "series/pyramid.h"
#include "theme/marks.h"

#include <QString>
#include <optional>
#include <vector>

/// What a chart shows, as one value: made from the feed by whoever has it, compared, and drawn.
namespace sluice::charts {

/// Place of a line that is no arm's: the whole system, drawn in the colour of text.
constexpr int whole = -1;

/// A line of one arm. The samples are in the metric's own unit.
struct ChartLine {
    QString name;  ///< of the arm, as people call it
    int place = 0; ///< of the arm in the plan, for colour and line style (theme/tokens.h); or `whole`
    const series::Pyramid* samples = nullptr; ///< lives as long as it is shown; null draws nothing

    QString now = {}; ///< its figure at the moment that is shown, where that is not the newest sample; else empty

    /// What was asked for afterwards, where nothing was watched: drawn paler. Lives as long; null = nothing was.
    const series::Pyramid* past = nullptr;

    friend bool operator==(const ChartLine&, const ChartLine&) = default;
};

struct ChartLimit {
    double value = 0; ///< in the metric's own unit
    bool breached_above = true;

    friend bool operator==(const ChartLimit&, const ChartLimit&) = default;
};

/// What was usual before the release, as a band behind the lines; in the metric's own unit.
struct UsualBand {
    double low = 0;
    double high = 0;

    friend bool operator==(const UsualBand&, const UsualBand&) = default;
};

enum class MarkerKind { shift, phase, note, alert, breach };

/// An event, as a dotted line with a word at its top.
struct ChartMarker {
    Nanos at;
    QString label;
    MarkerKind kind = MarkerKind::shift;

    friend bool operator==(const ChartMarker&, const ChartMarker&) = default;
};

/// How the metric's own unit is shown: ratios as per cent, seconds as milliseconds.
enum class Scale { as_is, percent, milliseconds };

struct ChartContent {
    QString title;
    QString unit;       ///< that of the figures shown, "ms" for Scale::milliseconds
    QString value_text; ///< the current figure; "–" when there is none
    theme::Mark state = theme::Mark::holds;
    QString footer;
    std::vector<ChartLine> lines;
    std::vector<ChartLimit> limits;
    std::vector<ChartMarker> markers; ///< oldest first
    Scale scale = Scale::as_is;
    std::optional<UsualBand> usual;
    QString metric = {};    ///< what is chosen by it: a metric, or one arm of it
    bool has_parts = false; ///< a sum of which somebody else shows the parts (MetricChart::parts_asked): a lag
    QString heading = {};   ///< the title with no line broken between a number and its unit; empty = as it is

    friend bool operator==(const ChartContent&, const ChartContent&) = default;
};

/// What a chart can show: a metric, or one arm of it.
struct MetricChoice {
    QString metric; ///< as it is chosen by
    QString title;
    QString note = {}; ///< "no gate reads it"; empty = nothing to say

    friend bool operator==(const MetricChoice&, const MetricChoice&) = default;
};

/// What to multiply by, to get from the metric's own unit to the figures shown.
double factor(Scale scale);

/// The axis of values for what is seen in `span`.
ValueAxis axis_of(const ChartContent& content, Span span, int count);

/// The values of all lines at one time: the last sample at or before it, and none in a gap.
struct Readout {
    struct Row {
        QString name;
        int place = 0;
        std::optional<double> value; ///< as shown; nothing is told as "no data"
        bool from_history = false;   ///< nobody watched then: it was asked for afterwards

        QString text() const;
    };
    Nanos at;
    std::vector<Row> rows;
};
Readout readout(const ChartContent& content, Nanos at);

/// Whether something that is seen in `span` was asked for afterwards (ChartLine::past), so that the chart says so.
bool shows_history(const ChartContent& content, Span span);

/// The chart in words, for those who don't see it: title, figure, state, each arm's newest value, limits.
QString describe(const ChartContent& content);

/// "holds", "close to its limit" …
QString state_words(theme::Mark state);

} // namespace sluice::charts
