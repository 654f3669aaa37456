#pragma once
#include "story/traffic_view.h"

#include <QAbstractTableModel>
#include <QTableView>

namespace sluice::panels {

/// Each metric that is measured by arm: released arm, initial arm, difference, state.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { metric, released, initial, difference, state, columns };
    using QAbstractTableModel::QAbstractTableModel;

    void show_comparisons(const story::TrafficView& view);
    const story::Comparison& row_at(int row) const { return rows_.at(static_cast<std::size_t>(row)); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<story::Comparison> rows_;
    QString released_, initial_;
    int released_place_ = 0, initial_place_ = 0;
};

/// The table, as high as its rows; what a narrow one cuts are the metrics' names, never the figures.
class ComparisonTable : public QTableView {
    Q_OBJECT
public:
    explicit ComparisonTable(QWidget* parent = nullptr);
    void show_comparisons(const story::TrafficView& view); ///< hides itself when there is nothing to compare
    ComparisonModel& comparisons() { return *model_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit_columns();
    ComparisonModel* model_;
    int widths_[ComparisonModel::columns] = {};
};

} // namespace sluice::panels
