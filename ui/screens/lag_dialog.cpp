#include "screens/lag_dialog.h"

#include "screens/told_line.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>

namespace sluice::screens {
namespace {

constexpr int most_open = 40; ///< partitions of a page whose topics are opened at first

int partitions_in(const std::vector<story::LagLine>& lines) {
    int all = 0;
    for (const auto& line : lines) {
        all += line.parts.empty() ? 1 : partitions_in(line.parts);
    }
    return all;
}

void each(const QAbstractItemModel& model, const QModelIndex& in, const std::function<void(const QModelIndex&)>& take) {
    for (int row = 0; row < model.rowCount(in); ++row) {
        const QModelIndex index = model.index(row, 0, in);
        take(index);
        each(model, index, take);
    }
}

/// What is wrong keeps its colour on the chosen row too.
class KeptInk : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        option->palette.setBrush(QPalette::HighlightedText, option->palette.brush(QPalette::Text));
    }
};

} // namespace

LagDialog::LagDialog(QWidget* parent)
    : QDialog(parent), heading_(told_line(this, "title")), note_(told_line(this, "dim")),
      wrong_(told_line(this, "warn")), tree_(new QTreeView(this)) {
    setWindowTitle(tr("Lag"));
    resize(1240, 720);
    wrong_->setAccessibleDescription(tr("What is wrong"));
    wrong_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    tree_->setAccessibleName(tr("Consumer groups, topics and partitions"));
    tree_->setModel(&model_);
    tree_->setItemDelegate(new KeptInk(tree_));
    tree_->setUniformRowHeights(true);
    tree_->setAllColumnsShowFocus(true);
    tree_->setIndentation(theme::grid * 4);
    tree_->header()->setSectionsClickable(false);
    tree_->header()->setSectionsMovable(false);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setMinimumSectionSize(theme::grid * 10);
    for (int column = 0; column < panels::LagModel::columns; ++column) {
        tree_->header()->setSectionResizeMode(column, column == panels::LagModel::state ? QHeaderView::Stretch
                                                                                        : QHeaderView::Interactive);
    }
    auto* close = new QPushButton(tr("Close"), this);
    close->setAutoDefault(false);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(close);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(20, 20, 20, 16);
    all->setSpacing(10);
    all->addWidget(heading_);
    all->addWidget(note_);
    all->addWidget(wrong_);
    all->addWidget(tree_, 1);
    all->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    tree_->setFocus();
}

void LagDialog::show_moment(const story::Moment& moment) {
    auto page = story::present_lag_page(moment);
    if (page == page_) {
        return;
    }
    const bool other = page.groups != page_.groups;
    page_ = std::move(page);
    heading_->setText(page_.heading);
    note_->setText(page_.note);
    const QStringList wrong(page_.wrong.begin(), page_.wrong.end());
    wrong_->setText(wrong.join(u'\n'));
    wrong_->setVisible(!wrong.isEmpty());
    if (other || page_.groups.empty()) { // ages change each tenth of a second, and every row would be measured for it
        fill();
    }
}

void LagDialog::fill() {
    if (model_.rowCount() > 0) {
        open_.clear();
        each(model_, {}, [&](const QModelIndex& index) {
            if (tree_->isExpanded(index)) {
                open_ << model_.path(index);
            }
        });
        const QStringList chosen = model_.path(tree_->currentIndex().siblingAtColumn(0));
        if (!chosen.isEmpty() && chosen != stands_in_) {
            chosen_ = chosen;
            stands_in_.clear();
        }
    }
    const bool anew = model_.show(page_.groups);
    tree_->setVisible(!page_.groups.empty());
    if (anew && !filled_ && model_.rowCount() > 0) {
        filled_ = true;
        if (partitions_in(page_.groups) <= most_open) {
            tree_->expandAll();
        } else {
            tree_->expandToDepth(0);
        }
    } else if (anew) {
        for (const auto& path : open_) {
            tree_->setExpanded(model_.find(path), true);
        }
    }
    if (anew && model_.rowCount() > 0) {
        const QModelIndex kept = model_.find(chosen_);
        stands_in_ = kept.isValid() ? QStringList() : model_.path(model_.index(0, 0));
        tree_->setCurrentIndex(kept.isValid() ? kept : model_.index(0, 0));
    }
    fit();
}

// A metric of a group names all its topics, or some of them.
void LagDialog::look_at(const plan::LagQuery& asked) {
    const auto named = [](const std::vector<std::string>& names, const QString& name) {
        return names.empty() || std::find(names.begin(), names.end(), name.toStdString()) != names.end();
    };
    for (const auto& group : page_.groups) {
        if (!named(asked.groups, group.name)) {
            continue;
        }
        const auto topic = std::find_if(group.parts.begin(), group.parts.end(),
                                        [&](const story::LagLine& one) { return named(asked.topics, one.name); });
        const bool one_topic = topic != group.parts.end() && !asked.topics.empty();
        const QModelIndex row = model_.find(one_topic ? QStringList{group.name, topic->name} : QStringList{group.name});
        if (row.isValid()) {
            tree_->setExpanded(row.parent(), true);
            tree_->setExpanded(row, true);
            tree_->setCurrentIndex(row);
            tree_->scrollTo(row, QAbstractItemView::PositionAtTop);
            return;
        }
    }
}

// As wide as what stands in them: never narrower than before, so that figures do not dance while they count.
void LagDialog::fit() {
    using panels::LagModel;
    QVector<int> widths(LagModel::columns, 0);
    for (int column = 0; column < LagModel::columns; ++column) {
        widths[column] = tree_->header()->fontMetrics().horizontalAdvance(
            model_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    }
    const QFontMetrics figures(theme::figure_font(12)), names(theme::text_font(12));
    each(model_, {}, [&](const QModelIndex& index) {
        int depth = 1;
        for (QModelIndex at = index.parent(); at.isValid(); at = at.parent()) {
            ++depth;
        }
        for (int column = 0; column < LagModel::columns; ++column) {
            const QString text = LagModel::text(*model_.line(index), column);
            const int wide = LagModel::is_digits(column) ? figures.horizontalAdvance(text)
                             : LagModel::is_figure(column)
                                 ? names.horizontalAdvance(text)
                                 : names.horizontalAdvance(text) + depth * tree_->indentation();
            widths[column] = std::max(widths[column], wide);
        }
    });
    constexpr int most_name = 320;
    for (int column = 0; column < LagModel::columns; ++column) {
        if (column != LagModel::state) {
            const int wide = column == LagModel::name ? std::min(widths[column], most_name) : widths[column];
            const int before = fitted_ ? tree_->columnWidth(column) : 0;
            tree_->setColumnWidth(column, std::max(before, wide + theme::grid * 5));
        }
    }
    fitted_ = fitted_ || model_.rowCount() > 0;
}

} // namespace sluice::screens
