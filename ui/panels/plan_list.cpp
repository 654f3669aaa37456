#include "panels/plan_list.h"

#include "panels/plan_delegate.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QApplication>
#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QScrollBar>

namespace sluice::panels {

using story::PlanRow;

namespace {

constexpr int rows_ahead = 3;

} // namespace

PlanList::PlanList(QWidget* parent)
    : QWidget(parent), progress_(new QLabel(this)),
      end_(new ElidedText(theme::text_font(12), ElidedText::Tone::plain, this)),
      hangs_on_(new ElidedText(theme::text_font(12), ElidedText::Tone::dim, this)), view_(new QTreeView(this)),
      delegate_(new PlanDelegate(view_)) {
    auto* heading = new QLabel(tr("Plan"), this);
    theme::set_role(heading, "section");
    theme::set_role(progress_, "section");
    auto* head = new QHBoxLayout;
    head->setContentsMargins(14, 0, 14, 0);
    head->addWidget(heading);
    head->addStretch();
    head->addWidget(progress_);

    view_->setModel(&model_);
    view_->setItemDelegate(delegate_);
    view_->viewport()->installEventFilter(this);
    view_->setHeaderHidden(true);
    view_->setRootIsDecorated(false);
    view_->setIndentation(0);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setExpandsOnDoubleClick(false);
    view_->setAccessibleName(tr("Plan"));
    // The row with the focus has a ring of its own.
    view_->setStyleSheet(QStringLiteral("QTreeView, QTreeView:focus { border: none; }"));
    connect(view_, &QTreeView::clicked, this, &PlanList::toggle);
    connect(view_, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (!QApplication::keyboardModifiers().testFlag(Qt::ControlModifier)) { // that is what is next, not this row
            toggle(index);
        }
    });
    // The row's height hangs on whether it is folded.
    const auto relay = [this](const QModelIndex& index) { emit view_->itemDelegate()->sizeHintChanged(index); };
    connect(view_, &QTreeView::expanded, this, relay);
    connect(view_, &QTreeView::collapsed, this, relay);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &PlanList::picked);

    auto* follow = new QAction(tr("Follow the current step"), this);
    follow->setShortcut(QKeySequence(Qt::Key_Escape));
    follow->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(follow);
    connect(follow, &QAction::triggered, this, &PlanList::clear_selection);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 12, 0, 0);
    column->setSpacing(theme::grid);
    column->addLayout(head);
    column->addWidget(view_, 1);
    auto* foot = new QVBoxLayout;
    foot->setContentsMargins(14, 0, 14, theme::grid);
    foot->setSpacing(2);
    auto* line = new QFrame(this); // what is cut off above it goes on there
    line->setFixedHeight(1);
    theme::set_role(line, "line");
    column->addWidget(line);
    foot->addWidget(end_);
    foot->addWidget(hangs_on_);
    column->addLayout(foot);
}

void PlanList::show_moment(const story::Moment& moment) {
    auto view = story::present_plan(moment);
    if (view == shown_) {
        return;
    }
    shown_ = std::move(view);
    progress_->setText(shown_.progress);
    end_->set_text(shown_.end);
    end_->setVisible(!shown_.end.isEmpty());
    const auto hangs_on = shown_.hangs_on.join(QStringLiteral(", "));
    hangs_on_->set_text(hangs_on.isEmpty() ? QString() : tr("Hangs on %1").arg(hangs_on));
    hangs_on_->setVisible(!hangs_on.isEmpty());
    showing_ = true;
    model_.show(shown_);
    fold();
    showing_ = false;
    const QModelIndex now = model_.current();
    const std::string id = now.isValid() ? model_.row(now).id : std::string();
    const bool back = !shown_.rows.empty() && moment.release.rollback.active;
    if (id != current_ || back != back_) {
        current_ = id;
        if (back && !back_) {
            clear_selection(); // the way back is what one must see now
            view_->scrollTo(model_.index(model_.rowCount() - 1, 0), QAbstractItemView::PositionAtCenter);
        }
        back_ = back;
        keep_current_in_sight();
    }
}

void PlanList::set_compact(bool compact) {
    if (compact != compact_) {
        compact_ = compact;
        delegate_->set_compact(compact);
        view_->doItemsLayout();
        keep_current_in_sight();
    }
}

// With what comes next below it, unless somebody looks at another step.
void PlanList::keep_current_in_sight() {
    const QModelIndex now = model_.current();
    if (!now.isValid() || !selected_.empty()) {
        return;
    }
    QModelIndex ahead = now;
    for (int i = 0; i < rows_ahead && view_->indexBelow(ahead).isValid(); ++i) {
        ahead = view_->indexBelow(ahead);
    }
    view_->scrollTo(ahead, QAbstractItemView::EnsureVisible);
    view_->scrollTo(now, QAbstractItemView::EnsureVisible);
}

bool PlanList::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) {
        const auto* resized = static_cast<QResizeEvent*>(event);
        const bool other_width = resized->size().width() != resized->oldSize().width();
        QMetaObject::invokeMethod(
            this,
            [this, other_width] {
                if (other_width) {
                    view_->doItemsLayout(); // what fits on one line, and what needs two
                }
                if (selected_.empty() && model_.current().isValid()) {
                    view_->scrollToTop(); // with as much of what went before as there is room for
                    keep_current_in_sight();
                }
            },
            Qt::QueuedConnection);
    }
    return QWidget::eventFilter(watched, event);
}

void PlanList::fold() {
    for (const PlanRow& row : shown_.rows) {
        if (row.kind == PlanRow::Kind::step) {
            continue;
        }
        const int stage = row.over ? 2 : row.begun ? 1 : 0;
        const auto [known, fresh] = stage_.try_emplace(row.id, stage);
        if (fresh || known->second != stage) {
            known->second = stage;
            // Groups that lie ahead are open within their phase: what they hold is what will happen.
            view_->setExpanded(model_.index_of(row.id), stage == 1 || (row.kind == PlanRow::Kind::group && stage == 0));
        }
    }
    // A decision's ways are always to be seen.
    for (const PlanRow& row : shown_.rows) {
        if (row.parent >= 0) {
            const PlanRow& above = shown_.rows[static_cast<std::size_t>(row.parent)];
            if (above.kind == PlanRow::Kind::step && stage_.try_emplace(above.id, 0).second) {
                view_->setExpanded(model_.index_of(above.id), true);
            }
        }
    }
}

void PlanList::toggle(const QModelIndex& index) {
    const PlanRow& row = model_.row(index);
    if (row.kind != PlanRow::Kind::step) {
        view_->setExpanded(index, !view_->isExpanded(index));
    } else {
        select(row.id);
    }
}

void PlanList::picked(const QModelIndex& index) {
    if (showing_ || !index.isValid()) {
        return;
    }
    if (const PlanRow& row = model_.row(index); row.kind == PlanRow::Kind::step) {
        select(row.id);
    }
}

void PlanList::select(const std::string& step) {
    if (step != selected_) {
        selected_ = step;
        emit step_selected(QString::fromStdString(step));
    }
}

void PlanList::clear_selection() {
    view_->clearSelection();
    select({});
    keep_current_in_sight();
}

void PlanList::show_selected(const std::string& step) {
    const QModelIndex index = step.empty() ? QModelIndex() : model_.index_of(step);
    if (index.isValid()) {
        view_->setCurrentIndex(index);
        select(step);
    } else {
        clear_selection();
    }
}

QStringList PlanList::texts() const {
    QStringList all{shown_.progress};
    if (!shown_.end.isEmpty()) {
        all << shown_.end << hangs_on_->text();
    }
    for (const PlanRow& row : shown_.rows) {
        QStringList parts{row.title, row.word};
        for (const auto& part : {row.detail, row.right}) {
            if (!part.isEmpty()) {
                parts << part;
            }
        }
        all << parts.join(QStringLiteral(" | "));
    }
    return all;
}

} // namespace sluice::panels
