#pragma once
#include "story/lag_page.h"

#include <QAbstractItemModel>
#include <QStringList>
#include <vector>

namespace sluice::panels {

/// Groups, their topics and the partitions of these as a tree of ready texts.
///
/// While they are the same ones in the same order only what changed is told, so nobody's place in the tree is lost;
/// else the model is reset, and `path` and `find` bring back what was open.
class LagModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { name, state, lag, skew, behind, produced, consumed, drain, committed, end, stable, columns };

    using QAbstractItemModel::QAbstractItemModel;

    /// True if it was reset.
    bool show(const std::vector<story::LagLine>& groups);
    /// Null for an index that is none; valid until the next `show`.
    const story::LagLine* line(const QModelIndex& index) const;

    QStringList path(const QModelIndex& index) const; ///< its names, from the group down
    QModelIndex find(const QStringList& path) const;  ///< invalid if there is none

    static constexpr int row_height = 24;
    static bool is_figure(int column) { return column >= lag; } ///< ends at the right
    static bool is_digits(int column) { return is_figure(column) && column != skew && column != drain; }
    static QString text(const story::LagLine& line, int column);

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    /// A line beside its place. An index carries the number of its node.
    struct Node {
        story::LagLine line; ///< its parts are nodes of their own
        std::size_t parent = 0;
        int row = 0;
        std::vector<std::size_t> parts;
    };
    static void add(std::vector<Node>& nodes, std::size_t parent, const std::vector<story::LagLine>& lines);
    const Node& node(const QModelIndex& index) const { return nodes_.at(index.isValid() ? index.internalId() : 0); }

    std::vector<Node> nodes_ = std::vector<Node>(1); ///< the first is what all groups lie in
};

} // namespace sluice::panels
