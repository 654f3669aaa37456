#include "charts/chart_table.h"

#include "theme/tokens.h"

#include <QDialog>
#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

namespace sluice::charts {

void ChartTable::set(const ChartContent& content, Span span) {
    beginResetModel();
    span_ = span;
    unit_ = content.unit;
    names_.clear();
    rows_.clear();
    std::vector<Nanos> times;
    for (const ChartLine& line : content.lines) {
        names_.push_back(line.name);
        if (line.samples) {
            for (const series::Point& point : line.samples->between(span.from, span.to)) {
                times.push_back(point.at);
            }
        }
    }
    std::ranges::sort(times, std::ranges::greater{});
    times.erase(std::unique(times.begin(), times.end()), times.end());
    rows_.reserve(times.size());
    for (const Nanos at : times) {
        Row row{at, {}};
        for (const auto& of_line : readout(content, at).rows) {
            row.values.push_back(of_line.value);
        }
        rows_.push_back(std::move(row));
    }
    endResetModel();
}

int ChartTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ChartTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(names_.size()) + 1;
}

QVariant ChartTable::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role == Qt::FontRole) {
        return theme::figure_font();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (index.column() == 0) {
        return clock_text(row.at, span_);
    }
    const auto& value = row.values[static_cast<std::size_t>(index.column()) - 1];
    return value ? figure(*value) : tr("no data");
}

QVariant ChartTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (section == 0) {
        return tr("Time (UTC)");
    }
    const QString& name = names_[static_cast<std::size_t>(section) - 1];
    return unit_.isEmpty() ? name : QStringLiteral("%1, %2").arg(name, unit_);
}

QDialog* table_dialog(const ChartContent& content, Span span, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(content.title);
    auto* model = new ChartTable(dialog);
    model->set(content, span);
    auto* table = new QTableView;
    table->setModel(model);
    table->setAccessibleName(content.title);
    table->setAccessibleDescription(describe(content));
    table->verticalHeader()->hide();
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setTabKeyNavigation(false);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(table);
    dialog->resize(420, 480);
    return dialog;
}

} // namespace sluice::charts
