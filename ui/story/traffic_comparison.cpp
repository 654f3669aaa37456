#include "analysis/gate.h"
#include "story/traffic_parts.h"

#include <algorithm>
#include <cmath>

namespace sluice::story {
namespace {

/// The gate that looks at this metric: of the hold that started last, else the first that the plan has.
const plan::Gate* watching_gate(const release::Release& release, const std::string& metric) {
    const plan::Gate* found = nullptr;
    Nanos begun{-1};
    for (const auto& step : release.plan->steps) {
        const auto* hold = std::get_if<plan::Hold>(&step.body);
        for (const auto& gate : hold ? hold->gates : step.gates) {
            if (gate.metric == metric && release.at(step.id).begun > begun) {
                found = &gate;
                begun = release.at(step.id).begun;
            }
        }
    }
    return found;
}

int gravity(Mark mark) {
    switch (mark) {
    case Mark::breached:
        return 4;
    case Mark::source_error:
        return 3;
    case Mark::no_data:
        return 2;
    case Mark::close:
        return 1;
    default:
        return 0;
    }
}

Mark mark_against(const Answer& answer, const plan::Must& must) {
    if (!answer.value) {
        return answer.mark;
    }
    if (!must.holds(*answer.value)) {
        return Mark::breached;
    }
    const auto left = analysis::headroom(must, *answer.value);
    return left && *left <= analysis::close_share ? Mark::close : Mark::holds;
}

QString verdict_word(Mark mark) {
    switch (mark) {
    case Mark::breached:
        return TrafficText::tr("breached");
    case Mark::source_error:
        return TrafficText::tr("source error");
    case Mark::no_data:
        return TrafficText::tr("no data");
    case Mark::close:
        return TrafficText::tr("close");
    default:
        return TrafficText::tr("holds");
    }
}

/// One unit and one number of decimals for a row: the figures of both arms are read against each other.
class RowFormat {
public:
    RowFormat(const std::string& unit, double largest) {
        if (unit == "ratio") {
            factor_ = 100;
            unit_ = QStringLiteral("%");
        } else if (unit == "s") {
            factor_ = largest < 1 ? 1000 : 1;
            unit_ = largest < 1 ? QStringLiteral("ms") : QStringLiteral("s");
        } else if (unit == "per-second") {
            unit_ = QStringLiteral("/s");
        }
        const double shown = largest * factor_;
        const bool whole = unit == "messages" || unit == "count" || unit == "bytes" || unit == "bool";
        decimals_ = whole || shown >= 1000 ? 0 : shown >= 10 ? 1 : 2;
    }

    const QString& unit() const { return unit_; }
    QString text(double value, bool with_sign = false) const {
        QString digits = QString::number(std::abs(value * factor_), 'f', decimals_);
        const bool nothing = digits.toDouble() == 0;
        const auto point = digits.indexOf(u'.');
        for (auto at = (point < 0 ? digits.size() : point) - 3; at > 0; at -= 3) {
            digits.insert(at, u',');
        }
        const QString sign = nothing     ? QString()
                             : value < 0 ? QStringLiteral("−")
                             : with_sign ? QStringLiteral("+")
                                         : QString();
        return sign + digits;
    }

private:
    double factor_ = 1;
    int decimals_ = 2;
    QString unit_;
};

Comparison compared(const Moment& moment, const plan::Metric& metric, const Sides& sides, const Answer& released,
                    const Answer& initial) {
    Comparison row;
    row.metric = QString::fromStdString(metric.title.empty() ? metric.name : metric.title);
    const RowFormat format(metric.unit,
                           std::max(std::abs(released.value.value_or(0)), std::abs(initial.value.value_or(0))));
    const auto cell = [&](const Answer& answer) {
        return answer.value ? format.text(*answer.value) : QStringLiteral("–");
    };
    row.unit = format.unit();
    row.released = cell(released);
    row.initial = cell(initial);
    if (released.value && initial.value) {
        row.difference = format.text(*released.value - *initial.value, true);
    }
    const plan::Gate* gate = watching_gate(moment.release, metric.name);
    if (!gate) {
        return row;
    }
    const auto served = release::arms_with_traffic(moment.release);
    row.mark = Mark::holds;
    QString why;
    for (const auto& [arm, answer] : {std::pair(sides.released, &released), std::pair(sides.initial, &initial)}) {
        if (!gate->arm.empty() && gate->arm != arm) {
            continue;
        }
        Mark mark = mark_against(*answer, gate->must);
        if (gate->arm.empty() && !served.contains(arm)) {
            if (mark == Mark::breached && row.mark == Mark::holds) { // no gate counts it; nor is it as it should be
                row.mark = Mark::close;
                why = TrafficText::tr("%1 has no traffic, and would breach").arg(as_text(arm));
            }
            continue;
        }
        if (gravity(mark) > gravity(*row.mark)) {
            row.mark = mark;
            why = answer->why;
        }
    }
    row.word = verdict_word(*row.mark) + (why.isEmpty() ? QString() : QStringLiteral(": ") + why);
    return row;
}

} // namespace

Answer answer_of(const Moment& moment, const plan::Metric& metric, const std::string& arm) {
    Answer answer;
    const Line* line = moment.readings.line(metric.name, arm);
    const Reading* reading = line ? line->at(moment.now) : nullptr;
    if (!reading) {
        answer.why = TrafficText::tr("no answer yet");
        return answer;
    }
    answer.why = QString::fromStdString(reading->detail);
    if (reading->status == session::SampleStatus::source_error) {
        answer.mark = Mark::source_error;
    } else if (reading->status == session::SampleStatus::ok) {
        if (moment.now - reading->measured_at > analysis::max_age(metric)) {
            answer.why = TrafficText::tr("too old");
        } else {
            answer.value = reading->value;
        }
    }
    return answer;
}

QString figure(double value, const std::string& unit) {
    QString text = QString::fromStdString(analysis::format_value(value, unit));
    if (text.startsWith(u'-')) {
        text.replace(0, 1, QStringLiteral("−"));
    }
    // Thousands are grouped as everywhere on the screen.
    const auto begin = text.startsWith(QStringLiteral("−")) ? 1 : 0;
    auto end = begin;
    while (end < text.size() && text[end].isDigit()) {
        ++end;
    }
    for (auto at = end - 3; at > begin; at -= 3) {
        text.insert(at, u',');
    }
    return text;
}

std::vector<Comparison> comparisons(const Moment& moment, const Sides& sides) {
    std::vector<Comparison> rows;
    for (const auto& metric : moment.release.plan->metrics) {
        if (metric.by_arm.empty()) {
            continue;
        }
        const Answer released = answer_of(moment, metric, sides.released);
        const Answer initial = answer_of(moment, metric, sides.initial);
        const bool ever = moment.readings.line(metric.name, sides.released) != nullptr ||
                          moment.readings.line(metric.name, sides.initial) != nullptr;
        if (ever) {
            rows.push_back(compared(moment, metric, sides, released, initial));
        }
    }
    return rows;
}

} // namespace sluice::story
