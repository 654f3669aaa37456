#pragma once
#include "story/plan_view.h"

#include <QAbstractItemModel>

namespace sluice::panels {

/// The plan as a tree: phases, their steps, what groups and decisions hold; behind them the rollback when one runs.
/// Rows stay where they are while the session goes on; only what changed is told.
class PlanModel : public QAbstractItemModel {
    Q_OBJECT
public:
    using QAbstractItemModel::QAbstractItemModel;

    void show(const story::PlanView& view);

    const story::PlanRow& row(const QModelIndex& index) const { return rows_.at(index.internalId()); }
    QModelIndex index_of(const std::string& id) const; ///< of a step, a phase, an option; invalid if there is none
    QModelIndex current() const;                       ///< the row that matters most; invalid if none does

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    /// Display: the title; accessible text: all that the row says; tip: what may be cut.
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void lay_out();
    QModelIndex at(std::size_t row) const;
    std::size_t forward_rows(const std::vector<story::PlanRow>& rows) const;

    std::vector<story::PlanRow> rows_;
    std::vector<std::vector<int>> children_; ///< [0] of the top, [i + 1] of row i
    std::vector<int> place_;                 ///< of each row under its parent
};

} // namespace sluice::panels
