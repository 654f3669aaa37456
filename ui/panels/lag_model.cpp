#include "panels/lag_model.h"

#include "panels/cells.h"
#include "theme/tokens.h"

#include <algorithm>

namespace sluice::panels {

void LagModel::add(std::vector<Node>& nodes, std::size_t parent, const std::vector<story::LagLine>& lines) {
    for (const auto& line : lines) {
        const std::size_t own = nodes.size();
        Node& fresh = nodes.emplace_back();
        fresh.line = line;
        fresh.line.parts.clear();
        fresh.parent = parent;
        fresh.row = static_cast<int>(nodes[parent].parts.size());
        nodes[parent].parts.push_back(own);
        add(nodes, own, line.parts);
    }
}

bool LagModel::show(const std::vector<story::LagLine>& groups) {
    std::vector<Node> fresh(1);
    add(fresh, 0, groups);
    const bool same =
        std::equal(fresh.begin(), fresh.end(), nodes_.begin(), nodes_.end(), [](const auto& a, const auto& b) {
            return a.line.name == b.line.name && a.parent == b.parent && a.parts == b.parts;
        });
    if (!same) {
        beginResetModel();
        nodes_ = std::move(fresh);
        endResetModel();
        return true;
    }
    for (std::size_t i = 1; i < fresh.size(); ++i) {
        if (fresh[i].line == nodes_[i].line) {
            continue;
        }
        nodes_[i].line = std::move(fresh[i].line);
        emit dataChanged(createIndex(nodes_[i].row, 0, i), createIndex(nodes_[i].row, columns - 1, i));
    }
    return false;
}

const story::LagLine* LagModel::line(const QModelIndex& index) const {
    return index.isValid() ? &node(index).line : nullptr;
}

QStringList LagModel::path(const QModelIndex& index) const {
    QStringList names;
    for (QModelIndex at = index; at.isValid(); at = at.parent()) {
        names.prepend(node(at).line.name);
    }
    return names;
}

QModelIndex LagModel::find(const QStringList& path) const {
    std::size_t found = 0;
    for (const auto& wanted : path) {
        const auto& parts = nodes_[found].parts;
        const auto part =
            std::find_if(parts.begin(), parts.end(), [&](auto one) { return nodes_[one].line.name == wanted; });
        if (part == parts.end()) {
            return {};
        }
        found = *part;
    }
    return found == 0 ? QModelIndex() : createIndex(nodes_[found].row, 0, found);
}

QString LagModel::text(const story::LagLine& line, int column) {
    switch (column) {
    case name:
        return glyph(line.mark) + u' ' + line.name;
    case state:
        return line.state;
    case lag:
        return line.lag;
    case skew:
        return line.skew;
    case behind:
        return line.behind;
    case produced:
        return line.produced;
    case consumed:
        return line.consumed;
    case drain:
        return line.drain;
    case committed:
        return line.committed;
    case end:
        return line.end;
    default:
        return line.stable;
    }
}

QModelIndex LagModel::index(int row, int column, const QModelIndex& parent) const {
    return hasIndex(row, column, parent) ? createIndex(row, column, node(parent).parts[static_cast<std::size_t>(row)])
                                         : QModelIndex();
}

QModelIndex LagModel::parent(const QModelIndex& child) const {
    const std::size_t above = node(child).parent;
    return !child.isValid() || above == 0 ? QModelIndex() : createIndex(nodes_[above].row, 0, above);
}

int LagModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(node(parent).parts.size());
}

int LagModel::columnCount(const QModelIndex&) const {
    return columns;
}

QVariant LagModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const auto& one = node(index).line;
    const bool trouble = one.mark != story::Mark::holds && one.mark != story::Mark::to_come;
    switch (role) {
    case Qt::DisplayRole:
        return text(one, index.column());
    case Qt::ToolTipRole:
        return index.column() == name ? path(index).join(QStringLiteral(" / ")) : text(one, index.column());
    case Qt::AccessibleTextRole: {
        QStringList parts;
        for (int column = 0; index.column() == name && column < columns; ++column) {
            const QString what = text(one, column);
            if (!what.isEmpty()) {
                parts << (column <= state
                              ? what
                              : headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() + u' ' + what);
            }
        }
        return index.column() == name ? parts.join(QStringLiteral(", ")) : text(one, index.column());
    }
    case Qt::TextAlignmentRole:
        return is_figure(index.column()) ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::SizeHintRole:
        return QSize(60, row_height);
    case Qt::FontRole: {
        QFont font = is_digits(index.column()) ? theme::figure_font(12) : theme::text_font(12);
        if (index.column() == name && node(index).parent == 0) {
            font.setWeight(QFont::DemiBold);
        }
        return font;
    }
    case Qt::ForegroundRole:
        return index.column() <= state && trouble                 ? colour(ink_of(one.mark))
               : index.column() <= lag || index.column() == drain ? theme::tokens().text
                                                                  : theme::tokens().dim;
    default:
        return {};
    }
}

QVariant LagModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columns) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && is_figure(section)) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    const bool explains = role == Qt::ToolTipRole;
    if (!explains && role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case name:
        return tr("Group, topic, partition");
    case state:
        return explains ? tr("By Burrow's rules, or what is wrong") : tr("State");
    case lag:
        return explains ? tr("Messages between the commit and the log's end") : tr("Lag");
    case skew:
        return explains ? tr("The partition with most lag, against their mean") : tr("Worst / mean");
    case behind:
        return explains ? tr("For how long the next message to be read has lain there") : tr("Behind");
    case produced:
        return explains ? tr("Messages written a second, of the last minute") : tr("In/s");
    case consumed:
        return explains ? tr("Messages read a second, of the last minute") : tr("Out/s");
    case drain:
        return explains ? tr("When the lag is gone at these rates, or why nobody can say") : tr("Drained in");
    case committed:
        return explains ? tr("The group's offset") : tr("Committed");
    case end:
        return explains ? tr("Where the log ends, open transactions included") : tr("End");
    default:
        return explains ? tr("Up to where no transaction is open") : tr("Stable");
    }
}

} // namespace sluice::panels
