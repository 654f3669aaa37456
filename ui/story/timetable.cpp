#include "story/timetable.h"

#include "story/format.h"
#include "story/step_titles.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <map>
#include <set>

namespace sluice::story {
namespace {

struct TimetableText {
    Q_DECLARE_TR_FUNCTIONS(TimetableText)
};

using Kind = Timetable::Kind;

Kind kind_of(const plan::StepBody& body) {
    if (by_hand(body)) {
        return Kind::person;
    }
    if (std::holds_alternative<plan::Hold>(body)) {
        return Kind::hold;
    }
    if (std::holds_alternative<plan::Wait>(body)) {
        return Kind::wait;
    }
    if (std::holds_alternative<plan::Shift>(body)) {
        return Kind::shift;
    }
    return plan::is_effect(body) ? Kind::act : Kind::look;
}

class Reckoning {
public:
    Reckoning(const plan::Plan& plan, const plan::Scope& values) : plan_(plan), values_(values) {}

    Timetable made() {
        const bool bound =
            std::any_of(plan_.phases.begin(), plan_.phases.end(), [](const auto& one) { return one.window; });
        bool t0_known = !bound;
        for (const auto& phase : plan_.phases) {
            if (phase.window && !t0_known) {
                table_.t0 = at_;
                t0_known = true;
            }
            add_phase(phase);
        }
        table_.length = at_;
        return std::move(table_);
    }

private:
    void add_phase(const plan::Phase& phase) {
        Timetable::Phase made{filled(phase.title), at_, at_, phase.window, 0};
        phase_from_ = at_;
        Nanos to = at_;
        bool first = true;
        for (const auto& step : plan_.steps) {
            if (plan_.phase_of(step.id) != &phase || !runs(step)) {
                continue;
            }
            const Nanos from = start_of(step);
            if (first) { // a phase whose first step waits for its time begins with it
                made.from = phase_from_ = from;
                first = false;
            }
            ++made.steps;
            place(step, from);
            to = std::max(to, ends_[step.id]);
        }
        made.to = std::max(to, made.from + phase.planned.value_or(Nanos{}));
        at_ = made.to;
        table_.phases.push_back(std::move(made));
    }

    bool runs(const plan::Step& step) {
        bool run = step.left_out.empty() && !left_out_.contains(step.parent);
        if (run && !step.choice.empty()) {
            const auto* decide = std::get_if<plan::Decide>(&plan_.step(step.parent)->body);
            run = decide == nullptr || decide->by_default.empty() || decide->by_default == step.choice;
        }
        // What isn't known before the release runs is taken to run.
        run = run && (!step.when || plan::evaluate(*step.when, values_).truth != plan::Truth::no);
        if (!run) {
            left_out_.insert(step.id);
        }
        return run;
    }

    Nanos start_of(const plan::Step& step) const {
        Nanos from = phase_from_;
        const auto after = [&](const plan::StepId& id, Nanos delay) {
            if (const auto end = ends_.find(id); end != ends_.end()) {
                from = std::max(from, end->second + delay);
            }
        };
        for (const auto& needed : step.needs) {
            after(needed, {});
        }
        if (const auto parent = starts_.find(step.parent); parent != starts_.end()) {
            from = std::max(from, parent->second);
        }
        if (step.not_before && step.not_before->step.empty()) {
            from = std::max(from, table_.t0 + step.not_before->delay);
        } else if (step.not_before) {
            after(step.not_before->step, step.not_before->delay);
        }
        return from;
    }

    void place(const plan::Step& step, Nanos from) {
        const Nanos to = from + planned_time(step).value_or(Nanos{});
        starts_[step.id] = from;
        ends_[step.id] = to;
        for (auto parent = step.parent; !parent.empty(); parent = plan_.step(parent)->parent) {
            ends_[parent] = std::max(ends_[parent], to);
        }
        if (step.point_of_no_return && !table_.no_return) {
            table_.no_return = by_hand(step.body) ? to : from; // a person's answer comes at its end
            table_.no_return_title = filled(step.title);
        }
        if (const auto* shift = std::get_if<plan::Shift>(&step.body)) {
            add_weight(*shift, to);
        }
        if (!std::holds_alternative<plan::Group>(step.body)) {
            table_.bars.push_back({step.id, filled(step.title), kind_of(step.body), from, to});
        }
    }

    void add_weight(const plan::Shift& shift, Nanos at) {
        if (plan_.traffic.empty() || shift.traffic != plan_.traffic.front().name) {
            return;
        }
        for (const auto& [arm, percent] : shift.weights) {
            if (arm != plan_.traffic.front().initial) {
                const bool again = !table_.weights.empty() && table_.weights.back().percent == percent;
                if (!again) { // the last switch at 100 % moves nothing that can be seen
                    table_.weights.push_back({at, percent, QString::fromStdString(arm)});
                }
                return;
            }
        }
    }

    QString filled(const std::string& text) const {
        return QString::fromStdString(plan::fill(text, values_).value_or(text));
    }

    const plan::Plan& plan_;
    const plan::Scope& values_;
    Timetable table_;
    Nanos at_, phase_from_;
    std::map<plan::StepId, Nanos> starts_, ends_;
    std::set<plan::StepId> left_out_;
};

} // namespace

std::optional<Nanos> planned_time(const plan::Step& step) {
    if (step.planned) {
        return step.planned;
    }
    if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
        return hold->for_;
    }
    const auto* wait = std::get_if<plan::Wait>(&step.body);
    return wait ? wait->for_ : std::nullopt;
}

Timetable timetable(const plan::Plan& plan, const plan::Scope& values) {
    return Reckoning(plan, values).made();
}

QString from_t0(const Timetable& table, Nanos at) {
    const auto whole = (at - table.t0).count / minutes(1).count;
    if (whole == 0) {
        return QStringLiteral("T0");
    }
    const auto size = whole < 0 ? -whole : whole;
    return QStringLiteral("T%1%2:%3")
        .arg(whole < 0 ? QStringLiteral("−") : QStringLiteral("+"))
        .arg(size / 60)
        .arg(size % 60, 2, 10, QChar('0'));
}

std::optional<Nanos> moment_of(const Timetable& table, Nanos at) {
    // What comes before T0 is not bound to it: it begins with the session, and there may be days between.
    return table.t0_at && at >= table.t0 ? std::optional(*table.t0_at + (at - table.t0)) : std::nullopt;
}

QString spoken(const Timetable& table) {
    QStringList said;
    if (table.t0_at) {
        said << TimetableText::tr("T0 is %1 at the earliest").arg(utc_day(*table.t0_at));
    }
    for (const auto& phase : table.phases) {
        said << TimetableText::tr("%1 from %2%3")
                    .arg(phase.title, from_t0(table, phase.from),
                         phase.window ? TimetableText::tr(", in the window") : QString());
    }
    for (const auto& weight : table.weights) {
        said << TimetableText::tr("%1 % to %2 at %3")
                    .arg(QString::number(weight.percent), weight.arm, from_t0(table, weight.at));
    }
    if (table.no_return) {
        said << TimetableText::tr("no way back from %1: %2")
                    .arg(from_t0(table, *table.no_return), table.no_return_title);
    }
    return said.join(QStringLiteral("; "));
}

} // namespace sluice::story
