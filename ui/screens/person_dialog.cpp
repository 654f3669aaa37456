#include "screens/person_dialog.h"

#include "panels/flow_layout.h"
#include "story/step_titles.h"
#include "theme/roles.h"

#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice::screens {

PersonDialog::PersonDialog(const Words& words, Takes takes, std::map<std::string, std::vector<std::string>> known,
                           const std::vector<std::string>& roles, const std::string& person, QWidget* parent)
    : QDialog(parent), takes_(takes), known_(std::move(known)), all_roles_(roles), person_(new QComboBox(this)),
      done_(new QPushButton(words.done, this)) {
    setWindowTitle(words.title);
    setAccessibleName(words.title);
    setMinimumWidth(440);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 20, 20, 16);
    column->setSpacing(12);
    auto* title = new QLabel(words.title, this);
    theme::set_role(title, "title");
    auto* tip = new QLabel(words.tip, this);
    theme::set_role(tip, "dim");
    tip->setWordWrap(true);
    column->addWidget(title);
    column->addWidget(tip);

    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    person_->setEditable(true);
    person_->setInsertPolicy(QComboBox::NoInsert);
    person_->setCompleter(nullptr); // "bob" is not to become "bobby" at Return
    person_->setAccessibleName(tr("Name"));
    person_->lineEdit()->setPlaceholderText(tr("As the log is to name the person"));
    for (const auto& [name, held] : known_) {
        person_->addItem(QString::fromStdString(name));
    }
    person_->setCurrentText(QString::fromStdString(person));
    form->addRow(tr("&Name"), person_);
    if (takes_ == Takes::one_role_or_none) {
        role_ = new QComboBox(this);
        role_->setAccessibleName(tr("Role"));
        form->addRow(tr("&Role"), role_);
        column->addLayout(form);
    } else {
        column->addLayout(form);
        auto* heading = new QLabel(tr("Roles"), this);
        column->addWidget(heading);
        auto* flow = new panels::FlowLayout(16);
        for (const auto& role : all_roles_) {
            auto* box = new QCheckBox(story::role_text(role), this);
            box->setAccessibleDescription(tr("Role"));
            boxes_.push_back(box);
            flow->addWidget(box);
            connect(box, &QCheckBox::toggled, this, [this] { check(); });
        }
        column->addLayout(flow);
    }

    auto* buttons = new QHBoxLayout;
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setAutoDefault(false);
    theme::set_role(done_, "primary");
    done_->setDefault(true);
    buttons->addStretch();
    buttons->addWidget(cancel);
    buttons->addWidget(done_);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(done_, &QPushButton::clicked, this, &QDialog::accept);
    connect(person_, &QComboBox::currentTextChanged, this, [this] { fit_person(); });
    fit_person();
    person_->setFocus();
}

void PersonDialog::choose_role(const std::string& role) {
    if (role_ != nullptr) {
        role_->setCurrentIndex(std::max(0, role_->findData(QString::fromStdString(role))));
    }
}

std::string PersonDialog::person() const {
    return person_->currentText().trimmed().toStdString();
}

std::vector<std::string> PersonDialog::roles() const {
    std::vector<std::string> chosen;
    if (role_ != nullptr) {
        if (const auto role = role_->currentData().toString(); !role.isEmpty()) {
            chosen.push_back(role.toStdString());
        }
        return chosen;
    }
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
        if (boxes_[i]->isChecked()) {
            chosen.push_back(all_roles_[i]);
        }
    }
    return chosen;
}

// Of somebody who is known, what he holds; of anybody else, all that there is.
void PersonDialog::fit_person() {
    const auto found = known_.find(person());
    const bool known = found != known_.end() && !found->second.empty();
    if (role_ != nullptr) {
        const QString before = role_->currentData().toString();
        role_->clear();
        role_->addItem(tr("The one that a step asks for"), QString());
        for (const auto& role : known ? found->second : all_roles_) {
            role_->addItem(story::role_text(role), QString::fromStdString(role));
        }
        role_->setCurrentIndex(std::max(0, role_->findData(before)));
    }
    // What was ticked for somebody who is known does not stay for the next name.
    for (std::size_t i = 0; (known || filled_) && i < boxes_.size(); ++i) {
        const auto held = known ? found->second : std::vector<std::string>{};
        boxes_[i]->setChecked(std::find(held.begin(), held.end(), all_roles_[i]) != held.end());
    }
    filled_ = known;
    check();
}

void PersonDialog::check() {
    const bool enough = !person().empty() && (takes_ == Takes::one_role_or_none || !roles().empty());
    done_->setEnabled(enough);
    done_->setToolTip(enough                              ? QString()
                      : takes_ == Takes::one_role_or_none ? tr("It needs a name")
                                                          : tr("It needs a name and at least one role"));
}

} // namespace sluice::screens
