#include "charts/content.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

namespace sluice::charts {
namespace {

QString words(const char* text) {
    return QCoreApplication::translate("charts", text);
}

} // namespace

double factor(Scale scale) {
    switch (scale) {
    case Scale::as_is:
        return 1;
    case Scale::percent:
        return 100;
    case Scale::milliseconds:
        return 1000;
    }
    return 1;
}

ValueAxis axis_of(const ChartContent& content, Span span, int count) {
    const double by = factor(content.scale);
    std::optional<std::pair<double, double>> seen;
    const auto see = [&](double low, double high) {
        seen = seen ? std::pair(std::min(seen->first, low * by), std::max(seen->second, high * by))
                    : std::pair(low * by, high * by);
    };
    for (const ChartLine& line : content.lines) {
        for (const auto* samples : {line.samples, line.past}) {
            if (const auto extent = samples ? samples->extent(span.from, span.to) : std::nullopt) {
                see(extent->min, extent->max);
            }
        }
    }
    if (content.usual) {
        see(content.usual->low, content.usual->high);
    }
    std::vector<AxisLimit> limits;
    for (const ChartLimit& limit : content.limits) {
        limits.push_back({limit.value * by, limit.breached_above});
    }
    return value_axis(seen, limits, count);
}

QString Readout::Row::text() const {
    return !value ? words("no data") : from_history ? words("%1 from history").arg(figure(*value)) : figure(*value);
}

Readout readout(const ChartContent& content, Nanos at) {
    Readout answer{at, {}};
    for (const ChartLine& line : content.lines) {
        auto point = line.samples ? line.samples->last_at(at) : std::nullopt;
        const bool watched = point.has_value();
        if (!point && line.past) {
            point = line.past->last_at(at);
        }
        auto& row = answer.rows.emplace_back();
        row.name = line.name;
        row.place = line.place;
        if (point) {
            row.value = point->value * factor(content.scale);
            row.from_history = !watched;
        }
    }
    return answer;
}

bool shows_history(const ChartContent& content, Span span) {
    return std::any_of(content.lines.begin(), content.lines.end(),
                       [&](const ChartLine& line) { return line.past && line.past->extent(span.from, span.to); });
}

QString state_words(theme::Mark state) {
    switch (state) {
    case theme::Mark::holds:
        return words("holds");
    case theme::Mark::close:
        return words("close to its limit");
    case theme::Mark::breached:
        return words("breached");
    case theme::Mark::no_data:
        return words("no data");
    case theme::Mark::source_error:
        return words("source error");
    case theme::Mark::paused:
        return words("paused");
    case theme::Mark::to_come:
        return words("to come");
    case theme::Mark::running:
        return words("running");
    case theme::Mark::skipped:
        return words("skipped");
    }
    return {};
}

QString describe(const ChartContent& content) {
    QStringList parts{QStringLiteral("%1: %2 %3, %4")
                          .arg(content.title, content.value_text, content.unit, state_words(content.state))
                          .simplified()};
    for (const ChartLine& line : content.lines) {
        const auto newest = line.samples ? line.samples->newest() : std::nullopt;
        const QString now = !line.now.isEmpty() ? line.now
                            : newest            ? figure(newest->value * factor(content.scale))
                                                : words("no data");
        parts << (line.name + ' ' + now).trimmed();
    }
    for (const ChartLimit& limit : content.limits) {
        parts << (limit.breached_above ? words("limit, not above %1") : words("limit, not below %1"))
                     .arg(figure(limit.value * factor(content.scale)));
    }
    QStringList filled;
    for (const ChartLine& line : content.lines) {
        if (line.past && line.past->oldest()) {
            filled << line.name;
        }
    }
    if (!filled.isEmpty()) {
        filled.removeAll(QString());
        parts << (filled.isEmpty() ? words("where nobody watched, drawn paler: from history")
                                   : words("where nobody watched, drawn paler: %1 from history")
                                         .arg(filled.join(QStringLiteral(", "))));
    }
    if (!content.footer.isEmpty()) {
        parts << content.footer;
    }
    return parts.join(QStringLiteral("; "));
}

} // namespace sluice::charts
