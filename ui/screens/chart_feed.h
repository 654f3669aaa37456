#pragma once
#include "charts/content.h"
#include "story/story.h"

#include <QStringList>
#include <map>

namespace sluice::screens {

/// Makes the charts of a session: which metrics, their lines as pyramids that grow with the story, limits, markers.
class ChartFeed {
public:
    /// As of the moment; at most `most` charts, as story/chart_choice.h says.
    std::vector<charts::ChartContent> contents(const story::Moment& moment, std::size_t most = 4);

    /// What a chart can show, one arm or all.
    static std::vector<charts::MetricChoice> choices(const story::Moment& moment);

    /// What a place shows, from 0: a metric or one arm of it; empty: not chosen.
    void choose(std::size_t place, const QString& metric);
    const QStringList& chosen() const { return chosen_; }
    void set_chosen(const QStringList& metrics) { chosen_ = metrics; }

private:
    const series::Pyramid* grown(const story::Line& line);
    const series::Pyramid* past_of(const story::Moment& moment, const session::SeriesKey& key, Nanos interval);
    charts::ChartContent content(const story::Moment& moment, const plan::Metric& metric, const std::string& arm);
    const std::vector<charts::ChartMarker>& markers(const story::Moment& moment);

    struct Growing {
        series::Pyramid pyramid;
        std::size_t taken = 0;
    };
    std::map<session::SeriesKey, Growing> lines_;
    std::map<session::SeriesKey, Growing> past_; ///< made anew when more was asked for
    QStringList chosen_;                         ///< by place
    std::vector<charts::ChartMarker> markers_;
    std::size_t marked_ = 0; ///< events that `markers_` tell of
};

} // namespace sluice::screens
