#pragma once
#include "story/traffic_view.h"

#include <QAbstractListModel>
#include <QListView>
#include <vector>

namespace sluice::panels {

/// Rows of label and value. A row is its place in the list: what changes is told by dataChanged.
class FactModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void show_facts(const std::vector<story::TrafficFact>& facts);
    const story::TrafficFact& fact(int row) const { return facts_.at(static_cast<std::size_t>(row)); }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<story::TrafficFact> facts_;
};

/// The list, as high as its rows. Where label and value have no room on one line, the label takes two beside the
/// value, or, where that is too wide, the value stands below; what is cut even then is in the row's tip.
class FactList : public QListView {
    Q_OBJECT
public:
    explicit FactList(const QString& name, QWidget* parent = nullptr);
    void show_facts(const std::vector<story::TrafficFact>& facts); ///< hides itself when there are none
    FactModel& facts() { return *model_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();
    FactModel* model_;
    std::vector<int> heights_; ///< of the rows, as they are set
};

} // namespace sluice::panels
