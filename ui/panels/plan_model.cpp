#include "panels/plan_model.h"

#include <algorithm>

namespace sluice::panels {
namespace {

bool same_place(const story::PlanRow& one, const story::PlanRow& other) {
    return one.id == other.id && one.parent == other.parent && one.kind == other.kind;
}

} // namespace

std::size_t PlanModel::forward_rows(const std::vector<story::PlanRow>& rows) const {
    const auto back = std::find_if(rows.begin(), rows.end(),
                                   [](const auto& row) { return row.kind == story::PlanRow::Kind::rollback; });
    return static_cast<std::size_t>(back - rows.begin());
}

void PlanModel::show(const story::PlanView& view) {
    const auto same = [&](std::size_t from, std::size_t to) {
        return std::equal(rows_.begin() + static_cast<std::ptrdiff_t>(from),
                          rows_.begin() + static_cast<std::ptrdiff_t>(to),
                          view.rows.begin() + static_cast<std::ptrdiff_t>(from), same_place);
    };
    const std::size_t had = forward_rows(rows_), has = forward_rows(view.rows);
    if (had != has || had == 0 || !same(0, had)) {
        beginResetModel();
        rows_ = view.rows;
        lay_out();
        endResetModel();
        return;
    }
    const bool back_stays = rows_.size() == view.rows.size() && same(had, rows_.size());
    if (!back_stays && rows_.size() > had) {
        const int last = static_cast<int>(children_[0].size()) - 1;
        beginRemoveRows({}, last, last);
        rows_.resize(had);
        lay_out();
        endRemoveRows();
    }
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i] != view.rows[i]) {
            rows_[i] = view.rows[i];
            emit dataChanged(at(i), at(i));
        }
    }
    if (!back_stays && view.rows.size() > had) {
        const int next = static_cast<int>(children_[0].size());
        beginInsertRows({}, next, next);
        rows_ = view.rows;
        lay_out();
        endInsertRows();
    }
}

void PlanModel::lay_out() {
    children_.assign(rows_.size() + 1, {});
    place_.assign(rows_.size(), 0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        auto& siblings = children_[static_cast<std::size_t>(rows_[i].parent) + 1];
        place_[i] = static_cast<int>(siblings.size());
        siblings.push_back(static_cast<int>(i));
    }
}

QModelIndex PlanModel::at(std::size_t row) const {
    return createIndex(place_[row], 0, row);
}

QModelIndex PlanModel::index_of(const std::string& id) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const auto& row) { return row.id == id; });
    return found == rows_.end() ? QModelIndex() : at(static_cast<std::size_t>(found - rows_.begin()));
}

QModelIndex PlanModel::current() const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [](const auto& row) { return row.current; });
    return found == rows_.end() ? QModelIndex() : at(static_cast<std::size_t>(found - rows_.begin()));
}

QModelIndex PlanModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    const std::size_t slot = parent.isValid() ? parent.internalId() + 1 : 0;
    return at(static_cast<std::size_t>(children_[slot][static_cast<std::size_t>(row)]));
}

QModelIndex PlanModel::parent(const QModelIndex& child) const {
    if (!child.isValid()) {
        return {};
    }
    const int above = rows_[child.internalId()].parent;
    return above < 0 ? QModelIndex() : at(static_cast<std::size_t>(above));
}

int PlanModel::rowCount(const QModelIndex& parent) const {
    if (children_.empty() || parent.column() > 0) {
        return 0;
    }
    return static_cast<int>(children_[parent.isValid() ? parent.internalId() + 1 : 0].size());
}

int PlanModel::columnCount(const QModelIndex&) const {
    return 1;
}

QVariant PlanModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const auto& one = row(index);
    switch (role) {
    case Qt::DisplayRole:
        return one.title;
    case Qt::ToolTipRole:
        return one.detail.isEmpty() ? one.title + QStringLiteral(": ") + one.word
                                    : one.title + QStringLiteral(": ") + one.word + u'\n' + one.detail;
    case Qt::AccessibleTextRole: {
        QStringList parts{one.title, one.word};
        for (const auto& part : {one.detail, one.right}) {
            if (!part.isEmpty()) {
                parts << part;
            }
        }
        if (one.current) {
            parts << tr("current step");
        }
        return parts.join(QStringLiteral(", "));
    }
    default:
        return {};
    }
}

} // namespace sluice::panels
