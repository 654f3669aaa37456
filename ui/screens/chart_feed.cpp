#include "screens/chart_feed.h"

#include "story/figure.h"
#include "story/metric_view.h"

#include <QCoreApplication>

namespace sluice::screens {
namespace {

theme::Mark mark(story::Mark mark) {
    return static_cast<theme::Mark>(mark);
} // the same list (story/step_mark.h)

/// A replay knows samples that are still to come at the moment that it shows.
QString figure_at(const story::Line& line, Nanos now, const story::MetricView& view) {
    const auto* reading = line.at(now);
    if (reading == nullptr || reading->status != session::SampleStatus::ok) {
        return QCoreApplication::translate("charts", "no data");
    }
    const double by = story::factor(view.scale), shown = reading->value * by;
    const auto limit = view.limit_value ? std::optional(*view.limit_value * by) : std::nullopt;
    return story::fixed(shown, story::decimals_for(shown, limit));
}

std::vector<charts::ChartMarker> markers(const story::Moment& moment) {
    std::vector<charts::ChartMarker> made;
    for (const auto& entry : moment.entries) {
        const auto& event = entry.event;
        if (const auto* intent = std::get_if<release::Intent>(&event.body)) {
            if (const QString label = story::weight_label(*moment.release.plan, *intent); !label.isEmpty()) {
                made.push_back({event.time, label, charts::MarkerKind::shift});
            }
        } else if (std::holds_alternative<release::RollbackStarted>(event.body)) {
            made.push_back({event.time, QCoreApplication::translate("Charts", "rollback"), charts::MarkerKind::breach});
        }
    }
    return made;
}

} // namespace

const series::Pyramid* ChartFeed::grown(const story::Line& line) {
    auto& growing = lines_[line.key()];
    for (; growing.taken < line.readings().size(); ++growing.taken) {
        const auto& reading = line.readings()[growing.taken];
        if (reading.status == session::SampleStatus::ok) {
            growing.pyramid.append(reading.at, reading.value);
        } else {
            growing.pyramid.append_gap(reading.at);
        }
    }
    return &growing.pyramid;
}

charts::ChartContent ChartFeed::content(const story::Moment& moment, const plan::Metric& metric) {
    const auto view = story::present_metric(moment, metric);
    charts::ChartContent content;
    content.title = view.title;
    content.unit = view.unit;
    content.value_text = view.value;
    content.state = mark(view.mark);
    content.footer = view.footer;
    content.scale = static_cast<charts::Scale>(view.scale);
    for (const auto& of : view.lines) {
        content.lines.push_back({of.arm, of.place, grown(*of.line), figure_at(*of.line, moment.now, view)});
    }
    if (view.limit_value) {
        content.limits = {{*view.limit_value, view.breached_above}};
    }
    return content;
}

std::vector<charts::ChartContent> ChartFeed::contents(const story::Moment& moment, std::size_t most) {
    std::vector<charts::ChartContent> made;
    if (!moment.release.plan) {
        return made;
    }
    for (const auto* metric : story::leading_metrics(*moment.release.plan)) {
        if (made.size() < most && !moment.readings.of(metric->name).empty()) {
            made.push_back(content(moment, *metric));
        }
    }
    const auto marked = markers(moment);
    for (auto& content : made) {
        content.markers = marked;
    }
    return made;
}

} // namespace sluice::screens
