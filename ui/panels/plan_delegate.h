#pragma once
#include <QStyledItemDelegate>

class QTreeView;

namespace sluice::panels {

/// Paints a row of the plan: mark, title, second line, time; a box around the current step.
class PlanDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit PlanDelegate(QTreeView* view);
    void set_compact(bool compact); ///< lower rows, less air between phases
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    /// Heights in pixels.
    struct Lines {
        int phase_gap = 10; ///< above a phase
        int phase = 24, step = 25, detail = 17;
    };
    QString second_line(const QModelIndex& index) const;
    Lines lines_;
    QTreeView* view_;
};

} // namespace sluice::panels
