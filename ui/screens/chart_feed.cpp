#include "screens/chart_feed.h"

#include "story/chart_choice.h"
#include "story/figure.h"
#include "story/format.h"
#include "story/metric_view.h"

#include <QCoreApplication>
#include <algorithm>

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

void add_marker(const story::Moment& moment, const release::Event& event, std::vector<charts::ChartMarker>& made) {
    if (const auto* intent = std::get_if<release::Intent>(&event.body)) {
        if (const QString label = story::weight_label(*moment.release.plan, *intent); !label.isEmpty()) {
            made.push_back({event.time, label, charts::MarkerKind::shift});
        }
    } else if (std::holds_alternative<release::RollbackStarted>(event.body)) {
        made.push_back({event.time, QCoreApplication::translate("Charts", "rollback"), charts::MarkerKind::breach});
    }
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

/// Null where nothing was asked for afterwards. Between the hour before and a gap of the desk nothing is joined.
const series::Pyramid* ChartFeed::past_of(const story::Moment& moment, const session::SeriesKey& key, Nanos interval) {
    const story::Line* line = moment.readings.past(key);
    if (line == nullptr) {
        return nullptr;
    }
    auto& made = past_[key];
    if (made.taken == line->readings().size()) {
        return &made.pyramid;
    }
    made.pyramid.clear();
    made.taken = line->readings().size();
    std::optional<Nanos> last;
    for (const auto& reading : line->readings()) {
        if (last && reading.at - *last > interval * 3) {
            made.pyramid.append_gap(*last + interval);
        }
        if (reading.status == session::SampleStatus::ok) {
            made.pyramid.append(reading.at, reading.value);
        } else {
            made.pyramid.append_gap(reading.at);
        }
        last = reading.at;
    }
    if (last) {
        made.pyramid.append_gap(*last + interval);
    }
    return &made.pyramid;
}

charts::ChartContent ChartFeed::content(const story::Moment& moment, const plan::Metric& metric,
                                        const std::string& arm) {
    const auto view = story::present_metric(moment, metric, arm);
    charts::ChartContent content;
    content.title = view.title;
    content.heading = story::unbroken(view.title);
    content.unit = view.unit;
    content.value_text = view.value;
    content.state = mark(view.mark);
    content.footer = view.footer;
    content.scale = static_cast<charts::Scale>(view.scale);
    content.has_parts = metric.lag.has_value();
    for (const auto& of : view.lines) {
        auto& line = content.lines.emplace_back();
        line.name = of.arm;
        line.place = of.place;
        line.samples = grown(*of.line);
        line.past = past_of(moment, of.line->key(), metric.interval);
        line.now = figure_at(*of.line, moment.now, view);
    }
    if (view.limit_value) {
        content.limits = {{*view.limit_value, view.breached_above}};
    }
    if (view.usual) {
        content.usual = charts::UsualBand{view.usual->first, view.usual->second};
    }
    return content;
}

const std::vector<charts::ChartMarker>& ChartFeed::markers(const story::Moment& moment) {
    if (moment.entries.size() < marked_) { // somebody has gone back in time
        std::erase_if(markers_, [&](const charts::ChartMarker& marker) { return marker.at > moment.now; });
        marked_ = moment.entries.size();
    }
    for (; marked_ < moment.entries.size(); ++marked_) {
        add_marker(moment, moment.entries[marked_].event, markers_);
    }
    return markers_;
}

std::vector<charts::MetricChoice> ChartFeed::choices(const story::Moment& moment) {
    std::vector<charts::MetricChoice> made;
    for (const auto& offered : story::offered_choices(moment)) {
        made.push_back({story::text_of(offered.choice), offered.title, offered.note});
    }
    return made;
}

void ChartFeed::choose(std::size_t place, const QString& metric) {
    chosen_ = story::chosen_at(chosen_, place, metric);
}

std::vector<charts::ChartContent> ChartFeed::contents(const story::Moment& moment, std::size_t most) {
    std::vector<charts::ChartContent> made;
    if (!moment.release.plan) {
        return made;
    }
    const auto& marked = markers(moment);
    for (const auto& choice : story::choices_to_show(moment, chosen_, most)) {
        made.push_back(content(moment, *story::metric_of(moment, choice), choice.arm));
        made.back().metric = story::text_of(choice);
        made.back().markers = marked;
    }
    return made;
}

} // namespace sluice::screens
