#include "charts/metric_chart.h"

#include "charts/accessible_chart.h"
#include "charts/chart_table.h"
#include "charts/fitted_label.h"
#include "charts/plot_canvas.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QDialog>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyleOption>
#include <QVBoxLayout>

namespace sluice::charts {
namespace {

constexpr int footer_from = 136; ///< pixels of height

/// Breach and close differ in shape too, not in colour alone.
const char* role_of(theme::Mark state) {
    switch (state) {
    case theme::Mark::breached:
        return "breach";
    case theme::Mark::close:
    case theme::Mark::no_data:
    case theme::Mark::source_error:
        return "warn";
    default:
        return "";
    }
}

} // namespace

MetricChart::MetricChart(TimeView& view, QWidget* parent)
    : QWidget(parent), view_(view), title_(new FittedLabel), unit_(new QLabel), mark_(new QLabel), value_(new QLabel),
      footer_(new FittedLabel), canvas_(new PlotCanvas(view, this)),
      table_action_(new QAction(tr("Figures as a table"), this)) {
    know_accessible_charts();
    unit_->setFont(theme::text_font(11));
    footer_->setFont(theme::text_font(11));
    mark_->setFont(theme::text_font(13, QFont::DemiBold));
    value_->setFont(theme::figure_font(18, QFont::Medium));
    theme::set_role(this, "panel");
    theme::set_role(title_, "heading");
    theme::set_role(unit_, "dim");
    theme::set_role(footer_, "dim");

    auto* head = new QHBoxLayout;
    head->setSpacing(2 * theme::grid);
    head->addWidget(title_);
    head->addWidget(unit_);
    head->addStretch(1);
    head->addWidget(mark_);
    head->addWidget(value_);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(14, 8, 14, 8);
    rows->setSpacing(theme::grid);
    rows->addLayout(head);
    rows->addWidget(canvas_, 1);
    rows->addWidget(footer_);

    setFocusPolicy(Qt::StrongFocus);
    addActions(view.actions());
    table_action_->setShortcut(Qt::Key_T);
    table_action_->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(table_action_, &QAction::triggered, this, &MetricChart::open_table);
    addAction(table_action_);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void MetricChart::show(const ChartContent& content) {
    std::vector<std::size_t> revisions;
    for (const ChartLine& line : content.lines) {
        revisions.push_back(line.samples ? line.samples->revision() : 0);
    }
    if (content == content_ && revisions == revisions_) {
        return;
    }
    content_ = content;
    revisions_ = std::move(revisions);
    show_words();
    canvas_->set_content(content_);
}

void MetricChart::show_words() {
    title_->setText(content_.title);
    unit_->setText(content_.unit);
    value_->setText(content_.value_text);
    footer_->setText(content_.footer);
    show_footer();
    const char* role = role_of(content_.state);
    theme::set_role(value_, role);
    theme::set_role(mark_, role);
    mark_->setText(*role != 0 ? theme::glyph(content_.state) : QString());
    mark_->setVisible(*role != 0);
    value_->setToolTip(state_words(content_.state));
    setAccessibleName(content_.title);
    setAccessibleDescription(describe(content_));
}

// In a low chart its line needs the room; what the foot says is then the tip.
void MetricChart::show_footer() {
    const bool room = height() >= footer_from;
    footer_->setVisible(room && !content_.footer.isEmpty());
    const QString tip = room ? QString() : content_.footer;
    if (toolTip() != tip) {
        setToolTip(tip);
    }
}

void MetricChart::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    show_footer();
}

QDialog* MetricChart::open_table() {
    if (!table_) {
        table_ = table_dialog(content_, view_.visible(), this);
    }
    table_->show();
    table_->raise();
    table_->activateWindow();
    return table_;
}

void MetricChart::paintEvent(QPaintEvent*) {
    QStyleOption option;
    option.initFrom(this);
    QPainter painter(this);
    style()->drawPrimitive(QStyle::PE_Widget, &option, &painter, this);
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::tokens().accent, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    }
}

void MetricChart::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void MetricChart::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void MetricChart::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        show_words();
    }
    QWidget::changeEvent(event);
}

} // namespace sluice::charts
