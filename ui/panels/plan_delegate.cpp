#include "panels/plan_delegate.h"

#include "panels/mark_of.h"
#include "panels/plan_model.h"
#include "panels/word_wrap.h"

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
constexpr int plan_below = 17;    ///< from a line of a phase to its second

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

/// On two lines, `below` apart, where it does not fit on that of the area.
void draw_left(QPainter& painter, QRect area, const QFont& font, const QColor& colour, const QString& text, int below) {
    painter.setFont(font);
    painter.setPen(colour);
    for (const QString& line : word_wrapped(text, QFontMetrics(font), area.width())) {
        painter.drawText(area, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), line);
        area.translate(0, below);
    }
}

/// How many more lines than one.
int lines_more(const QString& text, const QFont& font, int width) {
    return static_cast<int>(word_wrapped(text, QFontMetrics(font), width).size()) - 1;
}

QFont heading_font() {
    return theme::text_font(14, QFont::DemiBold);
}
QFont heading_detail_font() {
    return theme::text_font(13);
}
QFont step_font(const PlanRow& row) {
    const bool loud = row.current || row.mark == story::Mark::breached || row.mark == story::Mark::no_data;
    return theme::text_font(13, loud ? QFont::DemiBold : QFont::Normal);
}
QFont step_detail_font() {
    return theme::text_font(11);
}

/// A phase's title, with what is wrong with it.
QString heading_of(const PlanRow& row) {
    const bool plain = row.mark == story::Mark::holds || row.mark == story::Mark::running ||
                       row.mark == story::Mark::to_come || row.mark == story::Mark::paused;
    return plain ? row.title : row.title + QStringLiteral(" · ") + row.word;
}

/// What `draw_right` takes.
int taken_right(const QString& text, const QFont& font) {
    return text.isEmpty() ? 0 : QFontMetrics(font).horizontalAdvance(text) + 10;
}

/// Widths of the texts of a row that is so wide.
int heading_width(const PlanRow& row, int width) {
    return width - 2 * plan_margin - taken_right(row.right, theme::text_font(12));
}
int heading_detail_width(int width) {
    return width - plan_margin - plan_title_at;
}
int step_width(int width, int depth) {
    return width - plan_margin - 4 - plan_title_at - depth * plan_indent;
}

/// Draws at the right end of the line.
void draw_right(QPainter& painter, const QRect& area, const QFont& font, const QColor& colour, const QString& text) {
    painter.setFont(font);
    painter.setPen(colour);
    painter.drawText(area, static_cast<int>(Qt::AlignRight | Qt::AlignVCenter), text);
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
    const PlanRow& row = row_at(index);
    const QString detail = second_line(index);
    const int width = view_->viewport()->width();
    if (is_heading(row)) {
        const int title = plan_below * lines_more(heading_of(row), heading_font(), heading_width(row, width));
        const int below = plan_below * lines_more(detail, heading_detail_font(), heading_detail_width(width));
        return {100, lines_.phase_gap + lines_.phase + title + (detail.isEmpty() ? 0 : lines_.step + below)};
    }
    const int line = step_width(width, depth_of(index));
    const int title =
        lines_.detail * lines_more(row.title, step_font(row), line - taken_right(row.right, theme::figure_font(12)));
    const int below = lines_.detail * (1 + lines_more(detail, step_detail_font(), line));
    return {100, lines_.step + title + (detail.isEmpty() ? 0 : below)};
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
        const int width = heading_width(row, option.rect.width());
        const QRect line(area.left(), area.top(), area.width(), lines_.phase);
        draw_right(*painter, line, theme::text_font(12), t.dim, row.right);
        const bool back = row.kind == PlanRow::Kind::rollback;
        const QColor colour = back && !row.over ? t.breach : row.begun ? t.text : t.dim;
        const QString title = heading_of(row);
        draw_left(*painter, {line.left(), line.top(), width, line.height()}, heading_font(), colour, title, plan_below);
        if (!detail.isEmpty()) {
            const int y = line.bottom() + 1 + plan_below * lines_more(title, heading_font(), width);
            draw_mark(*painter, QRect(option.rect.left() + plan_mark_at, y, 20, lines_.step), row.mark);
            draw_left(
                *painter,
                QRect(option.rect.left() + plan_title_at, y, heading_detail_width(option.rect.width()), lines_.step),
                heading_detail_font(), t.dim, detail, plan_below);
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
    const QRect line(left, area.top(), step_width(option.rect.width(), depth_of(index)), lines_.step);
    draw_mark(*painter, QRect(option.rect.left() + plan_mark_at + shift, area.top(), 22, lines_.step), row.mark);
    draw_right(*painter, line, theme::figure_font(12), t.dim, row.right);
    const QFont font = step_font(row);
    const QRect title = line.adjusted(0, 0, -taken_right(row.right, theme::figure_font(12)), 0);
    draw_left(*painter, title, font, font.weight() == QFont::DemiBold ? t.text : t.dim, row.title, lines_.detail);
    if (!detail.isEmpty()) {
        const bool warns = row.mark == story::Mark::paused || row.mark == story::Mark::no_data ||
                           row.mark == story::Mark::source_error;
        const QColor colour = row.mark == story::Mark::breached ? t.breach : warns ? t.warn : t.dim;
        const int below = lines_.step - 3 + lines_.detail * lines_more(row.title, font, title.width());
        draw_left(*painter, QRect(left, area.top() + below, line.width(), lines_.detail), step_detail_font(), colour,
                  detail, lines_.detail - 2);
    }
    painter->restore();
}

} // namespace sluice::panels
