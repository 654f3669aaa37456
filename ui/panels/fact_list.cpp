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

class FactDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {120, fact_row_height}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& fact = static_cast<const FactModel*>(index.model())->fact(index.row());
        const theme::Tokens& t = theme::tokens();
        const bool quiet = !fact.mark || *fact.mark == story::Mark::holds || *fact.mark == story::Mark::to_come;
        const QColor ink =
            quiet ? (fact.mark == story::Mark::to_come ? t.dim : t.text) : theme::colour(mark_of(*fact.mark));
        // A state that is as it should be needs no sign; every other has one beside its word.
        const bool signed_ = fact.mark && *fact.mark != story::Mark::holds;
        const QString value = signed_ ? theme::glyph(mark_of(*fact.mark)) + u' ' + fact.value : fact.value;
        const QFont font = theme::text_font(13);
        const QFontMetrics metrics(font);
        const int gap = 2 * theme::grid;
        const QString shown = metrics.elidedText(value, Qt::ElideRight, option.rect.width() * 3 / 4);
        const int wide = metrics.horizontalAdvance(shown);
        painter->save();
        painter->setFont(font);
        painter->setPen(quiet ? t.dim : ink);
        const QRect left = option.rect.adjusted(0, 0, -(wide + gap), 0);
        painter->drawText(left, Qt::AlignVCenter | Qt::AlignLeft,
                          metrics.elidedText(fact.label, Qt::ElideRight, left.width()));
        painter->setPen(ink);
        painter->drawText(option.rect, Qt::AlignVCenter | Qt::AlignRight, shown);
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
    setUniformItemSizes(true);
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
        // The style sheet's border of views is one pixel on either side.
        setFixedHeight(model_->rowCount() * fact_row_height + 2);
        setVisible(model_->rowCount() > 0);
    }
}

} // namespace sluice::panels
