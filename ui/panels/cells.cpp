#include "panels/cells.h"

#include "panels/mark_of.h"
#include "theme/tokens.h"

#include <algorithm>

namespace sluice::panels {

QColor colour(Ink ink) {
    const auto& t = theme::tokens();
    switch (ink) {
    case Ink::text:
        return t.text;
    case Ink::dim:
        return t.dim;
    case Ink::good:
        return t.green;
    case Ink::warn:
        return t.warn;
    case Ink::breach:
        return t.breach;
    case Ink::accent:
        return t.accent;
    }
    return t.text;
}

Ink ink_of(story::Tone tone) {
    switch (tone) {
    case story::Tone::plain:
        return Ink::text;
    case story::Tone::accent:
        return Ink::accent;
    case story::Tone::good:
        return Ink::good;
    case story::Tone::warn:
        return Ink::warn;
    case story::Tone::breach:
        return Ink::breach;
    }
    return Ink::text;
}

Ink ink_of(story::Mark mark) {
    switch (mark) {
    case story::Mark::holds:
        return Ink::good;
    case story::Mark::breached:
        return Ink::breach;
    case story::Mark::close:
    case story::Mark::no_data:
    case story::Mark::source_error:
    case story::Mark::paused:
        return Ink::warn;
    case story::Mark::running:
        return Ink::accent;
    case story::Mark::to_come:
    case story::Mark::skipped:
        return Ink::dim;
    }
    return Ink::text;
}

QString glyph(story::Mark mark) {
    return theme::glyph(mark_of(mark));
}

CellsModel::CellsModel(std::vector<Column> columns, QObject* parent)
    : QAbstractTableModel(parent), columns_(std::move(columns)) {}

void CellsModel::show(std::vector<std::vector<Cell>> rows) {
    const int before = static_cast<int>(rows_.size());
    const int after = static_cast<int>(rows.size());
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        rows_.resize(rows.size());
        endRemoveRows();
    }
    for (std::size_t row = 0; row < rows_.size(); ++row) {
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            if (rows_[row][column] != rows[row][column]) {
                rows_[row][column] = std::move(rows[row][column]);
                const QModelIndex at = index(static_cast<int>(row), static_cast<int>(column));
                emit dataChanged(at, at);
            }
        }
    }
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        rows_.insert(rows_.end(), std::make_move_iterator(rows.begin() + before), std::make_move_iterator(rows.end()));
        endInsertRows();
    }
}

void CellsModel::name_column(int column, const QString& title) {
    auto& own = columns_.at(static_cast<std::size_t>(column));
    if (own.title != title) {
        own.title = title;
        emit headerDataChanged(Qt::Horizontal, column, column);
    }
}

int CellsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int CellsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant CellsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Column& column = columns_[static_cast<std::size_t>(index.column())];
    const Cell& cell = rows_[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.tip.isEmpty() ? QVariant() : cell.tip;
    case Qt::ForegroundRole:
        return colour(cell.ink);
    case Qt::FontRole: {
        const auto weight = cell.strong ? QFont::DemiBold : QFont::Normal;
        return column.figures ? theme::figure_font(13, weight) : theme::text_font(13, weight);
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (column.figures ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QVariant CellsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    const Column& column = columns_[static_cast<std::size_t>(section)];
    switch (role) {
    case Qt::DisplayRole:
        return column.title;
    case Qt::FontRole:
        return column.figures ? theme::figure_font(12) : theme::text_font(12);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | (column.figures ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

} // namespace sluice::panels
