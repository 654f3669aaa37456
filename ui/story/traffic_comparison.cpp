#include "analysis/gate.h"
#include "plan/gates.h"
#include "story/figure.h"
#include "story/gate_limit.h"
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
        for (const auto& gate : plan::gates_of(step)) {
            if (!gate.shadow && gate.metric == metric && release.at(step.id).begun > begun) {
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

Mark mark_of(const Moment& moment, const plan::Gate& gate, const std::string& arm, const Answer& answer) {
    if (!answer.value) {
        return answer.mark;
    }
    const auto holds = plan::holds(gate, *answer.value, reference_at(moment, gate, arm, moment.now));
    if (!holds) {
        return Mark::no_data;
    }
    const auto limit = limit_at(moment, gate, arm, moment.now);
    const auto left = limit ? analysis::headroom(limit->must, *answer.value, limit->from) : std::nullopt;
    return !*holds ? Mark::breached : left && *left <= analysis::close_share ? Mark::close : Mark::holds;
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
    RowFormat(const std::string& unit, const Answer& one, const Answer& other, std::optional<double> limit) {
        const double largest = std::max(std::abs(one.value.value_or(0)), std::abs(other.value.value_or(0)));
        shown_ = shown_unit(unit, limit && *limit != 0 ? *limit : largest);
        const auto bound = limit ? std::optional(*limit * shown_.factor) : std::nullopt;
        decimals_ =
            decimals_beside(one.value.value_or(0) * shown_.factor, other.value.value_or(0) * shown_.factor, bound);
    }

    const QString& unit() const { return shown_.name; }
    QString text(double value) const { return fixed(value * shown_.factor, decimals_); }
    QString signed_text(double value) const {
        const QString digits = text(value);
        const bool nothing = std::none_of(digits.begin(), digits.end(), [](QChar c) { return c >= u'1' && c <= u'9'; });
        return nothing ? QStringLiteral("0") : value > 0 ? u'+' + digits : digits;
    }

private:
    ShownUnit shown_;
    int decimals_ = 0;
};

Comparison compared(const Moment& moment, const plan::Metric& metric, const Sides& sides, const Answer& released,
                    const Answer& initial) {
    Comparison row;
    row.metric = QString::fromStdString(metric.title.empty() ? metric.name : metric.title);
    const plan::Gate* gate = watching_gate(moment.release, metric.name);
    const auto bound = gate ? limit_at(moment, *gate, sides.released, moment.now) : std::nullopt;
    const RowFormat format(metric.unit, released, initial, bound ? std::optional(bound->must.limit) : std::nullopt);
    const auto cell = [&](const Answer& answer) {
        return answer.value ? format.text(*answer.value) : QStringLiteral("–");
    };
    row.unit = format.unit();
    row.released = cell(released);
    row.initial = cell(initial);
    if (released.value && initial.value) {
        row.difference = format.signed_text(*released.value - *initial.value);
    }
    if (!gate) {
        return row;
    }
    const auto served = release::arms_with_traffic(moment.release);
    row.mark = Mark::holds;
    QString why, unknown;
    for (const auto& [arm, answer] : {std::pair(sides.released, &released), std::pair(sides.initial, &initial)}) {
        if ((!gate->arm.empty() && gate->arm != arm) || compares_with(*gate, arm)) {
            continue;
        }
        Mark mark = mark_of(moment, *gate, arm, *answer);
        if (gate->arm.empty() && !served.contains(arm)) {
            if (!answer->value) {
                unknown = as_text(arm);
            }
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
    if (*row.mark == Mark::holds && !unknown.isEmpty()) { // the gate holds; that both do is not known
        row.mark.reset();
        row.word = TrafficText::tr("%1 has neither traffic nor data").arg(unknown);
        return row;
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
