#pragma once
#include "charts/content.h"
#include "story/story.h"

#include <map>
#include <memory>

namespace sluice::screens {

/// Makes the charts of a session: which metrics, their lines as pyramids that grow with the story, limits, markers.
class ChartFeed {
public:
    /// As of the moment; at most `most` charts, those on which triggers and gates hang first.
    std::vector<charts::ChartContent> contents(const story::Moment& moment, std::size_t most = 4);

private:
    const series::Pyramid* grown(const story::Line& line);
    charts::ChartContent content(const story::Moment& moment, const plan::Metric& metric);

    struct Growing {
        series::Pyramid pyramid;
        std::size_t taken = 0;
    };
    std::map<session::SeriesKey, Growing> lines_;
};

} // namespace sluice::screens
