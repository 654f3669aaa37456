#include "panels/cells_view.h"

#include "panels/column_fit.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QHeaderView>
#include <QStyledItemDelegate>

#include <algorithm>

namespace sluice::panels {
namespace {

constexpr int cell_padding = 14;       ///< of the style, and air
constexpr int apart_from_figures = 12; ///< text on the left after figures on the right
constexpr int read_together = 900;     ///< no row is spread wider

int second_line() {
    return QFontMetrics(theme::text_font(13)).lineSpacing();
}

/// Rows of one line are never so high.
bool two_lines(int height) {
    return height >= CellsView::low_row_height + second_line();
}

/// Text on the left that follows figures on the right needs room between.
bool stands_apart(const std::vector<Column>& columns, std::size_t column) {
    return column > 0 && columns[column - 1].figures && !columns[column].figures;
}

class ApartFromFigures : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& columns = static_cast<const CellsModel*>(index.model())->columns();
        const auto column = static_cast<std::size_t>(index.column());
        QStyleOptionViewItem apart = option;
        if (stands_apart(columns, column)) {
            apart.rect.adjust(apart_from_figures, 0, 0, 0);
        }
        if (columns[column].wraps && two_lines(option.rect.height())) {
            apart.features |= QStyleOptionViewItem::WrapText;
            apart.textElideMode = Qt::ElideRight;
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
    setTextElideMode(Qt::ElideMiddle); // the end of a name tells the arm
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto& shown = model_.columns();
    policy.setHeightForWidth(std::any_of(shown.begin(), shown.end(), [](const Column& one) { return one.wraps; }));
    setSizePolicy(policy);
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
    }
    fit();
}

void CellsView::set_compact(bool compact) {
    if (compact != compact_) {
        compact_ = compact;
        verticalHeader()->setMinimumSectionSize(row_pixels());
        verticalHeader()->setDefaultSectionSize(row_pixels());
        horizontalHeader()->setFixedHeight(row_pixels());
        updateGeometry();
        fit();
    }
}

int CellsView::heightForWidth(int width) const {
    return height_of(heights_at(widths_in(width)));
}

QSize CellsView::sizeHint() const {
    return {480, height_of(heights_)};
}

QSize CellsView::minimumSizeHint() const {
    return {200, sizeHint().height()};
}

void CellsView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

int CellsView::height_of(const std::vector<int>& rows) const {
    int high = (with_header_ ? row_pixels() : 0) + 2;
    for (std::size_t row = 0; row < std::min<std::size_t>(rows.size(), most_rows); ++row) {
        high += rows[row];
    }
    return high;
}

std::vector<int> CellsView::heights_at(const std::vector<int>& widths) const {
    std::vector<int> heights(static_cast<std::size_t>(known_rows_), row_pixels());
    for (std::size_t column = 0; column < widths.size(); ++column) {
        if (!model_.columns()[column].wraps || widths[column] == 0) {
            continue;
        }
        const int air = cell_padding + (stands_apart(model_.columns(), column) ? apart_from_figures : 0);
        for (int row = 0; row < known_rows_; ++row) {
            const Cell& cell = model_.cell(row, static_cast<int>(column));
            const QFontMetrics metrics(theme::text_font(13, cell.strong ? QFont::DemiBold : QFont::Normal));
            const QRect room(0, 0, widths[column] - air, 1000);
            // One long word stays on its line, and is cut.
            if (metrics.horizontalAdvance(cell.text) > room.width() &&
                metrics.boundingRect(room, Qt::TextWordWrap, cell.text).height() > metrics.lineSpacing()) {
                heights[static_cast<std::size_t>(row)] = row_pixels() + second_line();
            }
        }
    }
    return heights;
}

std::vector<int> CellsView::widths_in(int room) const {
    std::vector<ColumnWish> wishes;
    for (int column = 0; column < model_.columnCount(); ++column) {
        const Column& own = model_.columns()[static_cast<std::size_t>(column)];
        const QFontMetrics heads(model_.headerData(column, Qt::Horizontal, Qt::FontRole).value<QFont>());
        const QFontMetrics plain(own.figures ? theme::figure_font(13) : theme::text_font(13));
        const QFontMetrics strong(own.figures ? theme::figure_font(13, QFont::DemiBold)
                                              : theme::text_font(13, QFont::DemiBold));
        int widest = with_header_ ? heads.horizontalAdvance(own.title) : 0;
        for (int row = 0; row < model_.rowCount(); ++row) {
            const Cell& cell = model_.cell(row, column);
            widest = std::max(widest, (cell.strong ? strong : plain).horizontalAdvance(cell.text));
        }
        const bool apart = stands_apart(model_.columns(), static_cast<std::size_t>(column));
        // Figures that grow by a digit don't shake the table: widths go in steps.
        const int wanted = widest == 0 ? 0 : (widest + cell_padding + (apart ? apart_from_figures : 0) + 7) / 8 * 8;
        wishes.push_back({wanted, own.figures ? wanted : std::min(wanted, own.least), own.share, own.yields});
    }
    return fit_columns(std::move(wishes), room, read_together);
}

void CellsView::fit() {
    const auto widths = widths_in(viewport()->width());
    for (int column = 0; column < model_.columnCount(); ++column) {
        const int width = widths[static_cast<std::size_t>(column)];
        if (widths_.size() != widths.size() || widths_[static_cast<std::size_t>(column)] != width) {
            setColumnHidden(column, width == 0);
            setColumnWidth(column, width);
        }
    }
    widths_ = widths;
    const auto heights = heights_at(widths);
    for (int row = 0; row < known_rows_; ++row) {
        if (rowHeight(row) != heights[static_cast<std::size_t>(row)]) {
            setRowHeight(row, heights[static_cast<std::size_t>(row)]);
        }
    }
    if (heights != heights_) {
        heights_ = heights;
        updateGeometry();
    }
}

} // namespace sluice::panels
