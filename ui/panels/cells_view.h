#pragma once
#include "panels/cells.h"

#include <QTableView>

namespace sluice::panels {

/// A CellsModel as a plain table: no grid, no selection, as tall as its rows (up to `most_rows`, then it scrolls), its
/// columns sharing the width. Hidden while it has no rows.
class CellsView : public QTableView {
    Q_OBJECT
public:
    static constexpr int row_height = 24;

    CellsView(std::vector<Column> columns, const QString& accessible_name, bool with_header, QWidget* parent = nullptr);

    CellsModel& cells() { return model_; }
    void show_rows(std::vector<std::vector<Cell>> rows);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    static constexpr int most_rows = 10;
    CellsModel model_;
    bool with_header_;
    int known_rows_ = 0;
};

} // namespace sluice::panels
