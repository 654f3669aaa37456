#include "screens/start_screen.h"

#include "theme/roles.h"
#include "theme/tokens.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QVBoxLayout>

namespace sluice::screens {
namespace {

constexpr int most = 10;

QListWidget* list(const QString& name) {
    auto* widget = new QListWidget;
    widget->setAccessibleName(name);
    widget->setFrameShape(QFrame::NoFrame);
    widget->setSpacing(2);
    return widget;
}

QWidget* panel(const QString& title, QListWidget* content) {
    auto* box = new QFrame;
    theme::set_role(box, "panel");
    auto* heading = new QLabel(title);
    theme::set_role(heading, "section");
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->addWidget(heading);
    layout->addWidget(content, 1);
    return box;
}

void add(QListWidget* to, const QString& file, const QString& below) {
    auto* item = new QListWidgetItem(QFileInfo(file).fileName() + '\n' + below, to);
    item->setData(Qt::UserRole, file);
    item->setToolTip(file);
}

} // namespace

StartScreen::StartScreen(const host::Paths& paths, QWidget* parent)
    : QWidget(parent), paths_(paths), plans_(list(tr("Recent plans"))), sessions_(list(tr("Recent sessions"))) {
    auto* title = new QLabel(tr("Sluice"));
    title->setFont(theme::text_font(34, QFont::Bold));
    auto* below = new QLabel(tr("Open a plan to rehearse or run it, or a session to follow or replay it."));
    theme::set_role(below, "dim");
    auto* open = new QPushButton(tr("Open a plan or session…"));
    theme::set_role(open, "primary");
    open->setToolTip(tr("Ctrl+O"));
    connect(open, &QPushButton::clicked, this, &StartScreen::open_asked);
    for (auto* one : {plans_, sessions_}) {
        connect(one, &QListWidget::itemActivated, this, [this, one](QListWidgetItem* item) {
            const QString file = item->data(Qt::UserRole).toString();
            if (!file.isEmpty()) {
                one == plans_ ? emit plan_chosen(file) : emit session_chosen(file);
            }
        });
    }
    auto* lists = new QHBoxLayout;
    lists->setSpacing(16);
    lists->addWidget(panel(tr("Recent plans"), plans_));
    lists->addWidget(panel(tr("Recent sessions"), sessions_));
    auto* column = new QVBoxLayout;
    column->setSpacing(12);
    column->addWidget(title);
    column->addWidget(below);
    column->addWidget(open, 0, Qt::AlignLeft);
    column->addSpacing(12);
    column->addLayout(lists, 1);
    auto* middle = new QWidget;
    middle->setLayout(column);
    middle->setMaximumWidth(1000);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(32, 40, 32, 32);
    row->addStretch(1);
    row->addWidget(middle, 8);
    row->addStretch(1);
    refresh();
}

void StartScreen::refresh() {
    plans_->clear();
    for (const QString& file : recent_plans()) {
        add(plans_, file, QFileInfo(file).path());
    }
    if (plans_->count() == 0) {
        plans_->addItem(tr("None yet. Begin with one of the plans that came with the program."));
    }
    sessions_->clear();
    QDir folder(QString::fromStdString(paths_.sessions.string()));
    const auto files = folder.entryInfoList({"*.sluice"}, QDir::Files, QDir::Time);
    for (const QFileInfo& file : files.mid(0, most)) {
        const bool open = QFileInfo::exists(file.filePath() + "-wal");
        add(sessions_, file.filePath(),
            file.lastModified().toString("yyyy-MM-dd HH:mm") +
                (open ? tr(" · not closed: follow or resume") : QString()));
    }
    if (sessions_->count() == 0) {
        sessions_->addItem(tr("None yet."));
    }
}

QStringList recent_plans() {
    return QSettings().value("recent-plans").toStringList();
}

void remember_plan(const QString& file) {
    QStringList plans = recent_plans();
    const QString whole = QFileInfo(file).absoluteFilePath();
    plans.removeAll(whole);
    plans.prepend(whole);
    QSettings().setValue("recent-plans", plans.mid(0, most));
}

} // namespace sluice::screens
