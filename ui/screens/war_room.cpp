#include "screens/war_room.h"

#include "charts/metric_chooser.h"
#include "panels/mark_of.h"
#include "panels/phase_strip.h"
#include "screens/chart_feed.h"
#include "story/chart_choice.h"
#include "theme/marks.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <cmath>
#include <numeric>

namespace sluice::screens {
namespace {

using story::WallView;

double unit_of(QSizeF size) {
    return std::min(size.height() / 100, size.width() / 150);
}

/// Of a tile, from 0.
QRectF tile_box(QSizeF size, std::size_t tiles, int tile) {
    const double u = unit_of(size), gap = 2.2 * u, count = static_cast<double>(std::max<std::size_t>(tiles, 4));
    const double wide = (size.width() - 8 * u - gap * (count - 1)) / count;
    return {4 * u + tile * (wide + gap), 43 * u, wide, 35 * u};
}

/// Paints one view into a widget: `u` is a hundredth of the height.
class WallPainter {
public:
    WallPainter(QPainter& painter, const WallView& view, QSizeF size)
        : p_(painter), view_(view), size_(size), u_(unit_of(size)), margin_(4 * u_), width_(size.width() - 8 * u_),
          t_(theme::tokens()) {}

    void paint() {
        p_.fillRect(QRectF({}, size_), background());
        head();
        split();
        phases();
        tiles();
        foot();
    }

private:
    QColor background() const {
        const QColor tint = view_.tone == WallView::Tone::paused ? t_.warn
                            : view_.tone == WallView::Tone::breach || view_.tone == WallView::Tone::rolling_back
                                ? t_.breach
                                : t_.background;
        const auto mix = [&](int a, int b) { return a + (b - a) * 12 / 100; };
        const QColor& from = t_.background;
        return {mix(from.red(), tint.red()), mix(from.green(), tint.green()), mix(from.blue(), tint.blue())};
    }
    QColor loud() const {
        return view_.tone == WallView::Tone::paused ? t_.warn
               : view_.tone == WallView::Tone::calm ? t_.accent
               : view_.tone != WallView::Tone::over ? t_.breach
               : view_.banner.startsWith(u'✓')      ? t_.green
               : view_.banner.startsWith(u'△')      ? t_.warn
                                                    : t_.breach;
    }

    double text(double x, double y, const QString& what, double units, const QColor& colour, double wide,
                QFont::Weight weight = QFont::Normal, bool figures = false, bool right = false) {
        const int pixels = std::max(8, static_cast<int>(units * u_));
        const QFont font = figures ? theme::figure_font(pixels, weight) : theme::text_font(pixels, weight);
        p_.setFont(font);
        p_.setPen(colour);
        const QFontMetricsF metrics(font);
        const QString shown = metrics.elidedText(what, Qt::ElideRight, wide);
        const double length = metrics.horizontalAdvance(shown);
        p_.drawText(QPointF(right ? x - length : x, y), shown);
        return length;
    }

    void head() {
        const double right = size_.width() - margin_;
        const double clock = text(right, 10.5 * u_, view_.clock, 8.6, t_.text, width_ / 2, QFont::DemiBold, true, true);
        text(right, 14 * u_, view_.rollback, 2.7, t_.dim, width_ * 0.45, QFont::Normal, false, true);
        const double lead =
            text(right, 17.2 * u_, view_.lead, 2.7, t_.dim, width_ * 0.2, QFont::Normal, false, true) + 2 * u_;
        const double room = width_ - clock - 4 * u_;
        text(margin_, 7.6 * u_, view_.title, 4.8, t_.text, room, QFont::Bold);
        text(margin_, 11.8 * u_, view_.where, 2.8, t_.dim, room);
        if (!view_.banner.isEmpty()) {
            const double length = text(margin_, 17.2 * u_, view_.banner, 3.0, loud(), width_ * 0.5, QFont::Bold);
            text(margin_ + length + 2 * u_, 17.2 * u_, view_.banner_why, 2.7,
                 view_.tone == WallView::Tone::calm ? t_.dim : loud(), width_ - length - 2 * u_ - lead);
        }
    }

    void split() {
        const QRectF bar(margin_, 19.6 * u_, width_, 12 * u_);
        if (view_.split.empty()) {
            return;
        }
        QPainterPath outline;
        outline.addRoundedRect(bar, 1.4 * u_, 1.4 * u_);
        p_.save();
        p_.setClipPath(outline);
        double x = bar.left();
        for (const auto& share : view_.split) {
            const double wide = bar.width() * share.percent / 100;
            p_.fillRect(QRectF(x, bar.top(), wide, bar.height()), theme::arm_colour(share.place));
            const QString weight = QString("%1 %").arg(share.percent);
            const bool fits = wide > 14 * u_;
            const double length =
                fits ? text(x + 1.4 * u_, bar.top() + 8 * u_, weight, 5.6, t_.on_arm, wide, QFont::Bold) : 0;
            if (wide - length > 18 * u_) {
                text(x + wide - 1.4 * u_, bar.top() + 7 * u_, share.arm, 2.6, t_.on_arm, wide - length - 5 * u_,
                     QFont::Bold, false, true);
            }
            x += wide;
        }
        p_.restore();
    }

    // As wide as their titles want, those about the current one first (panels/phase_strip.h).
    void phases() {
        const int gap = std::max(2, static_cast<int>(0.6 * u_));
        const double room = width_ - gap * (static_cast<double>(view_.phases.size()) - 1);
        std::vector<int> wanted;
        int now = -1;
        // A little smaller rather than cut, while that is still to be read from afar.
        double type = phase_type;
        for (;; type -= 0.1) {
            wanted.clear();
            for (const auto& phase : view_.phases) {
                const QFont font = theme::text_font(std::max(8, static_cast<int>(type * u_)),
                                                    phase.now ? QFont::DemiBold : QFont::Normal);
                wanted.push_back(static_cast<int>(QFontMetricsF(font).horizontalAdvance(phase_text(phase)) + u_ / 2));
                now = phase.now ? static_cast<int>(wanted.size()) - 1 : now;
            }
            if (type <= least_phase_type || std::accumulate(wanted.begin(), wanted.end(), 0) <= room) {
                break;
            }
        }
        const auto places = panels::strip_segments(static_cast<int>(width_), wanted, now, gap);
        const double y = (view_.split.empty() ? 22 : 34) * u_;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto& phase = view_.phases[i];
            const double x = margin_ + places[i].first, wide = places[i].second;
            p_.setPen(Qt::NoPen);
            p_.setBrush(t_.line);
            p_.drawRoundedRect(QRectF(x, y, wide, 1.8 * u_), u_ * 0.6, u_ * 0.6);
            if (phase.done > 0) {
                p_.setBrush(phase.now ? t_.accent : phase.stopped ? t_.dim : t_.green);
                p_.drawRoundedRect(QRectF(x, y, wide * phase.done, 1.8 * u_), u_ * 0.6, u_ * 0.6);
            }
            text(x, y + 4.2 * u_, phase_text(phase), type, phase.now ? t_.text : t_.dim, wide,
                 phase.now ? QFont::DemiBold : QFont::Normal);
        }
    }

    static constexpr double phase_type = 1.9, least_phase_type = 1.6;
    static QString phase_text(const WallView::PhaseBar& phase) {
        const QString mark = phase.now         ? theme::glyph(theme::Mark::running)
                             : phase.stopped   ? theme::glyph(theme::Mark::skipped)
                             : phase.done >= 1 ? theme::glyph(theme::Mark::holds)
                                               : QString();
        return mark.isEmpty() ? phase.title : mark + u' ' + phase.title;
    }

    void tiles() {
        if (view_.tiles.empty()) {
            return;
        }
        for (std::size_t i = 0; i < view_.tiles.size(); ++i) {
            const auto& tile = view_.tiles[i];
            const QRectF box = tile_box(size_, view_.tiles.size(), static_cast<int>(i));
            const double x = box.left(), wide = box.width();
            const auto mark = panels::mark_of(tile.mark);
            const bool well = mark == theme::Mark::holds;
            const QColor colour = well ? t_.text : theme::colour(mark);
            p_.setPen(QPen(well ? t_.line : colour, well ? 1 : 0.35 * u_));
            p_.setBrush(t_.panel);
            p_.drawRoundedRect(box, 1.4 * u_, 1.4 * u_);
            const double left = x + 2.4 * u_, room = wide - 4.8 * u_;
            tile_title(tile.title, left, box.top(), room);
            text(left, box.top() + 11.6 * u_, tile.value, 6.4, colour, room, QFont::DemiBold, true);
            text(left, box.top() + 15.6 * u_, theme::glyph(mark) + ' ' + tile.caption, 2.5, well ? t_.dim : colour,
                 room);
            line(tile, QRectF(left, box.top() + 18.5 * u_, room, 13 * u_), well ? t_.green : colour);
        }
    }

    // One that does not fit stands on two smaller lines.
    void tile_title(const QString& title, double left, double top, double room) {
        const QFontMetricsF small(theme::text_font(std::max(8, static_cast<int>(2.1 * u_))));
        const QFontMetricsF usual(theme::text_font(std::max(8, static_cast<int>(2.6 * u_))));
        qsizetype cut = -1;
        for (auto at = title.indexOf(u' '); at >= 0; at = title.indexOf(u' ', at + 1)) {
            cut = small.horizontalAdvance(title.left(at)) <= room ? at : cut;
        }
        if (usual.horizontalAdvance(title) <= room || cut < 0) {
            text(left, top + 5 * u_, title, 2.6, t_.dim, room);
            return;
        }
        text(left, top + 3.2 * u_, title.left(cut), 2.1, t_.dim, room);
        text(left, top + 5.7 * u_, title.mid(cut + 1), 2.1, t_.dim, room);
    }

    // Gaps are not bridged.
    void line(const WallView::Tile& tile, const QRectF& box, const QColor& colour) {
        p_.setPen(QPen(colour, 0.36 * u_, Qt::SolidLine, Qt::RoundCap));
        const double step = box.width() / std::max<double>(1, static_cast<double>(tile.line.size()) - 1);
        for (std::size_t i = 1; i < tile.line.size(); ++i) {
            const double a = tile.line[i - 1], b = tile.line[i];
            if (!std::isnan(a) && !std::isnan(b)) {
                p_.drawLine(QPointF(box.left() + static_cast<double>(i - 1) * step, box.bottom() - a * box.height()),
                            QPointF(box.left() + static_cast<double>(i) * step, box.bottom() - b * box.height()));
            }
        }
    }

    void foot() {
        // Where no figures stand above it there is room: to be read from further away, and one below the other.
        const bool roomy = view_.tiles.empty();
        const double larger = roomy ? 1.3 : 1, half = width_ * 0.5;
        double y = (roomy ? 46 : 83.6) * u_;
        if (!view_.next.isEmpty()) {
            const double wide = roomy ? width_ : half - 3 * u_;
            text(margin_, y, QCoreApplication::translate("WarRoom", "Next"), 2.6, t_.dim, wide);
            text(margin_, y + 4.4 * larger * u_, view_.next, 3.4 * larger, t_.text, wide, QFont::DemiBold);
            text(margin_, y + 8.2 * larger * u_, view_.next_when, 2.6 * larger, t_.dim, wide);
            y += roomy ? 18 * u_ : 0;
        }
        const bool beside = !roomy && !view_.next.isEmpty();
        const double left = beside ? margin_ + half + u_ : margin_, wide = beside ? half - u_ : width_;
        text(left, y, QCoreApplication::translate("WarRoom", "Just now"), 2.6, t_.dim, wide);
        for (std::size_t i = 0; i < view_.just_now.size() && i < 4; ++i) {
            text(left, y + (4 + 3.1 * static_cast<double>(i)) * larger * u_, view_.just_now[i], 2.2 * larger,
                 i == 0 ? t_.text : t_.dim, wide);
        }
    }

    QPainter& p_;
    const WallView& view_;
    QSizeF size_;
    double u_, margin_, width_;
    const theme::Tokens& t_;
};

} // namespace

WarRoom::WarRoom(QWidget* parent) : QWidget(parent) {
    setWindowTitle(tr("War room"));
    setAccessibleName(tr("War room"));
    setFocusPolicy(Qt::StrongFocus);
}

void WarRoom::show_moment(const story::Moment& moment) {
    choices_ = ChartFeed::choices(moment);
    auto view = story::present_wall(moment, chosen_);
    if (view == view_) {
        return;
    }
    view_ = std::move(view);
    QStringList said{view_.title, view_.clock, view_.where, view_.lead, view_.banner, view_.banner_why, view_.rollback};
    for (const auto& share : view_.split) {
        said << QString("%1 %2 %").arg(share.arm).arg(share.percent);
    }
    for (const auto& tile : view_.tiles) {
        said << tile.title + ' ' + tile.value + ' ' + charts::state_words(panels::mark_of(tile.mark));
    }
    said << view_.next;
    said.removeAll(QString());
    setAccessibleDescription(said.join("; "));
    update();
}

void WarRoom::show_trouble(const QString& words) {
    if (words != trouble_) {
        trouble_ = words;
        setAccessibleName(words.isEmpty() ? tr("War room") : tr("War room: %1").arg(words));
        update();
    }
}

void WarRoom::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    WallPainter(painter, view_, size()).paint();
    if (!trouble_.isEmpty()) {
        const auto& t = theme::tokens();
        const int high = std::max(48, height() / 10);
        const QRect band(0, height() - high, width(), high);
        painter.fillRect(band, t.danger);
        painter.setPen(t.on_danger);
        painter.setFont(theme::text_font(high * 3 / 11, QFont::DemiBold));
        painter.drawText(band.adjusted(high / 3, 0, -high / 3, 0), Qt::AlignVCenter | Qt::TextWordWrap,
                         QStringLiteral("✕ ") + trouble_);
    }
}

void WarRoom::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape || event->key() == Qt::Key_F11) {
        emit left();
        return;
    }
    const int tile = event->key() == Qt::Key_C ? 0 : event->key() - Qt::Key_1;
    if (event->modifiers() == Qt::NoModifier && open_chooser(tile) != nullptr) {
        return;
    }
    QWidget::keyPressEvent(event);
}

charts::MetricChooser* WarRoom::open_chooser(int tile) {
    if (tile < 0 || tile >= static_cast<int>(view_.tiles.size())) {
        return nullptr;
    }
    auto* list = new charts::MetricChooser(choices_, view_.tiles[static_cast<std::size_t>(tile)].choice, this);
    connect(list, &charts::MetricChooser::chosen, this, [this, tile](const QString& metric) {
        chosen_ = story::chosen_at(chosen_, static_cast<std::size_t>(tile), metric);
        emit tiles_chosen();
    });
    const QRect box = tile_box(size(), view_.tiles.size(), tile).toAlignedRect();
    list->open_at({mapToGlobal(box.topLeft()), QSize(box.width(), box.height() / 6)}); // its figure is still to be seen
    return list;
}

} // namespace sluice::screens
