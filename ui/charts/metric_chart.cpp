#include "charts/metric_chart.h"

#include "charts/accessible_chart.h"
#include "charts/chart_table.h"
#include "charts/fitted_label.h"
#include "charts/metric_chooser.h"
#include "charts/plot_canvas.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QDialog>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyleOption>
#include <QToolButton>
#include <QVBoxLayout>

namespace sluice::charts {
namespace {

constexpr int footer_from = 136;  ///< pixels of height
constexpr int narrow_below = 280; ///< pixels of width

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

QString chooser_style(int padding) {
    return QStringLiteral("QToolButton { background: transparent; border-color: transparent; font-size: 10px; "
                          "padding: 0 %1px; } QToolButton:focus { border: 1px solid palette(highlight); }")
        .arg(padding);
}

} // namespace

MetricChart::MetricChart(TimeView& view, QWidget* parent)
    : QWidget(parent), view_(view), title_(new FittedLabel), unit_(new QLabel), mark_(new QLabel), value_(new QLabel),
      footer_(new FittedLabel), canvas_(new PlotCanvas(view, this)),
      table_action_(new QAction(tr("Charts: figures as a table"), this)),
      choose_action_(new QAction(tr("Charts: choose the metric"), this)),
      parts_action_(new QAction(tr("Charts: a lag by group, topic and partition"), this)), chooser_(new QToolButton) {
    know_accessible_charts();
    unit_->setFont(theme::text_font(11));
    footer_->setFont(theme::text_font(11));
    mark_->setFont(theme::text_font(13, QFont::DemiBold));
    value_->setFont(theme::figure_font(18, QFont::Medium));
    theme::set_role(this, "panel");
    theme::set_role(title_, "heading");
    theme::set_role(unit_, "dim");
    theme::set_role(footer_, "dim");

    auto* head = head_ = new QHBoxLayout;
    head->setSpacing(2 * theme::grid);
    title_->set_small(11);
    title_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored); // the figure says how high the head is
    head->addWidget(title_);
    head->addWidget(unit_);
    head->addWidget(chooser_);
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
    choose_action_->setShortcut(Qt::Key_C);
    choose_action_->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(choose_action_);
    parts_action_->setShortcuts({Qt::Key_Return, Qt::Key_Enter});
    parts_action_->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(parts_action_, &QAction::triggered, this, [this] { emit parts_asked(content_.metric); });
    addAction(parts_action_);
    for (QWidget* word : {static_cast<QWidget*>(title_), static_cast<QWidget*>(value_)}) {
        word->installEventFilter(this);
    }
    offer_parts();
    chooser_->setText(QStringLiteral("▾"));
    chooser_->setStyleSheet(chooser_style(4));
    chooser_->setToolTip(tr("Another metric (C)"));
    chooser_->hide();
    connect(choose_action_, &QAction::triggered, this, &MetricChart::open_chooser);
    connect(chooser_, &QToolButton::clicked, this, &MetricChart::open_chooser);
    setContextMenuPolicy(Qt::ActionsContextMenu);
}

void MetricChart::show(const ChartContent& content) {
    std::vector<std::size_t> revisions;
    for (const ChartLine& line : content.lines) {
        revisions.push_back(line.samples ? line.samples->revision() : 0);
        revisions.push_back(line.past ? line.past->revision() : 0);
    }
    if (content == content_ && revisions == revisions_) {
        return;
    }
    content_ = content;
    revisions_ = std::move(revisions);
    show_words();
    canvas_->set_content(content_);
}

void MetricChart::set_choices(const std::vector<MetricChoice>& choices) {
    choices_ = choices;
    chooser_->setVisible(choices_.size() > 1);
    choose_action_->setEnabled(choices_.size() > 1);
}

MetricChooser* MetricChart::open_chooser() {
    auto* list = new MetricChooser(choices_, content_.metric, this);
    connect(list, &MetricChooser::chosen, this, &MetricChart::metric_chosen);
    list->open_at({chooser_->mapToGlobal(QPoint()), chooser_->size()});
    return list;
}

// Arrows, Home and End go through time elsewhere on the screen; whoever is in a chart means the chart.
QAction* MetricChart::action_of(const QKeyEvent& event) const {
    const QKeySequence pressed(event.keyCombination());
    for (auto* action : actions()) {
        if (action->isEnabled() && action->shortcuts().contains(pressed)) {
            return action;
        }
    }
    return nullptr;
}

bool MetricChart::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && action_of(*static_cast<QKeyEvent*>(event)) != nullptr) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void MetricChart::keyPressEvent(QKeyEvent* event) {
    if (auto* action = action_of(*event)) {
        action->trigger();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void MetricChart::show_words() {
    title_->setText(content_.heading.isEmpty() ? content_.title : content_.heading);
    unit_->setText(content_.unit);
    value_->setText(content_.value_text);
    footer_->setText(content_.footer);
    offer_parts();
    show_footer();
    const char* role = role_of(content_.state);
    theme::set_role(value_, role);
    theme::set_role(mark_, role);
    mark_->setText(*role != 0 ? theme::glyph(content_.state) : QString());
    mark_->setVisible(*role != 0);
    value_->setToolTip(state_words(content_.state));
    setAccessibleName(content_.title);
    chooser_->setAccessibleName(tr("Another metric than %1").arg(content_.title));
    setAccessibleDescription(describe(content_));
}

// The plot is for looking around in time: what stands above it leads to the parts.
void MetricChart::offer_parts() {
    parts_action_->setEnabled(content_.has_parts);
    parts_action_->setVisible(content_.has_parts);
    for (QWidget* word : {static_cast<QWidget*>(title_), static_cast<QWidget*>(value_)}) {
        content_.has_parts ? word->setCursor(Qt::PointingHandCursor) : word->unsetCursor();
    }
}

bool MetricChart::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const bool inside = static_cast<QWidget*>(watched)->rect().contains(mouse->position().toPoint());
        if (mouse->button() == Qt::LeftButton && inside) {
            parts_action_->trigger(); // nothing where there are none
        }
    }
    return QWidget::eventFilter(watched, event);
}

// In a low chart its line needs the room; what the foot says is then the tip.
void MetricChart::show_footer() {
    const bool room = height() >= footer_from;
    footer_->setVisible(room && !content_.footer.isEmpty());
    QStringList tips{room ? QString() : content_.footer};
    if (content_.has_parts) {
        tips << tr("Click its title for group, topic and partition (Return)");
    }
    tips.removeAll(QString());
    const QString tip = tips.join(u'\n');
    if (toolTip() != tip) {
        setToolTip(tip);
    }
}

void MetricChart::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    show_footer();
    give_title_room();
}

// Three beside each other on a small screen: what is between the words goes to the title.
void MetricChart::give_title_room() {
    const bool narrow = width() < narrow_below;
    if (narrow != narrow_) {
        narrow_ = narrow;
        const int side = narrow ? 10 : 14;
        layout()->setContentsMargins(side, 8, side, 8);
        head_->setSpacing(narrow ? theme::grid : 2 * theme::grid);
        chooser_->setStyleSheet(chooser_style(narrow ? 0 : 4));
    }
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
