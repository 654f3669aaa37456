#include "panels/phase_strip.h"

#include "panels/mark_of.h"
#include "panels/painted_text.h"
#include "story/format.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <numeric>

namespace sluice::panels {
namespace {

constexpr int strip_gap = 4;
constexpr int least_bar = 6;  ///< in little room: only the bar
constexpr int mark_only = 16; ///< what a phase keeps whose title does not fit
constexpr int readable = 60;  ///< a cut title in less says nothing

QString phase_label(const story::PhaseBar& phase) {
    const bool plain = phase.mark == story::Mark::to_come;
    return plain ? phase.title : theme::glyph(mark_of(phase.mark)) + u' ' + phase.title;
}

QFont label_font(const story::PhaseBar& phase) {
    const bool loud = phase.mark != story::Mark::to_come && phase.mark != story::Mark::holds;
    return theme::text_font(11, loud ? QFont::DemiBold : QFont::Normal);
}

int current_of(const std::vector<story::PhaseBar>& phases) {
    const auto found = std::find_if(phases.begin(), phases.end(), [](const auto& phase) {
        return phase.mark != story::Mark::to_come && phase.mark != story::Mark::holds;
    });
    if (found == phases.end()) { // nothing has begun, or all is over
        const bool over = !phases.empty() && phases.back().mark == story::Mark::holds;
        return over ? static_cast<int>(phases.size()) - 1 : -1;
    }
    return static_cast<int>(found - phases.begin());
}

QString spoken(const story::PhaseBar& phase) {
    return PhaseStrip::tr("%1: %2, %3 of its steps over")
        .arg(phase.title, phase.word, story::percent(phase.fraction, 0));
}

} // namespace

std::vector<std::pair<int, int>> strip_segments(int width, const std::vector<int>& wanted, int at, int gap) {
    const int count = static_cast<int>(wanted.size());
    if (count == 0) {
        return {};
    }
    const int inner = std::max(count, width - gap * (count - 1));
    std::vector<int> widths(wanted.size(), inner / count);
    if (*std::max_element(wanted.begin(), wanted.end()) > inner / count) {
        const int from = std::max(0, at);
        const int beside = count > 1 ? (inner - wanted[static_cast<std::size_t>(from)]) / (count - 1) : inner;
        const int with_marks = std::min(std::clamp(beside, least_bar, mark_only), inner / count);
        // What comes next by its name says more than marks on what is over: its bar is green anyway.
        const auto names_next = [&](int others) {
            const auto next = static_cast<std::size_t>(from) + 1;
            const int room = inner - wanted[static_cast<std::size_t>(from)] - others * (count - 2);
            return next < wanted.size() && room >= std::min(wanted[next], readable);
        };
        const bool bars_only = !names_next(with_marks) && names_next(least_bar);
        std::fill(widths.begin(), widths.end(), bars_only ? least_bar : with_marks);
        int left = inner - count * widths.front();
        // From the current one outwards, and of two that are as far the one that lies ahead.
        std::vector<int> order(wanted.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
            return std::pair(std::abs(a - from), a < from) < std::pair(std::abs(b - from), b < from);
        });
        for (const int i : order) {
            int& own = widths[static_cast<std::size_t>(i)];
            const int more = std::min(left, wanted[static_cast<std::size_t>(i)] - own);
            if (more > 0 && (i == from || own + more >= std::min(wanted[static_cast<std::size_t>(i)], readable))) {
                own += more;
                left -= more;
            }
        }
        for (int& own : widths) {
            own += left / count;
        }
    }
    std::vector<std::pair<int, int>> segments;
    int x = 0;
    for (const int own : widths) {
        segments.emplace_back(x, own);
        x += own + gap;
    }
    return segments;
}

PhaseStrip::PhaseStrip(QWidget* parent) : QWidget(parent) {
    read_as_text(*this);
    setAccessibleName(tr("Phases"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
}

void PhaseStrip::show_phases(const std::vector<story::PhaseBar>& phases) {
    if (phases == phases_) {
        return;
    }
    phases_ = phases;
    // Where all titles fit there is no need to spread further.
    setMaximumWidth(std::max(540, wanted_width()));
    QStringList all;
    for (const auto& phase : phases_) {
        all << spoken(phase);
    }
    setAccessibleDescription(all.join(QStringLiteral("; ")));
    update();
}

int PhaseStrip::wanted_width() const {
    int widest = 0;
    for (const auto& phase : phases_) {
        widest = std::max(widest, QFontMetrics(label_font(phase)).horizontalAdvance(phase_label(phase)));
    }
    return static_cast<int>(phases_.size()) * (widest + 24);
}

QSize PhaseStrip::sizeHint() const {
    return {540, 32};
}

QSize PhaseStrip::minimumSizeHint() const {
    return {200, 32};
}

std::vector<std::pair<int, int>> PhaseStrip::segments() const {
    std::vector<int> wanted;
    for (const auto& phase : phases_) {
        wanted.push_back(QFontMetrics(label_font(phase)).horizontalAdvance(phase_label(phase)) + 6);
    }
    return strip_segments(width(), wanted, current_of(phases_), strip_gap);
}

void PhaseStrip::paintEvent(QPaintEvent*) {
    const auto& t = theme::tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto places = segments();
    const int top = (height() - 26) / 2;
    for (std::size_t i = 0; i < phases_.size(); ++i) {
        const auto& phase = phases_[i];
        const auto [x, width] = places[i];
        const QRectF groove(x, top, width, 4);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.line);
        painter.drawRoundedRect(groove, 2, 2);
        if (phase.fraction > 0) {
            painter.setBrush(phase.mark == story::Mark::to_come ? t.line : theme::colour(mark_of(phase.mark)));
            painter.drawRoundedRect(QRectF(x, top, std::max(4.0, width * phase.fraction), 4), 2, 2);
        }
        const bool ahead = phase.mark == story::Mark::to_come;
        const bool done = phase.mark == story::Mark::holds;
        const QFont font = label_font(phase);
        QString label = phase_label(phase);
        const QFontMetrics metrics(font);
        if (metrics.horizontalAdvance(label) > width && width < readable) {
            label = ahead || width < mark_only ? QString() : theme::glyph(mark_of(phase.mark));
        }
        painter.setFont(font);
        painter.setPen(ahead || done ? t.dim : t.text);
        painter.drawText(QRect(x, top + 6, width, 20), static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                         metrics.elidedText(label, Qt::ElideRight, width));
    }
}

bool PhaseStrip::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto places = segments();
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (help->pos().x() >= places[i].first &&
                help->pos().x() < places[i].first + places[i].second + strip_gap) {
                QToolTip::showText(help->globalPos(), spoken(phases_[i]), this);
                return true;
            }
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace sluice::panels
