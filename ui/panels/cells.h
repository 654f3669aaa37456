#pragma once
#include "story/card.h"

#include <QAbstractTableModel>
#include <QColor>
#include <vector>

namespace sluice::panels {

/// What colours a cell: by name, so that a change of theme reaches it.
enum class Ink { text, dim, good, warn, breach, accent };
QColor colour(Ink ink);
Ink ink_of(story::Tone tone);
Ink ink_of(story::Mark mark);
/// "✓", "△", …
QString glyph(story::Mark mark);

struct Cell {
    QString text = {};
    Ink ink = Ink::text;
    bool strong = false;
    QString tip = {};
    bool operator==(const Cell&) const = default;
};

struct Column {
    QString title;
    int share = 1;        ///< of what is left over of the width, against the other columns
    bool figures = false; ///< right-aligned, in the figures' type; never cut
    int yields = 0;       ///< the highest goes first where there is no room; 0 = it stays
    int least = 96;       ///< of texts, pixels: cut to less they say nothing
    bool wraps = false;   ///< of texts: what has no room takes a second line
};

/// A table of ready texts. Rows are kept by their place: only cells that changed are told.
class CellsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit CellsModel(std::vector<Column> columns, QObject* parent = nullptr);

    void show(std::vector<std::vector<Cell>> rows); ///< each with a cell a column
    void name_column(int column, const QString& title);
    const std::vector<Column>& columns() const { return columns_; }
    const Cell& cell(int row, int column) const {
        return rows_.at(static_cast<std::size_t>(row)).at(static_cast<std::size_t>(column));
    }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

} // namespace sluice::panels
