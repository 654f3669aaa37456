#include "panels/ask_dialog.h"

#include "theme/roles.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

namespace sluice::panels {
namespace {

QString without_dots(const QString& label) {
    return label.endsWith(u'…') ? label.chopped(1) : label;
}

} // namespace

AskDialog::AskDialog(const QString& step, const story::Offer& offer, QWidget* parent)
    : QDialog(parent), needed_(offer.asks == story::Asks::reason || offer.asks == story::Asks::evidence ||
                               offer.asks == story::Asks::text || offer.asks == story::Asks::answer),
      subjects_(offer.subjects) {
    const QString deed = without_dots(offer.label);
    setWindowTitle(deed);
    setAccessibleName(deed);
    setMinimumWidth(440);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 20, 20, 16);
    layout->setSpacing(12);
    auto* title = new QLabel(step.isEmpty() ? deed : tr("%1: %2").arg(deed, step), this);
    theme::set_role(title, "title");
    title->setWordWrap(true);
    title->setTextFormat(Qt::PlainText); // titles hold values
    auto* tip = new QLabel(offer.tip, this);
    theme::set_role(tip, "dim");
    tip->setWordWrap(true);
    tip->setTextFormat(Qt::PlainText);
    layout->addWidget(title);
    layout->addWidget(tip);

    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    if (offer.names_person) {
        person_ = new QLineEdit(this);
        person_->setAccessibleName(tr("Who"));
        form->addRow(tr("&Who"), person_);
    }
    if (!subjects_.empty()) {
        const QString which = offer.which.isEmpty() ? tr("&Which") : offer.which;
        subject_ = new QComboBox(this);
        subject_->setAccessibleName(QString(which).remove(u'&'));
        for (const auto& subject : subjects_) {
            subject_->addItem(subject.title);
        }
        form->addRow(which, subject_);
    }
    for (const auto& output : offer.outputs) {
        auto* value = new QLineEdit(this);
        const QString name = QString::fromStdString(output.name);
        value->setAccessibleName(tr("What it gave as %1").arg(name));
        value->setPlaceholderText(output.hint.isEmpty() ? tr("As the step itself would have given it") : output.hint);
        connect(value, &QLineEdit::textChanged, this, [this] { check(); });
        const QString gave = tr("It gave %1").arg(name);
        form->addRow(output.needed ? gave : tr("%1 (optional)").arg(gave), value);
        outputs_.push_back({output.name, value, output.needed});
    }
    text_ = new QLineEdit(this);
    const bool evidence = offer.asks == story::Asks::evidence || offer.asks == story::Asks::evidence_if_any;
    const bool answer = offer.asks == story::Asks::answer;
    const QString name = answer                            ? tr("&Answer")
                         : offer.asks == story::Asks::text ? tr("&Note")
                         : evidence                        ? tr("&Evidence")
                                                           : tr("&Reason");
    text_->setMaxLength(1 << 20); // an answer is a long text of several lines, in one
    text_->setAccessibleName(QString(name).remove(u'&'));
    text_->setPlaceholderText(answer     ? tr("Paste it, from its first line to its last")
                              : evidence ? tr("A link, a number, what was seen")
                                         : tr("It stays in the log"));
    form->addRow(needed_ ? name : tr("%1 (optional)").arg(name), text_);
    layout->addLayout(form);

    auto* buttons = new QHBoxLayout;
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setAutoDefault(false);
    done_ = new QPushButton(deed, this);
    const bool danger = offer.look == story::Offer::Look::danger;
    theme::set_role(done_, danger ? "danger" : "primary");
    done_->setDefault(!danger);
    done_->setAutoDefault(!danger);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(done_);
    layout->addLayout(buttons);

    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(done_, &QPushButton::clicked, this, &QDialog::accept);
    connect(text_, &QLineEdit::textChanged, this, [this] { check(); });
    if (person_) {
        connect(person_, &QLineEdit::textChanged, this, [this] { check(); });
    }
    check();
    const bool says = !outputs_.empty() && outputs_.front().needed;
    (person_ ? person_ : says ? outputs_.front().value : text_)->setFocus();
}

story::Given AskDialog::given() const {
    story::Given given;
    given.text = text_->text().trimmed();
    if (subject_ && subject_->currentIndex() >= 0) {
        given.subject = subjects_[static_cast<std::size_t>(subject_->currentIndex())].id;
    }
    given.person = person_ ? person_->text().trimmed() : QString();
    for (const auto& output : outputs_) {
        if (!output.value->text().isEmpty()) {
            given.outputs[output.name] = output.value->text().toStdString();
        }
    }
    return given;
}

void AskDialog::check() {
    const bool said = std::all_of(outputs_.begin(), outputs_.end(), [](const Output& output) {
        return !output.needed || !output.value->text().isEmpty();
    });
    const bool enough =
        said && (!needed_ || !text_->text().trimmed().isEmpty()) && (!person_ || !person_->text().trimmed().isEmpty());
    done_->setEnabled(enough);
    done_->setToolTip(enough ? QString() : tr("It must be given first"));
}

} // namespace sluice::panels
