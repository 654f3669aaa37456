#include "panels/audit_model.h"

#include "story/plan_names.h"
#include "theme/tokens.h"

namespace sluice::panels {
namespace {

constexpr qsizetype most_lines = 40; ///< a tip that is higher than the screen can't be read

QString whole_text(const story::AuditLine& line) {
    QStringList lines{line.text};
    if (line.exact != line.text) {
        lines << line.exact;
    }
    const QStringList more = line.more.isEmpty() ? QStringList() : line.more.trimmed().split(u'\n');
    lines << more.first(std::min(most_lines, more.size()));
    if (more.size() > most_lines) {
        lines << AuditModel::tr("… and %1 lines more: 'sluicectl log' has them").arg(more.size() - most_lines);
    }
    return lines.join(u'\n');
}

} // namespace

void AuditModel::show(std::span<const story::Entry> entries, const release::Release& release) {
    const std::size_t count = entries.size();
    // Another session, or the same one otherwise told: the root tells them apart, since it covers all before it.
    const std::size_t common = std::min(count, lines_.size());
    if (common > 0 && entries[common - 1].root != lines_[common - 1].root) {
        beginResetModel();
        lines_.clear();
        shown_ = 0;
        endResetModel();
    }
    const story::PlanNames names(release);
    for (std::size_t i = lines_.size(); i < count; ++i) {
        lines_.push_back(story::audit_line(entries[i], names));
    }
    if (count < shown_) {
        beginRemoveRows({}, 0, static_cast<int>(shown_ - count) - 1);
        shown_ = count;
        endRemoveRows();
    } else if (count > shown_) {
        beginInsertRows({}, 0, static_cast<int>(count - shown_) - 1);
        shown_ = count;
        endInsertRows();
    }
    const bool one_day = shown_ == 0 || lines_.front().day == lines_.at(shown_ - 1).day;
    if (one_day != of_one_day_) { // once rows have come or gone: those that stay change then
        of_one_day_ = one_day;
        if (shown_ > 0) {
            emit dataChanged(index(0, time), index(static_cast<int>(shown_) - 1, time));
        }
    }
}

QString AuditModel::time_text(int row) const {
    return of_one_day_ ? line(row).time : line(row).day + u' ' + line(row).time;
}

QString AuditModel::copied(int row) const {
    const auto& one = line(row);
    const QStringList parts{one.day + u'T' + one.time + u'Z', one.actor, one.exact, QString::number(one.seq),
                            QString::fromStdString(hex(one.root))};
    return parts.join(u'\t');
}

int AuditModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(shown_);
}

int AuditModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 4;
}

QVariant AuditModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const auto& one = line(index.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case time:
            return time_text(index.row());
        case actor:
            return one.actor;
        case text:
            return one.text;
        default:
            return one.proof;
        }
    case Qt::ToolTipRole:
        return index.column() == text ? whole_text(one)
               : index.column() == proof
                   ? tr("Root of the tree after entry %1: %2").arg(one.seq).arg(QString::fromStdString(hex(one.root)))
               : index.column() == time ? one.day + u' ' + one.time + QStringLiteral(" UTC")
                                        : QVariant();
    case Qt::AccessibleTextRole:
        return index.column() == text
                   ? QStringList{time_text(index.row()), one.actor, one.text}.join(QStringLiteral(", "))
                   : data(index, Qt::DisplayRole);
    case Qt::FontRole:
        return index.column() == time || index.column() == proof ? theme::figure_font(12) : theme::text_font(12);
    case Qt::ForegroundRole:
        return index.column() == time || index.column() == proof ? theme::tokens().dim : theme::tokens().text;
    default:
        return {};
    }
}

QVariant AuditModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case time:
        return tr("Time, UTC");
    case actor:
        return tr("Who");
    case text:
        return tr("What");
    default:
        return tr("Entry · root");
    }
}

} // namespace sluice::panels
