#pragma once
#include "panels/cells.h"

#include <QTableView>

namespace sluice::panels {

/// A CellsModel as a plain table: no grid, no selection, as tall as its rows (up to `most_rows`, then it scrolls).
/// Columns are as wide as what stands in them; where that has no room they yield by importance (column_fit.h), and
/// texts of a column that wraps take a second line. What is cut is in the cell's tip. Hidden while it has no rows.
class CellsView : public QTableView {
    Q_OBJECT
public:
    static constexpr int row_height = 24, low_row_height = 20;

    CellsView(std::vector<Column> columns, const QString& accessible_name, bool with_header, QWidget* parent = nullptr);

    CellsModel& cells() { return model_; }
    void show_rows(std::vector<std::vector<Cell>> rows);
    void set_compact(bool compact); ///< lower rows

    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();
    std::vector<int> widths_in(int room) const;                 ///< of the columns
    std::vector<int> heights_at(const std::vector<int>&) const; ///< of the rows, for such widths
    int height_of(const std::vector<int>& rows) const;
    int row_pixels() const { return compact_ ? low_row_height : row_height; }
    static constexpr int most_rows = 10;
    CellsModel model_;
    bool with_header_;
    bool compact_ = false;
    int known_rows_ = 0;
    std::vector<int> widths_;  ///< as they are set
    std::vector<int> heights_; ///< likewise
};

} // namespace sluice::panels
