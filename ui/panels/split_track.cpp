#include "panels/split_track.h"

#include "theme/tokens.h"

#include <QPainter>
#include <algorithm>

namespace sluice::panels {
namespace {

constexpr double track_margin = 9; // half of the handle
constexpr double groove_y = 14;    // its middle
constexpr double groove_height = 4;
constexpr double handle_radius = 8;

/// The weights below the groove; one that would touch its neighbour is left out, never the one at the handle.
void paint_scale(QPainter& painter, const QSize& size, const TrackLook& look) {
    const theme::Tokens& t = theme::tokens();
    painter.setFont(theme::text_font(11));
    const QFontMetricsF metrics(painter.font());
    struct Label {
        double left, right;
    };
    std::vector<Label> taken;
    const auto draw = [&](const story::Station& station) {
        const QString text = QString::number(station.weight);
        const double wide = metrics.horizontalAdvance(text);
        const double left = std::clamp(track_x(station.weight, size.width()) - wide / 2, 0.0, size.width() - wide);
        for (const auto& other : taken) {
            if (left < other.right + 4 && left + wide > other.left - 4) {
                return;
            }
        }
        taken.push_back({left, left + wide});
        const bool strong = station.weight == look.handle || (look.acts && station.allowed);
        painter.setPen(strong ? t.text : t.dim);
        painter.drawText(QPointF(left, size.height() - 6), text);
    };
    for (const bool handle : {true, false}) {
        for (const auto& station : look.split->stations) {
            if ((station.weight == look.handle) == handle) {
                draw(station);
            }
        }
    }
}

/// Where one can stop: a full tick where it may go now, a small hollow one where it may not.
void paint_stations(QPainter& painter, const QSize& size, const TrackLook& look) {
    const theme::Tokens& t = theme::tokens();
    for (const auto& station : look.split->stations) {
        const QPointF at(track_x(station.weight, size.width()), groove_y);
        if (station.here || (look.acts && station.allowed)) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(station.here ? theme::arm_colour(look.split->released_place) : t.text);
            painter.drawRoundedRect(QRectF(at.x() - 1.5, at.y() - 6, 3, 12), 1.5, 1.5);
        } else {
            painter.setPen(QPen(t.dim, 1));
            painter.setBrush(t.background);
            painter.drawEllipse(at, 2.5, 2.5);
        }
    }
}

/// What the edge really sends: a small triangle above the groove.
void paint_observed(QPainter& painter, const QSize& size, const TrackLook& look) {
    if (!look.split->observed) {
        return;
    }
    const double x = track_x(std::clamp(*look.split->observed, 0.0, 100.0), size.width());
    const QPolygonF mark{QPointF(x - 4, 0), QPointF(x + 4, 0), QPointF(x, 6)};
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.split->apart ? theme::tokens().warn : theme::tokens().dim);
    painter.drawPolygon(mark);
}

void paint_handle(QPainter& painter, const QSize& size, const TrackLook& look) {
    const theme::Tokens& t = theme::tokens();
    const QColor arm = theme::arm_colour(look.split->released_place);
    const QPointF at(track_x(look.handle, size.width()), groove_y);
    if (look.focused) {
        painter.setPen(QPen(t.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at, handle_radius + 3, handle_radius + 3);
    }
    painter.setPen(QPen(look.dragged ? t.warn : arm, 3));
    painter.setBrush(look.acts ? QColor(Qt::white) : t.panel);
    painter.drawEllipse(at, handle_radius - 1.5, handle_radius - 1.5);
}

} // namespace

double track_x(double weight, int width) {
    return track_margin + (width - 2 * track_margin) * weight / 100.0;
}

double track_weight(double x, int width) {
    return std::clamp((x - track_margin) / std::max(1.0, width - 2 * track_margin) * 100.0, 0.0, 100.0);
}

void paint_track(QPainter& painter, const QSize& size, const TrackLook& look) {
    painter.setRenderHint(QPainter::Antialiasing);
    const theme::Tokens& t = theme::tokens();
    const double end = track_x(100, size.width()), here = track_x(look.split->weight, size.width());
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.line);
    painter.drawRoundedRect(QRectF(track_margin, groove_y - groove_height / 2, end - track_margin, groove_height), 2,
                            2);
    painter.setBrush(theme::arm_colour(look.split->released_place));
    painter.drawRoundedRect(QRectF(track_margin, groove_y - groove_height / 2, here - track_margin, groove_height), 2,
                            2);
    paint_stations(painter, size, look);
    paint_observed(painter, size, look);
    paint_handle(painter, size, look);
    paint_scale(painter, size, look);
}

SplitTrack::SplitTrack(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void SplitTrack::show_split(const story::SplitView& split) {
    if (split == split_) {
        return;
    }
    split_ = split;
    setAccessibleName(tr("%1 gets %2 % of the traffic").arg(split_.released).arg(split_.weight));
    update();
}

void SplitTrack::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    paint_track(painter, size(), {&split_, split_.weight, false, false, false});
}

} // namespace sluice::panels
