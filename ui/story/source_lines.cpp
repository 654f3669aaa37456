#include "story/source_lines.h"

#include "analysis/latest.h"
#include "story/format.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <map>

namespace sluice::story {
namespace {

struct SourceText {
    Q_DECLARE_TR_FUNCTIONS(SourceText)
};

/// One connection with the metrics that it answers, or one program.
struct Source {
    SourceLine line;
    bool well = false;
    std::optional<Nanos> measured; ///< of the freshest value
};

std::optional<Nanos> freshest(const Moment& moment, const std::string& metric) {
    std::optional<Nanos> newest;
    for (const Line* line : moment.readings.of(metric)) {
        const Reading* reading = line->at(moment.now);
        if (reading != nullptr && reading->status == session::SampleStatus::ok) {
            newest = std::max(newest.value_or(reading->measured_at), reading->measured_at);
        }
    }
    return newest;
}

QString age_text(const Moment& moment, Nanos measured) {
    return moment.mode == Mode::replay ? old(moment.now, measured) : ago(moment.now, measured);
}

int badness(const std::string& state) {
    return state == "source-error" ? 3 : state == "no-data" ? 2 : state == "ok" ? 0 : 1;
}

QString state_word(const std::string& state) {
    return state == "source-error" ? SourceText::tr("source error")
           : state == "no-data"    ? SourceText::tr("no data")
           : state == "degraded"   ? SourceText::tr("degraded")
                                   : QString::fromStdString(state);
}

Mark state_mark(const std::string& state) {
    return state == "source-error" ? Mark::source_error : state == "no-data" ? Mark::no_data : Mark::close;
}

QString name_of(const plan::Plan& plan, const plan::Connection& connection) {
    const auto same = std::count_if(plan.connections.begin(), plan.connections.end(),
                                    [&](const auto& other) { return other.kind == connection.kind; });
    QString name = QString::fromStdString(connection.name);
    switch (connection.kind) {
    case plan::ConnectionKind::prometheus:
        return same == 1 ? QStringLiteral("Prometheus") : QStringLiteral("Prometheus ") + name;
    case plan::ConnectionKind::scrape:
        return SourceText::tr("Metrics of %1").arg(name);
    case plan::ConnectionKind::alertmanager:
        return same == 1 ? QStringLiteral("Alertmanager") : QStringLiteral("Alertmanager ") + name;
    case plan::ConnectionKind::kafka:
        return same == 1 ? QStringLiteral("Kafka") : QStringLiteral("Kafka ") + name;
    case plan::ConnectionKind::kubernetes:
        return same == 1 ? QStringLiteral("Kubernetes") : QStringLiteral("Kubernetes ") + name;
    case plan::ConnectionKind::host: // of which only its certificate is asked
        return name;
    case plan::ConnectionKind::http:
        break;
    }
    return QStringLiteral("HTTP ") + name;
}

Source look_at(const Moment& moment, const QString& name, const std::vector<const plan::Metric*>& all) {
    Source source;
    source.line.name = name;
    QStringList tips;
    std::string worst = "ok";
    int unwell = 0;
    Nanos since;
    bool stale = true;
    for (const plan::Metric* metric : all) {
        const auto measured = freshest(moment, metric->name);
        const auto state = moment.release.sources.find(metric->name);
        QString tip = QString::fromStdString(metric->title) + QStringLiteral(": ");
        if (state != moment.release.sources.end() && state->second.state != "ok") {
            ++unwell;
            if (badness(state->second.state) > badness(worst)) {
                worst = state->second.state;
                since = state->second.since;
            }
            tip += state_word(state->second.state);
            if (!state->second.why.empty()) {
                tip += QStringLiteral(", ") + QString::fromStdString(state->second.why);
            }
        } else {
            tip += measured ? age_text(moment, *measured) : SourceText::tr("not asked yet");
        }
        tips += tip;
        if (measured) {
            source.measured = std::max(source.measured.value_or(*measured), *measured);
            stale = stale && moment.now - *measured > analysis::max_age(*metric);
        }
    }
    source.line.tip = tips.join(u'\n');
    if (worst != "ok") {
        const QString what = state_word(worst) + u' ' + clock(moment.now - since);
        source.line.mark = state_mark(worst);
        source.line.state = unwell == static_cast<int>(all.size())
                                ? what
                                : SourceText::tr("%1 of %2 %3").arg(unwell).arg(static_cast<int>(all.size())).arg(what);
    } else if (!source.measured) {
        source.line.state = SourceText::tr("not asked yet");
    } else {
        source.line.state = age_text(moment, *source.measured);
        source.line.mark = stale ? Mark::close : Mark::holds;
        source.well = !stale;
    }
    return source;
}

std::vector<SourceLine> lines_of(const Moment& moment, std::size_t most) {
    const auto& plan = moment.release.plan;
    if (!plan) {
        return {};
    }
    std::map<std::string, std::vector<const plan::Metric*>> answers;
    for (const auto& metric : plan->metrics) {
        answers[metric.from].push_back(&metric);
    }
    std::vector<Source> sources;
    for (const auto& connection : plan->connections) {
        if (const auto found = answers.find(connection.name); found != answers.end()) {
            sources.push_back(look_at(moment, name_of(*plan, connection), found->second));
        }
    }
    for (const auto& metric : plan->metrics) {
        if (metric.run) { // which no connection answers
            sources.push_back(
                look_at(moment, SourceText::tr("Program of %1").arg(QString::fromStdString(metric.name)), {&metric}));
        }
    }
    if (sources.size() > most) {
        std::stable_partition(sources.begin(), sources.end(), [](const Source& one) { return !one.well; });
        const std::size_t shown = most - 1;
        SourceLine rest;
        std::size_t well = 0;
        std::optional<Nanos> oldest;
        QStringList tips;
        for (std::size_t i = shown; i < sources.size(); ++i) {
            const Source& one = sources[i];
            well += one.well ? 1 : 0;
            if (one.well) {
                oldest = std::min(oldest.value_or(*one.measured), *one.measured);
            }
            tips += one.line.name + QStringLiteral(": ") + one.line.state;
        }
        const std::size_t hidden = sources.size() - shown;
        rest.name = SourceText::tr("%1 sources").arg(hidden);
        rest.tip = tips.join(u'\n');
        if (well == hidden) {
            rest.mark = Mark::holds;
            rest.state = SourceText::tr("well, oldest %1").arg(age_text(moment, *oldest));
        } else {
            rest.mark = Mark::source_error;
            rest.state = SourceText::tr("%1 of them not well").arg(hidden - well);
        }
        sources.resize(shown);
        std::vector<SourceLine> lines;
        lines.reserve(sources.size() + 1);
        for (auto& one : sources) {
            lines.push_back(std::move(one.line));
        }
        lines.push_back(std::move(rest));
        return lines;
    }
    std::vector<SourceLine> lines;
    lines.reserve(sources.size());
    for (auto& one : sources) {
        lines.push_back(std::move(one.line));
    }
    return lines;
}

} // namespace

// The second copy of the session is no source, and like one in that somebody must see when it is not well.
std::vector<SourceLine> present_sources(const Moment& moment, std::size_t most) {
    const auto& copy = moment.release.copy;
    const bool behind = copy.state == "behind";
    auto lines = lines_of(moment, behind && most > 1 ? most - 1 : most);
    if (!copy.place.empty() && lines.size() < most) {
        SourceLine line;
        line.name = SourceText::tr("Second copy");
        line.mark = behind ? Mark::source_error : Mark::holds;
        line.state = behind ? SourceText::tr("behind %1").arg(clock(moment.now - copy.since)) : SourceText::tr("kept");
        line.tip = QString::fromStdString(copy.place + (copy.why.empty() ? "" : "\n" + copy.why));
        lines.insert(behind ? lines.begin() : lines.end(), std::move(line));
    }
    return lines;
}

} // namespace sluice::story
