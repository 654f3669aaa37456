#pragma once
#include <QStyledItemDelegate>

class QTreeView;

namespace sluice::panels {

/// Paints a row of the plan: mark, title, second line, time; a box around the current step.
class PlanDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit PlanDelegate(QTreeView* view);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    QString second_line(const QModelIndex& index) const;
    QTreeView* view_;
};

} // namespace sluice::panels
