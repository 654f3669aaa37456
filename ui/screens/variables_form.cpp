#include "screens/variables_form.h"

#include "theme/roles.h"
#include "theme/tokens.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QVBoxLayout>
#include <algorithm>

namespace sluice::screens {
namespace {

QWidget* input_for(const plan::Variable& variable, const QString& value) {
    if (variable.type == plan::VariableType::boolean) {
        auto* box = new QCheckBox;
        box->setChecked(value == "true");
        return box;
    }
    if (variable.type == plan::VariableType::enumeration) {
        auto* box = new QComboBox;
        for (const auto& choice : variable.choices) {
            box->addItem(QString::fromStdString(choice));
        }
        box->setCurrentText(value);
        return box;
    }
    auto* line = new QLineEdit(value);
    if (variable.type == plan::VariableType::secret) {
        line->setPlaceholderText(VariablesForm::tr("a reference: env:NAME or file:PATH"));
    } else if (variable.type == plan::VariableType::semver) {
        line->setPlaceholderText(VariablesForm::tr("for example v1.2.4"));
    } else if (variable.type == plan::VariableType::duration) {
        line->setPlaceholderText(VariablesForm::tr("for example 90s or 1h30m"));
    }
    return line;
}

QString value_of(const QWidget* input) {
    if (const auto* box = qobject_cast<const QCheckBox*>(input)) {
        return box->isChecked() ? "true" : "false";
    }
    if (const auto* box = qobject_cast<const QComboBox*>(input)) {
        return box->currentText();
    }
    const auto* line = qobject_cast<const QLineEdit*>(input);
    return line ? line->text().trimmed() : QString();
}

} // namespace

VariablesForm::VariablesForm(const plan::Plan& plan, const plan::Scope& given, QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    for (const auto& variable : plan.variables) {
        const auto value = given.find(variable.name);
        add(variable, QString::fromStdString(value != given.end() ? value->second : variable.by_default.value_or("")));
    }
    if (fields_.empty()) {
        auto* none = new QLabel(tr("This plan asks for nothing."));
        theme::set_role(none, "dim");
        column->addWidget(none);
    }
}

void VariablesForm::add(const plan::Variable& variable, const QString& value) {
    auto* column = static_cast<QVBoxLayout*>(layout());
    Field field{variable.name, input_for(variable, value), new QLabel};
    const QString title = QString::fromStdString(variable.title.empty() ? variable.name : variable.title);
    field.input->setAccessibleName(title);
    auto* label = new QLabel(title);
    label->setWordWrap(true);
    label->setBuddy(field.input);
    if (auto* tick = qobject_cast<QCheckBox*>(field.input)) {
        auto* row = new QHBoxLayout; // its own text would not wrap
        row->setSpacing(8);
        row->addWidget(tick, 0, Qt::AlignTop);
        row->addWidget(label, 1);
        column->addLayout(row);
        connect(tick, &QCheckBox::toggled, this, &VariablesForm::changed);
    } else {
        column->addWidget(label);
        column->addWidget(field.input);
    }
    if (auto* line = qobject_cast<QLineEdit*>(field.input)) {
        connect(line, &QLineEdit::textChanged, this, &VariablesForm::changed);
    } else if (auto* box = qobject_cast<QComboBox*>(field.input)) {
        connect(box, &QComboBox::currentTextChanged, this, &VariablesForm::changed);
    }
    theme::set_role(field.wrong, "breach");
    field.wrong->setWordWrap(true);
    field.wrong->hide();
    column->addWidget(field.wrong);
    column->addSpacing(6);
    fields_.push_back(field);
}

plan::Scope VariablesForm::values() const {
    plan::Scope values;
    for (const auto& field : fields_) {
        if (const QString value = value_of(field.input); !value.isEmpty()) {
            values[field.name] = value.toStdString();
        }
    }
    return values;
}

std::vector<Error> VariablesForm::show_errors(const std::vector<Error>& errors) {
    std::vector<Error> others;
    const auto given = values();
    std::map<std::string, QString> wrong;
    for (const auto& error : errors) {
        const bool here =
            std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == error.where; });
        if (here) {
            // The remedy of what is missing names the command line; here is the field.
            const bool empty = !given.contains(error.where);
            wrong.emplace(error.where, empty ? tr("needs a value") : QString::fromStdString(plain(error)));
        } else {
            others.push_back(error);
        }
    }
    for (const auto& field : fields_) {
        const auto found = wrong.find(field.name);
        const QString text = found == wrong.end() ? QString() : QStringLiteral("✕ ") + found->second;
        field.wrong->setText(text);
        field.wrong->setVisible(!text.isEmpty());
        field.input->setAccessibleDescription(text);
    }
    return others;
}

void VariablesForm::focus_first_wrong() {
    const auto wrong =
        std::find_if(fields_.begin(), fields_.end(), [](const Field& field) { return !field.wrong->text().isEmpty(); });
    if (wrong != fields_.end()) {
        wrong->input->setFocus(Qt::OtherFocusReason);
    }
}

} // namespace sluice::screens
