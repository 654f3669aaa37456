#pragma once
#include <QSortFilterProxyModel>

namespace sluice::panels {

/// The rows that hold every word of the filter, in any column; heartbeats of holds only when asked for.
class AuditFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void set_words(const QString& text);
    void show_heartbeats(bool shown);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList words_;
    bool heartbeats_ = false;
};

} // namespace sluice::panels
