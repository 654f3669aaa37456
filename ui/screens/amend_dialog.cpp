#include "screens/amend_dialog.h"

#include "host/plan_check.h"
#include "plan/amendment.h"
#include "theme/roles.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <filesystem>

namespace sluice::screens {

AmendDialog::AmendDialog(std::shared_ptr<const plan::Plan> before, QPointer<story::CommandChannel> commands, Lost lost,
                         bool glass, QWidget* parent)
    : QDialog(parent), before_(std::move(before)), commands_(std::move(commands)), lost_(std::move(lost)),
      file_(new QLabel(tr("No file is chosen yet."))), changes_(new QLabel), anew_(new QLabel), told_(new QLabel),
      diff_(new QPlainTextEdit), reason_(new QLineEdit),
      glass_(new QCheckBox(tr("&Break the glass where others would have to approve it first"))),
      amend_(new QPushButton(tr("&Amend the plan"))) {
    setWindowTitle(tr("Amend the plan"));
    resize(860, 680);
    auto* title = new QLabel(tr("Another text for the plan of this session"));
    theme::set_role(title, "title");
    auto* tip = new QLabel(tr("What has begun can't be changed. The diff and the reason stay in the log; from then on "
                              "the release follows the new text."));
    theme::set_role(tip, "dim");
    tip->setWordWrap(true);
    auto* choose = new QPushButton(tr("&Choose a file…"));
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString file =
            QFileDialog::getOpenFileName(this, tr("The amended plan"), {}, tr("Plans (*.yaml *.yml);;All files (*)"));
        if (!file.isEmpty()) {
            read(file);
        }
    });
    auto* chosen = new QHBoxLayout;
    chosen->addWidget(choose);
    chosen->addWidget(file_, 1);
    file_->setTextFormat(Qt::PlainText);
    choose->setAutoDefault(false);
    changes_->setWordWrap(true);
    changes_->setTextFormat(Qt::PlainText);
    anew_->setWordWrap(true);
    anew_->setTextFormat(Qt::PlainText);
    theme::set_role(anew_, "warn");
    told_->setWordWrap(true);
    told_->setTextFormat(Qt::PlainText);
    theme::set_role(told_, "breach");
    theme::set_role(diff_, "code");
    diff_->setReadOnly(true);
    diff_->setLineWrapMode(QPlainTextEdit::NoWrap);
    diff_->setAccessibleName(tr("What differs"));
    reason_->setAccessibleName(tr("Reason"));
    reason_->setPlaceholderText(tr("Why; it stays in the log"));
    glass_->setToolTip(tr("The ways back, clean-up, what begins before any approval, programs of metrics: an approval "
                          "is owed for it afterwards, and it is shown in red from then on"));
    theme::set_role(amend_, "danger");
    amend_->setAutoDefault(false);
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setAutoDefault(false); // Return in the field leads to the button, and throws nothing away
    connect(reason_, &QLineEdit::returnPressed, amend_, [this] { amend_->setFocus(Qt::OtherFocusReason); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(amend_, &QPushButton::clicked, this, &AmendDialog::send);
    connect(reason_, &QLineEdit::textChanged, this, &AmendDialog::check);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(amend_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(10);
    column->addWidget(title);
    column->addWidget(tip);
    column->addLayout(chosen);
    column->addWidget(changes_);
    column->addWidget(anew_);
    column->addWidget(diff_, 1);
    column->addWidget(reason_);
    column->addWidget(glass_);
    column->addWidget(told_);
    column->addLayout(buttons);
    anew_->hide();
    told_->hide();
    if (!glass) {
        glass_->hide();
    }
    check();
}

AmendDialog::Found AmendDialog::look(const plan::Plan& before, const std::string& file) {
    Found found;
    const auto loaded = host::read_plan(file);
    if (!loaded.plan) {
        const auto name = std::filesystem::path(file).filename().string();
        int told = 0;
        for (const auto& diagnostic : loaded.diagnostics) {
            if (diagnostic.severity == plan::Severity::error && told++ < 8) {
                found.trouble += (found.trouble.empty() ? "" : "\n") + plan::to_text(diagnostic, name);
            }
        }
        return found;
    }
    found.command = {loaded.plan->source, {}, loaded.plan->includes};
    found.diff = plan::unified_diff(before, *loaded.plan);
    for (const auto& change : plan::changes_between(before, *loaded.plan)) {
        found.changes << QString::fromStdString(plan::to_text(change));
    }
    found.after = std::make_shared<const plan::Plan>(*loaded.plan);
    return found;
}

void AmendDialog::read(const QString& file) {
    file_->setText(QFileInfo(file).fileName());
    file_->setToolTip(file);
    asked_.ask([before = before_, path = file.toStdString()] { return look(*before, path); },
               [this](const Found& found) { take(found); });
}

void AmendDialog::take(const Found& found) {
    found_ = found;
    told_->setText(QString::fromStdString(found.trouble));
    told_->setVisible(!found.trouble.empty());
    diff_->setPlainText(QString::fromStdString(found.diff));
    changes_->setText(!found.trouble.empty()    ? QString()
                      : found.changes.isEmpty() ? tr("Nothing of what it says differs.")
                                                : found.changes.join(QStringLiteral(" · ")));
    const Cost lost = found.changes.isEmpty() || !found.after ? Cost() : lost_(*found.after);
    QStringList lines;
    if (!lost.holds.isEmpty()) {
        lines << tr("△ Begins to hold anew, whatever is changed: %1").arg(lost.holds.join(QStringLiteral(" · ")));
    }
    if (!lost.baselines.isEmpty()) {
        lines
            << tr("△ Counts no more, and can't be measured again: %1").arg(lost.baselines.join(QStringLiteral(" · ")));
    }
    anew_->setText(lines.join(u'\n'));
    anew_->setVisible(!lines.isEmpty());
    check();
}

void AmendDialog::check() {
    const bool enough = !found_.diff.empty() && !reason_->text().trimmed().isEmpty();
    amend_->setEnabled(enough && !sent_ && commands_);
    amend_->setToolTip(enough ? QString() : tr("It needs a file that differs, and a reason"));
}

void AmendDialog::send() {
    if (!commands_) {
        return;
    }
    sent_ = true;
    check();
    const QPointer<AmendDialog> self = this;
    found_.command.reason = reason_->text().trimmed().toStdString();
    found_.command.break_glass = glass_->isChecked();
    commands_->submit(found_.command, [self](const std::optional<Error>& error) {
        if (!self) {
            return;
        }
        if (!error) {
            self->accept();
            return;
        }
        self->sent_ = false;
        self->told_->setText(QStringLiteral("✕ ") + QString::fromStdString(to_text(*error)));
        self->told_->show();
        self->check();
    });
}

} // namespace sluice::screens
