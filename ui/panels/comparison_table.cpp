#include "panels/comparison_table.h"

#include "panels/mark_of.h"
#include "panels/word_wrap.h"
#include "story/format.h"
#include "theme/tokens.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>

namespace sluice::panels {
namespace {

constexpr int comparison_row_height = 24;
constexpr int comparison_figure_pixels = 12;
constexpr int comparison_two_lines = 36; ///< height of a row whose name needs two lines
constexpr int comparison_least = 40;     ///< width of a column of figures: short ones don't run into each other

bool needs_two_lines(const story::Comparison& row, int width) {
    const int units =
        row.unit.isEmpty() ? 0 : QFontMetrics(theme::text_font(11)).horizontalAdvance(row.unit) + theme::grid;
    return QFontMetrics(theme::text_font(13)).horizontalAdvance(row.metric) > width - units - theme::grid;
}

/// The name on two lines, the unit behind it; what does not fit there is cut.
QString on_two_lines(const QString& name, const QString& unit, const QFontMetrics& metrics, int width) {
    const QStringList lines = word_wrapped(name, metrics, width, metrics.horizontalAdvance(unit));
    return lines.size() == 1 ? lines[0] + u'\n' + unit.trimmed() : lines.join(u'\n') + unit;
}

/// Paints cells by themselves: a style sheet's padding would cost the narrow columns their figures.
class ComparisonCell : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& row = static_cast<const ComparisonModel*>(index.model())->row_at(index.row());
        const theme::Tokens& t = theme::tokens();
        painter->save();
        if (index.column() == ComparisonModel::metric && needs_two_lines(row, option.rect.width())) {
            painter->setFont(theme::text_font(12));
            painter->setPen(t.text);
            const QString unit = row.unit.isEmpty() ? QString() : u' ' + row.unit;
            painter->drawText(
                option.rect, Qt::AlignVCenter | Qt::AlignLeft,
                on_two_lines(story::unbroken(row.metric), unit, painter->fontMetrics(), option.rect.width()));
        } else if (index.column() == ComparisonModel::metric) {
            const QFont name = theme::text_font(13), unit = theme::text_font(11);
            const int units = row.unit.isEmpty() ? 0 : QFontMetrics(unit).horizontalAdvance(row.unit) + theme::grid;
            const QFontMetrics metrics(name);
            const QString shown =
                metrics.elidedText(row.metric, Qt::ElideRight, option.rect.width() - units - theme::grid);
            painter->setFont(name);
            painter->setPen(t.text);
            painter->drawText(option.rect, Qt::AlignVCenter | Qt::AlignLeft, shown);
            painter->setFont(unit);
            painter->setPen(t.dim);
            painter->drawText(option.rect.adjusted(metrics.horizontalAdvance(shown) + theme::grid, 0, 0, 0),
                              Qt::AlignVCenter | Qt::AlignLeft, row.unit);
        } else if (index.column() == ComparisonModel::state) {
            if (row.mark) {
                painter->setFont(theme::text_font(13, QFont::DemiBold));
                painter->setPen(theme::colour(mark_of(*row.mark)));
                painter->drawText(option.rect, Qt::AlignVCenter | Qt::AlignRight, theme::glyph(mark_of(*row.mark)));
            }
        } else {
            painter->setFont(theme::figure_font(comparison_figure_pixels));
            painter->setPen(index.column() == ComparisonModel::difference ? t.dim : t.text);
            painter->drawText(option.rect, Qt::AlignVCenter | Qt::AlignRight, index.data(Qt::DisplayRole).toString());
        }
        if (option.state & QStyle::State_HasFocus) {
            painter->setPen(t.accent);
            painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
        }
        painter->restore();
    }
};

/// The heads of the arms carry their colours' line style by name only: the colour is in the bar above.
class ComparisonHead : public QHeaderView {
public:
    explicit ComparisonHead(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {}

protected:
    void paintSection(QPainter* painter, const QRect& rect, int section) const override {
        const theme::Tokens& t = theme::tokens();
        painter->save();
        painter->setFont(theme::figure_font(comparison_figure_pixels));
        painter->setPen(t.dim);
        const bool left = section == ComparisonModel::metric;
        painter->drawText(rect, static_cast<int>(Qt::AlignVCenter | (left ? Qt::AlignLeft : Qt::AlignRight)),
                          model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString());
        painter->setPen(t.line);
        painter->drawLine(rect.bottomLeft(), rect.bottomRight());
        painter->restore();
    }
    QSize sizeHint() const override { return {QHeaderView::sizeHint().width(), comparison_row_height}; }
};

} // namespace

void ComparisonModel::show_comparisons(const story::TrafficView& view) {
    if (view.released != released_ || view.initial != initial_) {
        released_ = view.released;
        initial_ = view.initial;
        emit headerDataChanged(Qt::Horizontal, 0, columns - 1);
    }
    const int before = static_cast<int>(rows_.size()), after = static_cast<int>(view.comparisons.size());
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        rows_.resize(view.comparisons.size());
        endRemoveRows();
    }
    for (int row = 0; row < std::min(before, after); ++row) {
        auto& own = rows_[static_cast<std::size_t>(row)];
        if (!(own == view.comparisons[static_cast<std::size_t>(row)])) {
            own = view.comparisons[static_cast<std::size_t>(row)];
            emit dataChanged(index(row, 0), index(row, columns - 1));
        }
    }
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        rows_.insert(rows_.end(), view.comparisons.begin() + before, view.comparisons.end());
        endInsertRows();
    }
}

int ComparisonModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ComparisonModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns;
}

QVariant ComparisonModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const auto& row = row_at(index.row());
    const bool state_cell = index.column() == state;
    if (role == Qt::ToolTipRole || (role == Qt::AccessibleTextRole && state_cell)) {
        const QString name = row.unit.isEmpty() ? row.metric : row.metric + QStringLiteral(", ") + row.unit;
        return role == Qt::AccessibleTextRole ? row.word
               : row.word.isEmpty()           ? name
                                              : name + QStringLiteral(": ") + row.word;
    }
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) {
        return {};
    }
    switch (index.column()) {
    case metric:
        return row.unit.isEmpty() ? row.metric : row.metric + u' ' + row.unit;
    case released:
        return row.released;
    case initial:
        return row.initial;
    case difference:
        return row.difference;
    default:
        return row.mark ? theme::glyph(mark_of(*row.mark)) : QString();
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case released:
        return released_;
    case initial:
        return initial_;
    case difference:
        return QStringLiteral("Δ");
    default:
        return QString();
    }
}

ComparisonTable::ComparisonTable(QWidget* parent) : QTableView(parent), model_(new ComparisonModel(this)) {
    setModel(model_);
    setHorizontalHeader(new ComparisonHead(this));
    setItemDelegate(new ComparisonCell(this));
    setAccessibleName(tr("The arms side by side"));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionMode(NoSelection);
    setEditTriggers(NoEditTriggers);
    setFocusPolicy(Qt::TabFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(comparison_row_height);
    verticalHeader()->setDefaultSectionSize(comparison_row_height);
    horizontalHeader()->setMinimumSectionSize(8);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionsClickable(false);
    setFixedHeight(0);
    hide();
}

void ComparisonTable::show_comparisons(const story::TrafficView& view) {
    const int before = model_->rowCount();
    model_->show_comparisons(view);
    if (model_->rowCount() != before) {
        setVisible(model_->rowCount() > 0);
    }
    fit_columns();
}

void ComparisonTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit_columns();
}

void ComparisonTable::fit_columns() {
    const QFontMetrics metrics(theme::figure_font(comparison_figure_pixels));
    int widths[ComparisonModel::columns] = {};
    int used = 0;
    for (int column = ComparisonModel::released; column < ComparisonModel::columns; ++column) {
        QString head = model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        int widest = column == ComparisonModel::state ? 14 : metrics.horizontalAdvance(head);
        for (int row = 0; row < model_->rowCount() && column != ComparisonModel::state; ++row) {
            widest = std::max(widest, metrics.horizontalAdvance(model_->index(row, column).data().toString()));
        }
        // Figures that grow by a digit don't shake the table: widths go in steps.
        widths[column] = (widest + 2 * theme::grid + 7) / 8 * 8;
        if (column != ComparisonModel::state) {
            widths[column] = std::max(widths[column], comparison_least);
        }
        used += widths[column];
    }
    widths[ComparisonModel::metric] = std::max(40, viewport()->width() - used);
    for (int column = 0; column < ComparisonModel::columns; ++column) {
        if (widths[column] != widths_[column]) {
            widths_[column] = widths[column];
            setColumnWidth(column, widths[column]);
        }
    }
    int high = comparison_row_height + 2;
    for (int row = 0; row < model_->rowCount(); ++row) {
        const bool two = needs_two_lines(model_->row_at(row), widths[ComparisonModel::metric]);
        setRowHeight(row, two ? comparison_two_lines : comparison_row_height);
        high += rowHeight(row);
    }
    setFixedHeight(model_->rowCount() == 0 ? 0 : high);
}

} // namespace sluice::panels
