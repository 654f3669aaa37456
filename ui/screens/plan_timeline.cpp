#include "screens/plan_timeline.h"

#include "story/format.h"
#include "theme/marks.h"
#include "theme/tokens.h"

#include <QCoreApplication>
#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>

namespace sluice::screens {
namespace {

using story::Timetable;

constexpr double margin = 1, least = 34, gap = 3;
constexpr double phase_top = 24, phase_high = 30, bars_top = 62, bar_high = 10, weights_top = 98, weights_high = 44;

QColor colour_of(Timetable::Kind kind) {
    const auto& t = theme::tokens();
    switch (kind) {
    case Timetable::Kind::person:
        return t.accent;
    case Timetable::Kind::hold:
        return t.blue;
    case Timetable::Kind::shift:
        return t.green;
    case Timetable::Kind::act:
        return t.text;
    case Timetable::Kind::look:
    case Timetable::Kind::wait:
        break;
    }
    return t.dim;
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [&](int x, int y) { return static_cast<int>(x + (y - x) * share); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

/// Paints one timetable.
class TimelinePainter {
public:
    TimelinePainter(QPainter& painter, const Timetable& table, const plan::StepId& selected, QSizeF size)
        : p_(painter), table_(table), selected_(selected), size_(size),
          scale_(table, margin, size.width() - 2 * margin), t_(theme::tokens()) {}

    void paint() {
        phases();
        bars();
        weights();
        no_return();
    }

private:
    double text(QPointF at, const QString& what, int pixels, const QColor& colour, double wide, bool figures = false,
                QFont::Weight weight = QFont::Normal) {
        const QFont font = figures ? theme::figure_font(pixels, weight) : theme::text_font(pixels, weight);
        p_.setFont(font);
        p_.setPen(colour);
        const QFontMetricsF metrics(font);
        const QString shown = metrics.elidedText(what, Qt::ElideRight, wide);
        p_.drawText(at, shown);
        return metrics.horizontalAdvance(shown);
    }

    void phases() {
        double free_from = 0; // where the next time can stand without touching the one before
        for (std::size_t i = 0; i < table_.phases.size(); ++i) {
            const auto& phase = table_.phases[i];
            const QRectF box(scale_.from(i), phase_top, scale_.to(i) - scale_.from(i) - gap, phase_high);
            p_.setPen(QPen(phase.window ? t_.accent : t_.line, 1));
            p_.setBrush(phase.window ? mixed(t_.raised, t_.accent, 0.16) : t_.raised);
            p_.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
            const QString number = QString::number(i + 1);
            const bool room = box.width() > 74;
            text({box.left() + 8, box.top() + 20}, room ? number + QStringLiteral("  ") + phase.title : number, 12,
                 t_.text, box.width() - 12, false, QFont::DemiBold);
            const bool told = i > 0 && table_.phases[i - 1].from == phase.from;
            const QFontMetricsF metrics(theme::figure_font(11));
            QString from = story::from_t0(table_, phase.from);
            if (table_.t0_at && phase.from == table_.t0) { // on the clock too, where the next time leaves room
                const QString whole = from + QStringLiteral("  ") + story::utc_day(*table_.t0_at);
                from = box.left() + metrics.horizontalAdvance(whole) + 10 <= next_time(i) ? whole : from;
            }
            const double needs = metrics.horizontalAdvance(from);
            if (box.left() >= free_from && box.left() + needs <= size_.width() && !told) {
                text({box.left(), phase_top - 8}, from, 11, t_.dim, needs + 1, true);
                free_from = box.left() + needs + 10;
            }
        }
        const QString end = story::from_t0(table_, table_.length);
        const QFontMetricsF metrics(theme::figure_font(11));
        const double left = size_.width() - margin - metrics.horizontalAdvance(end);
        if (left >= free_from) {
            text({left, phase_top - 8}, end, 11, t_.dim, 90, true);
        }
    }

    /// Where the next time after that of the phase stands, or the end's.
    double next_time(std::size_t i) const {
        const Nanos from = table_.phases[i].from;
        for (++i; i < table_.phases.size(); ++i) {
            if (table_.phases[i].from != from) {
                return scale_.from(i);
            }
        }
        const QFontMetricsF metrics(theme::figure_font(11));
        return size_.width() - margin - metrics.horizontalAdvance(story::from_t0(table_, table_.length));
    }

    // What takes no planned time is a mark at its moment.
    void bars() {
        const auto draw = [&](const Timetable::Bar& bar, bool loud) {
            const double left = scale_.x(bar.from);
            const double wide = std::max(scale_.x(bar.to) - left - 1, 2.0);
            const double more = loud ? 3 : 0;
            p_.fillRect(QRectF(left, bars_top - more, loud ? std::max(wide, 4.0) : wide, bar_high + 2 * more),
                        loud ? t_.text : colour_of(bar.kind));
        };
        for (const auto& bar : table_.bars) {
            draw(bar, false);
        }
        for (const auto& bar : table_.bars) {
            if (bar.step == selected_) {
                draw(bar, true);
            }
        }
    }

    void weights() {
        if (table_.weights.empty()) {
            return;
        }
        const QRectF box(margin, weights_top, size_.width() - 2 * margin - gap, weights_high);
        const auto y = [&](int percent) { return box.bottom() - box.height() * percent / 100; };
        QPainterPath area(QPointF(scale_.x(table_.weights.front().at), box.bottom()));
        double last = box.bottom();
        for (const auto& weight : table_.weights) {
            const double x = scale_.x(weight.at);
            area.lineTo(x, last);
            last = y(weight.percent);
            area.lineTo(x, last);
        }
        area.lineTo(box.right(), last);
        area.lineTo(box.right(), box.bottom());
        area.closeSubpath();
        p_.fillRect(box, mixed(t_.panel, t_.blue, 0.16));
        p_.fillPath(area, mixed(t_.panel, t_.green, 0.34));
        for (std::size_t i = 0; i < table_.weights.size(); ++i) {
            const auto& weight = table_.weights[i];
            const double x = scale_.x(weight.at);
            p_.setPen(QPen(t_.green, 2));
            p_.drawLine(QPointF(x, box.bottom()), QPointF(x, y(weight.percent)));
            // Above the area, and no further than to the next: "10 %", else "10".
            const double room = (i + 1 < table_.weights.size() ? scale_.x(table_.weights[i + 1].at) : box.right()) - x;
            const QFontMetricsF metrics(theme::figure_font(11, QFont::DemiBold));
            for (const QString& label : {QStringLiteral("%1 %").arg(weight.percent), QString::number(weight.percent)}) {
                if (metrics.horizontalAdvance(label) + 4 <= room || weight.percent == 100) {
                    text({std::min(x, box.right() - metrics.horizontalAdvance(label)), box.top() - 4}, label, 11,
                         t_.text, 60, true, QFont::DemiBold);
                    break;
                }
            }
        }
        text({box.left() + 6, box.bottom() - 5},
             QCoreApplication::translate("PlanTimeline", "traffic to %1").arg(table_.weights.front().arm), 11, t_.dim,
             scale_.x(table_.weights.front().at) - box.left() - 10);
    }

    void no_return() {
        if (!table_.no_return) {
            return;
        }
        const double x = scale_.x(*table_.no_return);
        p_.setPen(QPen(t_.breach, 2, Qt::DashLine));
        p_.drawLine(QPointF(x, phase_top), QPointF(x, weights_top + weights_high + 6));
        const QString words = QCoreApplication::translate("PlanTimeline", "✕ no way back from here: %1 (%2)")
                                  .arg(table_.no_return_title, story::from_t0(table_, *table_.no_return));
        const QFontMetricsF metrics(theme::text_font(11, QFont::DemiBold));
        const double wide = metrics.horizontalAdvance(words);
        const double left = std::clamp(x - wide / 2, margin, std::max(margin, size_.width() - margin - wide));
        text({left, weights_top + weights_high + 20}, words, 11, t_.breach, size_.width() - 2 * margin, false,
             QFont::DemiBold);
    }

    QPainter& p_;
    const Timetable& table_;
    const plan::StepId& selected_;
    QSizeF size_;
    TimelineScale scale_;
    const theme::Tokens& t_;
};

} // namespace

TimelineScale::TimelineScale(const Timetable& table, double left, double wide) {
    const double count = static_cast<double>(std::max<std::size_t>(1, table.phases.size()));
    const double floor = std::min(least, wide / count);
    const double shared = wide - floor * count;
    double sum = 0; // of what the phases take; what lies between two of them belongs to the one before
    for (std::size_t i = 0; i < table.phases.size(); ++i) {
        const Nanos end = i + 1 < table.phases.size() ? table.phases[i + 1].from : table.length;
        times_.emplace_back(table.phases[i].from, end);
        sum += static_cast<double>((end - table.phases[i].from).count);
    }
    edges_.push_back(left);
    for (const auto& [from, to] : times_) {
        const double share = sum > 0 ? static_cast<double>((to - from).count) / sum : 1 / count;
        edges_.push_back(edges_.back() + floor + shared * share);
    }
}

double TimelineScale::x(Nanos at) const {
    for (std::size_t i = 0; i < times_.size(); ++i) {
        const auto& [from, to] = times_[i];
        const bool last = i + 1 == times_.size();
        if (at < to || last) {
            const double length = static_cast<double>((to - from).count);
            const double share = length > 0 ? static_cast<double>((at - from).count) / length : 0;
            return edges_[i] + (edges_[i + 1] - edges_[i]) * std::clamp(share, 0.0, 1.0);
        }
    }
    return edges_.front();
}

PlanTimeline::PlanTimeline(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Timeline of the plan"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void PlanTimeline::show_table(Timetable table) {
    if (table == table_) {
        return;
    }
    table_ = std::move(table);
    setAccessibleDescription(story::spoken(table_));
    update();
}

void PlanTimeline::select(const plan::StepId& step) {
    if (step != selected_) {
        selected_ = step;
        update();
    }
}

void PlanTimeline::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (!table_.phases.empty()) {
        TimelinePainter(painter, table_, selected_, size()).paint();
    }
}

QString PlanTimeline::tip_at(double x) const {
    const TimelineScale scale(table_, margin, width() - 2 * margin);
    QStringList lines;
    for (std::size_t i = 0; i < table_.phases.size(); ++i) {
        if (x >= scale.from(i) && x < scale.to(i)) {
            const auto& phase = table_.phases[i];
            lines << tr("%1 · %2 to %3%4")
                         .arg(phase.title, story::from_t0(table_, phase.from), story::from_t0(table_, phase.to),
                              phase.window ? tr(" · in the window") : QString());
            if (const auto from = story::moment_of(table_, phase.from)) {
                lines << tr("%1, at the earliest").arg(story::utc_span(*from, story::moment_of(table_, phase.to)));
            }
        }
    }
    for (const auto& bar : table_.bars) {
        if (x >= scale.x(bar.from) - 2 && x <= scale.x(bar.to) + 2 && lines.size() < 8) {
            lines << story::from_t0(table_, bar.from) + QStringLiteral("  ") + bar.title;
        }
    }
    return lines.join('\n');
}

bool PlanTimeline::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), tip_at(help->pos().x()), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace sluice::screens
