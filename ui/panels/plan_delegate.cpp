#include "panels/plan_delegate.h"

#include "panels/mark_of.h"
#include "panels/plan_model.h"

#include <QFontMetrics>
#include <QPainter>
#include <QTreeView>

namespace sluice::panels {
namespace {

using story::PlanRow;

constexpr int plan_margin = 14;   ///< of phases, and of the times on the right
constexpr int plan_mark_at = 20;  ///< of a step's mark
constexpr int plan_title_at = 42; ///< of a step's title
constexpr int plan_indent = 16;   ///< of what a group holds

const PlanRow& row_at(const QModelIndex& index) {
    return static_cast<const PlanModel*>(index.model())->row(index);
}

bool is_heading(const PlanRow& row) {
    return row.kind == PlanRow::Kind::phase || row.kind == PlanRow::Kind::rollback;
}

int depth_of(QModelIndex index) {
    int depth = -1; // steps of a phase stand at 0
    while (index.parent().isValid()) {
        index = index.parent();
        ++depth;
    }
    return std::max(depth, 0);
}

void draw_left(QPainter& painter, const QRect& area, const QFont& font, const QColor& colour, const QString& text) {
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(area, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                     QFontMetrics(font).elidedText(text, Qt::ElideRight, area.width()));
}

/// Draws at the right end of the line; returns how much it took.
int draw_right(QPainter& painter, const QRect& area, const QFont& font, const QColor& colour, const QString& text) {
    if (text.isEmpty()) {
        return 0;
    }
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(area, static_cast<int>(Qt::AlignRight | Qt::AlignVCenter), text);
    return QFontMetrics(font).horizontalAdvance(text) + 10;
}

void draw_mark(QPainter& painter, const QRect& area, story::Mark mark) {
    const QColor colour = theme::colour(mark_of(mark));
    if (mark == story::Mark::to_come) { // the glyph's ring is small in most fonts
        painter.setPen(QPen(colour, 1.4));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(QRectF(area.left() + 1.5, area.center().y() - 3.5, 8, 8));
        return;
    }
    const QFont font = theme::text_font(mark == story::Mark::paused ? 9 : 13, QFont::Bold);
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(area, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), theme::glyph(mark_of(mark)));
}

} // namespace

PlanDelegate::PlanDelegate(QTreeView* view) : QStyledItemDelegate(view), view_(view) {}

void PlanDelegate::set_compact(bool compact) {
    lines_ = compact ? Lines{4, 22, 22, 15} : Lines{};
}

QString PlanDelegate::second_line(const QModelIndex& index) const {
    const PlanRow& row = row_at(index);
    // What became of the steps is said in their place, not above them.
    const bool sums_up = (is_heading(row) || row.kind == PlanRow::Kind::group) && row.over;
    return sums_up && view_->isExpanded(index) ? QString() : row.detail;
}

QSize PlanDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const bool two = !second_line(index).isEmpty();
    if (is_heading(row_at(index))) {
        return {100, lines_.phase_gap + lines_.phase + (two ? lines_.step : 0)};
    }
    return {100, lines_.step + (two ? lines_.detail : 0)};
}

void PlanDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto& t = theme::tokens();
    const PlanRow& row = row_at(index);
    const QString detail = second_line(index);
    QRect area = option.rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRectF box = QRectF(area).adjusted(12.5, 0.5, -9.5, -0.5);
    if (is_heading(row)) {
        area.adjust(plan_margin, lines_.phase_gap, -plan_margin, 0);
        if (selected && view_->hasFocus()) {
            painter->setPen(QPen(t.accent, 1));
            painter->drawRoundedRect(QRectF(option.rect).adjusted(8.5, lines_.phase_gap - 0.5, -8.5, -0.5), 6, 6);
        }
        QRect line(area.left(), area.top(), area.width(), lines_.phase);
        const int taken = draw_right(*painter, line, theme::text_font(12), t.dim, row.right);
        const bool back = row.kind == PlanRow::Kind::rollback;
        const QColor colour = back && !row.over ? t.breach : row.begun ? t.text : t.dim;
        QString title = row.title;
        const bool plain = row.mark == story::Mark::holds || row.mark == story::Mark::running ||
                           row.mark == story::Mark::to_come || row.mark == story::Mark::paused;
        if (!plain) {
            title += QStringLiteral(" · ") + row.word;
        }
        draw_left(*painter, line.adjusted(0, 0, -taken, 0), theme::text_font(14, QFont::DemiBold), colour, title);
        if (!detail.isEmpty()) {
            const int y = line.bottom() + 1;
            draw_mark(*painter, QRect(option.rect.left() + plan_mark_at, y, 20, lines_.step), row.mark);
            draw_left(*painter,
                      QRect(option.rect.left() + plan_title_at, y, area.right() - option.rect.left() - plan_title_at,
                            lines_.step),
                      theme::text_font(13), t.dim, detail);
        }
        painter->restore();
        return;
    }
    if (selected || row.current) {
        const bool ringed = row.current || (selected && view_->hasFocus());
        // The frame of a current step that is in trouble has the colour of its card's.
        const bool warns = row.mark == story::Mark::no_data || row.mark == story::Mark::source_error;
        const QColor ring = row.mark == story::Mark::breached ? t.breach : warns ? t.warn : t.accent;
        painter->setPen(ringed ? QPen(ring, 1.2) : QPen(t.line, 1));
        painter->setBrush(row.current || selected ? QBrush(t.raised) : QBrush(Qt::NoBrush));
        painter->drawRoundedRect(box, 6, 6);
    }
    const int shift = depth_of(index) * plan_indent;
    const int left = option.rect.left() + plan_title_at + shift;
    const QRect line(left, area.top(), area.right() - plan_margin - 4 - left, lines_.step);
    draw_mark(*painter, QRect(option.rect.left() + plan_mark_at + shift, area.top(), 22, lines_.step), row.mark);
    const int taken = draw_right(*painter, line, theme::figure_font(12), t.dim, row.right);
    const bool loud = row.current || row.mark == story::Mark::breached || row.mark == story::Mark::no_data;
    draw_left(*painter, line.adjusted(0, 0, -taken, 0), theme::text_font(13, loud ? QFont::DemiBold : QFont::Normal),
              loud ? t.text : t.dim, row.title);
    if (!detail.isEmpty()) {
        const bool warns = row.mark == story::Mark::paused || row.mark == story::Mark::no_data ||
                           row.mark == story::Mark::source_error;
        const QColor colour = row.mark == story::Mark::breached ? t.breach : warns ? t.warn : t.dim;
        draw_left(*painter, QRect(left, area.top() + lines_.step - 3, line.width(), lines_.detail),
                  theme::text_font(11), colour, detail);
    }
    painter->restore();
}

} // namespace sluice::panels
