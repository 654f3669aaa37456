#pragma once
#include "charts/content.h"

#include <QAbstractTableModel>

class QDialog;
class QWidget;

namespace sluice::charts {

/// The figures of a chart as a table: a row for each time at which a line has a sample, newest first; a column for the
/// time and one for each line. As of the moment at which it was made: the lines may grow meanwhile.
class ChartTable : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit ChartTable(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void set(const ChartContent& content, Span span);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        Nanos at;
        std::vector<std::optional<double>> values; ///< in figures shown; nothing: no data
    };
    Span span_;
    QString unit_;
    std::vector<QString> names_;
    std::vector<Row> rows_;
};

/// A window with that table; it deletes itself when closed.
QDialog* table_dialog(const ChartContent& content, Span span, QWidget* parent);

} // namespace sluice::charts
