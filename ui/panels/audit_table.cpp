#include "panels/audit_table.h"

#include "panels/mark_of.h"
#include "theme/roles.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QToolButton>

#include <algorithm>

namespace sluice::panels {

AuditTable::AuditTable(QWidget* parent)
    : QWidget(parent), seal_label_(new QLabel(this)), words_(new QLineEdit(this)), view_(new QTableView(this)),
      find_(new QAction(tr("Find in the audit log"), this)),
      heartbeats_(new QAction(tr("Show heartbeats of holds"), this)),
      copy_(new QAction(tr("Copy audit entries"), this)) {
    setAttribute(Qt::WA_StyledBackground);
    theme::set_role(this, "bar");
    auto* heading = new QLabel(tr("Audit log"), this);
    theme::set_role(heading, "section");
    theme::set_role(seal_label_, "section");
    seal_label_->setTextFormat(Qt::RichText);
    seal_label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words_->setPlaceholderText(tr("Filter"));
    words_->setAccessibleName(tr("Filter of the audit log"));
    words_->setClearButtonEnabled(true);
    words_->setFixedWidth(200);
    words_->setStyleSheet(QStringLiteral("QLineEdit { padding: 1px 8px; font-size: 11px; }"));

    find_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_F));
    heartbeats_->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E));
    heartbeats_->setCheckable(true);
    copy_->setShortcut(QKeySequence::Copy);
    copy_->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find_, &QAction::triggered, words_, [this] { words_->setFocus(Qt::ShortcutFocusReason); });
    connect(heartbeats_, &QAction::toggled, &filter_, &AuditFilter::show_heartbeats);
    connect(copy_, &QAction::triggered, this, &AuditTable::copy);
    connect(words_, &QLineEdit::textChanged, &filter_, &AuditFilter::set_words);
    addActions({find_, heartbeats_, copy_});

    filter_.setSourceModel(&model_);
    view_->setModel(&filter_);
    view_->setAccessibleName(tr("Audit log"));
    view_->setStyleSheet(QStringLiteral("QTableView, QTableView:focus { border: none; }"));
    view_->setShowGrid(false);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setWordWrap(false);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setTabKeyNavigation(false);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setContextMenuPolicy(Qt::ActionsContextMenu);
    view_->addActions({copy_, heartbeats_, find_});
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view_->verticalHeader()->setMinimumSectionSize(22);
    view_->verticalHeader()->setDefaultSectionSize(22);
    auto* columns = view_->horizontalHeader();
    columns->hide();
    columns->setMinimumSectionSize(80);
    columns->setSectionResizeMode(QHeaderView::Fixed);
    columns->setSectionResizeMode(AuditModel::text, QHeaderView::Stretch);
    columns->resizeSection(AuditModel::time, 180);
    columns->resizeSection(AuditModel::actor, 92);
    columns->resizeSection(AuditModel::proof, 200);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(14, 0, 14, 0);
    head->setSpacing(theme::grid * 4);
    head->addWidget(heading);
    head->addWidget(words_);
    head->addStretch();
    head->addWidget(seal_label_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 6, 0, 6);
    column->setSpacing(2);
    column->addLayout(head);
    auto* inset = new QHBoxLayout;
    inset->setContentsMargins(16, 0, 4, 0);
    inset->addWidget(view_);
    column->addLayout(inset, 1);
}

void AuditTable::show_moment(const story::Moment& moment) {
    model_.show(moment.entries, moment.release);
    auto seal = story::present_seal(moment);
    if (seal == seal_) {
        return;
    }
    seal_ = std::move(seal);
    show_seal();
}

void AuditTable::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !seal_.text.isEmpty()) {
        show_seal(); // its colours are in its text
    }
}

void AuditTable::show_seal() {
    const auto mark = mark_of(seal_.mark);
    seal_label_->setText(QStringLiteral("<span style='color:%1'>%2</span> %3")
                             .arg(theme::colour(mark).name(), theme::glyph(mark), seal_.text.toHtmlEscaped()));
    seal_label_->setAccessibleName(seal_.text);
}

void AuditTable::copy() {
    auto rows = view_->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.row() > b.row(); }); // as it happened
    QStringList lines;
    for (const auto& row : rows) {
        lines << model_.copied(filter_.mapToSource(row).row());
    }
    if (!lines.isEmpty()) {
        QApplication::clipboard()->setText(lines.join(u'\n') + u'\n');
    }
}

QStringList AuditTable::texts() const {
    QStringList all{seal_.text};
    for (int row = 0; row < filter_.rowCount(); ++row) {
        const int of = filter_.mapToSource(filter_.index(row, 0)).row();
        const auto& line = model_.line(of);
        all << QStringList{model_.time_text(of), line.actor, line.text, line.proof}.join(QStringLiteral(" | "));
    }
    return all;
}

} // namespace sluice::panels
