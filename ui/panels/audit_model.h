#pragma once
#include "story/audit_view.h"

#include <QAbstractTableModel>

namespace sluice::panels {

/// The session's events, the newest first: one row each. Grows and shrinks at its top as time goes on or is turned
/// back; what a row says is worked out once.
class AuditModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { time, actor, text, proof };

    using QAbstractTableModel::QAbstractTableModel;

    /// `release`: as the last of them left it.
    void show(std::span<const story::Entry> entries, const release::Release& release);
    const story::AuditLine& line(int row) const { return lines_.at(shown_ - 1 - static_cast<std::size_t>(row)); }
    /// "14:51:02.114"; with the day before it where what is shown is not of one day.
    QString time_text(int row) const;
    /// Tab-separated, with the date, the ids and the whole root: to be kept elsewhere.
    QString copied(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<story::AuditLine> lines_; ///< oldest first; may know more than is shown
    std::size_t shown_ = 0;
    bool of_one_day_ = true; ///< what is shown
};

} // namespace sluice::panels
