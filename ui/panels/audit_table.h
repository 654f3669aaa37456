#pragma once
#include "panels/audit_filter.h"
#include "panels/audit_model.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QWidget>

namespace sluice::panels {

/// What happened, who did it, and that nobody changed it since.
class AuditTable : public QWidget {
    Q_OBJECT
public:
    explicit AuditTable(QWidget* parent = nullptr);

    void show_moment(const story::Moment& moment);
    AuditModel& model() { return model_; }
    AuditFilter& filter() { return filter_; }
    QTableView& view() { return *view_; }
    QAction* find_action() { return find_; }             ///< Ctrl+Shift+F: to the filter
    QAction* heartbeats_action() { return heartbeats_; } ///< Ctrl+Shift+E
    QAction* copy_action() { return copy_; }
    QStringList texts() const; ///< the header and what is listed, the newest first

    QSize sizeHint() const override { return {900, 180}; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void copy();
    void show_seal();

    AuditModel model_;
    AuditFilter filter_;
    story::AuditSeal seal_;
    QLabel* seal_label_;
    QLineEdit* words_;
    QTableView* view_;
    QAction *find_, *heartbeats_, *copy_;
};

} // namespace sluice::panels
