#include "panels/fact_list.h"

#include "panels/mark_of.h"
#include "theme/tokens.h"

#include <QPainter>
#include <QStyledItemDelegate>

namespace sluice::panels {
namespace {

constexpr int fact_row_height = 23;

QString fact_words(const story::TrafficFact& fact) {
    const QString glyph = fact.mark ? theme::glyph(mark_of(*fact.mark)) + u' ' : QString();
    return fact.label + QStringLiteral(": ") + glyph + fact.value;
}

/// A state that is as it should be needs no sign; every other has one beside its word.
QString shown_value(const story::TrafficFact& fact) {
    const bool signed_ = fact.mark && *fact.mark != story::Mark::holds;
    return signed_ ? theme::glyph(mark_of(*fact.mark)) + u' ' + fact.value : fact.value;
}

constexpr int between = 2 * theme::grid; ///< label and value

/// The value stands below its label where both have no room beside each other; a text without a value wraps.
bool takes_two_lines(const story::TrafficFact& fact, int width) {
    const QFontMetrics metrics(theme::text_font(13));
    const QString value = shown_value(fact);
    const int wanted =
        metrics.horizontalAdvance(fact.label) + (value.isEmpty() ? 0 : between + metrics.horizontalAdvance(value));
    return wanted > width;
}

/// Of the two lines: whether both are the label's, so that the value stands at the end of the first.
bool label_wraps(const story::TrafficFact& fact, int width) {
    const QFontMetrics metrics(theme::text_font(13));
    const int room = width - between - metrics.horizontalAdvance(shown_value(fact));
    const QRect wrapped = metrics.boundingRect(QRect(0, 0, std::max(1, room), 1000), Qt::TextWordWrap, fact.label);
    return room > width / 2 && wrapped.width() <= room && wrapped.height() <= 2 * metrics.lineSpacing();
}

int height_of(const story::TrafficFact& fact, int width) {
    return fact_row_height + (takes_two_lines(fact, width) ? QFontMetrics(theme::text_font(13)).lineSpacing() : 0);
}

class FactDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto* list = qobject_cast<const QAbstractItemView*>(option.widget);
        const auto& fact = static_cast<const FactModel*>(index.model())->fact(index.row());
        return {120, list ? height_of(fact, list->viewport()->width()) : fact_row_height};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& fact = static_cast<const FactModel*>(index.model())->fact(index.row());
        const theme::Tokens& t = theme::tokens();
        const bool quiet = !fact.mark || *fact.mark == story::Mark::holds || *fact.mark == story::Mark::to_come;
        const QColor ink =
            quiet ? (fact.mark == story::Mark::to_come ? t.dim : t.text) : theme::colour(mark_of(*fact.mark));
        const QFont font = theme::text_font(13);
        const QFontMetrics metrics(font);
        const bool two = takes_two_lines(fact, option.rect.width());
        const QString shown = metrics.elidedText(shown_value(fact), Qt::ElideRight, option.rect.width());
        const bool wraps = two && (shown.isEmpty() || label_wraps(fact, option.rect.width()));
        QRect label = option.rect, value = option.rect;
        if (wraps && !shown.isEmpty()) {
            const int above = (fact_row_height - metrics.height()) / 2; // so that the first line stands as of one alone
            label.adjust(0, above, -(metrics.horizontalAdvance(shown) + between), 0);
            value.setHeight(fact_row_height);
        } else if (two && !shown.isEmpty()) {
            label.setHeight(option.rect.height() / 2);
            value.setTop(label.bottom() + 1);
        } else if (!shown.isEmpty()) {
            label.adjust(0, 0, -(metrics.horizontalAdvance(shown) + between), 0);
        }
        painter->save();
        painter->setFont(font);
        painter->setPen(quiet ? t.dim : ink);
        if (wraps) {
            painter->setClipRect(label);
            painter->drawText(label, Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, fact.label);
            painter->setClipping(false);
        } else {
            painter->drawText(label, Qt::AlignVCenter | Qt::AlignLeft,
                              metrics.elidedText(fact.label, Qt::ElideRight, label.width()));
        }
        painter->setPen(ink);
        painter->drawText(value, Qt::AlignVCenter | Qt::AlignRight, shown);
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(t.accent);
            painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
        }
        painter->restore();
    }
};

} // namespace

void FactModel::show_facts(const std::vector<story::TrafficFact>& facts) {
    const int before = static_cast<int>(facts_.size()), after = static_cast<int>(facts.size());
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        facts_.resize(facts.size());
        endRemoveRows();
    }
    for (int row = 0; row < std::min(before, after); ++row) {
        auto& own = facts_[static_cast<std::size_t>(row)];
        if (!(own == facts[static_cast<std::size_t>(row)])) {
            own = facts[static_cast<std::size_t>(row)];
            emit dataChanged(index(row), index(row));
        }
    }
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        facts_.insert(facts_.end(), facts.begin() + before, facts.end());
        endInsertRows();
    }
}

int FactModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(facts_.size());
}

QVariant FactModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const auto& one = fact(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return fact_words(one);
    case Qt::ToolTipRole:
        return one.note.isEmpty() ? fact_words(one) : fact_words(one) + u'\n' + one.note;
    default:
        return {};
    }
}

FactList::FactList(const QString& name, QWidget* parent) : QListView(parent), model_(new FactModel(this)) {
    setModel(model_);
    setItemDelegate(new FactDelegate(this));
    setAccessibleName(name);
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(NoSelection);
    setEditTriggers(NoEditTriggers);
    setFocusPolicy(Qt::TabFocus); // a click reads nothing out, so it takes no keys away either
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    viewport()->setAutoFillBackground(false);
    setFixedHeight(0);
    hide();
}

void FactList::show_facts(const std::vector<story::TrafficFact>& facts) {
    const int before = model_->rowCount();
    model_->show_facts(facts);
    if (model_->rowCount() != before) {
        setVisible(model_->rowCount() > 0);
    }
    fit();
}

void FactList::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    fit();
}

void FactList::fit() {
    std::vector<int> heights;
    int high = 2; // the style sheet's border of views is one pixel on either side
    for (int row = 0; row < model_->rowCount(); ++row) {
        heights.push_back(height_of(model_->fact(row), viewport()->width()));
        high += heights.back();
    }
    if (heights != heights_) {
        heights_ = std::move(heights);
        setFixedHeight(model_->rowCount() > 0 ? high : 0);
        scheduleDelayedItemsLayout(); // it keeps the sizes that it was told before
    }
}

} // namespace sluice::panels
