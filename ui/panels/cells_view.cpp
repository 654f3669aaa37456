#include "panels/cells_view.h"

#include "theme/roles.h"

#include <QHeaderView>
#include <QStyledItemDelegate>

#include <algorithm>

namespace sluice::panels {
namespace {

/// Text on the left that follows figures on the right needs room between.
class ApartFromFigures : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& columns = static_cast<const CellsModel*>(index.model())->columns();
        const auto column = static_cast<std::size_t>(index.column());
        QStyleOptionViewItem apart = option;
        if (column > 0 && columns[column - 1].figures && !columns[column].figures) {
            apart.rect.adjust(12, 0, 0, 0);
        }
        QStyledItemDelegate::paint(painter, apart, index);
    }
};

} // namespace

CellsView::CellsView(std::vector<Column> columns, const QString& accessible_name, bool with_header, QWidget* parent)
    : QTableView(parent), model_(std::move(columns), this), with_header_(with_header) {
    setModel(&model_);
    theme::set_role(this, "cells");
    setItemDelegate(new ApartFromFigures(this));
    setAccessibleName(accessible_name);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionMode(NoSelection);
    setFocusPolicy(Qt::NoFocus);
    setEditTriggers(NoEditTriggers);
    setWordWrap(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(row_height);
    verticalHeader()->setMinimumSectionSize(row_height);
    horizontalHeader()->setVisible(with_header);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setMinimumSectionSize(8);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setFixedHeight(row_height);
    hide();
}

void CellsView::show_rows(std::vector<std::vector<Cell>> rows) {
    const int count = static_cast<int>(rows.size());
    model_.show(std::move(rows));
    if (count != known_rows_) {
        known_rows_ = count;
        setVisible(count > 0);
        updateGeometry();
    }
}

QSize CellsView::sizeHint() const {
    const int rows = std::min(known_rows_, most_rows);
    return {480, rows * row_height + (with_header_ ? row_height : 0) + 2};
}

QSize CellsView::minimumSizeHint() const {
    return {200, sizeHint().height()};
}

void CellsView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    int shares = 0;
    for (const auto& column : model_.columns()) {
        shares += column.share;
    }
    int left = viewport()->width();
    for (int i = 0; i < model_.columnCount(); ++i) {
        const bool last = i + 1 == model_.columnCount();
        const int width =
            last ? left
                 : viewport()->width() * model_.columns()[static_cast<std::size_t>(i)].share / std::max(1, shares);
        setColumnWidth(i, width);
        left -= width;
    }
}

} // namespace sluice::panels
