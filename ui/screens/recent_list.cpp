#include "screens/recent_list.h"

#include "panels/mark_of.h"
#include "theme/marks.h"
#include "theme/tokens.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace sluice::screens {
namespace {

constexpr int title_role = Qt::UserRole, below_role = Qt::UserRole + 1, right_role = Qt::UserRole + 2,
              mark_role = Qt::UserRole + 3;

class RecentDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, 52}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& t = theme::tokens();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
        const bool chosen = option.state.testFlag(QStyle::State_Selected);
        if (chosen || option.state.testFlag(QStyle::State_MouseOver)) {
            const bool focus = chosen && option.state.testFlag(QStyle::State_HasFocus);
            painter->setPen(focus ? QPen(t.accent, 1) : QPen(Qt::NoPen));
            painter->setBrush(t.raised);
            painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        }
        const QVariant marked = index.data(mark_role);
        const auto mark = static_cast<theme::Mark>(marked.toInt());
        const double left = box.left() + 10, right = box.right() - 10, first = box.top() + 21, second = box.top() + 40;
        const QString right_words = index.data(right_role).toString();
        const QString state = marked.isValid() ? theme::glyph(mark) + ' ' + right_words : right_words;
        const QFont small = theme::text_font(12);
        const double taken = std::min(QFontMetricsF(small).horizontalAdvance(state), box.width() * 0.5);
        text(*painter, {right - taken, first}, state, small, marked.isValid() ? theme::colour(mark) : t.dim, taken);
        text(*painter, {left, first}, index.data(title_role).toString(), theme::text_font(14, QFont::DemiBold), t.text,
             right - left - taken - 12);
        text(*painter, {left, second}, index.data(below_role).toString(), small, t.dim, right - left);
        painter->restore();
    }

private:
    static void text(QPainter& painter, QPointF at, const QString& what, const QFont& font, const QColor& colour,
                     double wide) {
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(at, QFontMetricsF(font).elidedText(what, Qt::ElideMiddle, wide + 1));
    }
};

} // namespace

RecentList::RecentList(const QString& name, QWidget* parent) : QListWidget(parent) {
    setAccessibleName(name);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setItemDelegate(new RecentDelegate(this));
}

void RecentList::show_texts(const std::vector<story::RecentText>& texts) {
    const int before = currentRow();
    clear();
    for (const auto& text : texts) {
        auto* item = new QListWidgetItem(text.spoken(), this);
        item->setData(title_role, text.title);
        item->setData(below_role, text.below);
        item->setData(right_role, text.right);
        if (text.mark) {
            item->setData(mark_role, static_cast<int>(panels::mark_of(*text.mark)));
        }
        item->setToolTip(text.below);
    }
    if (count() > 0) {
        setCurrentRow(std::clamp(before, 0, count() - 1));
    }
}

} // namespace sluice::screens
