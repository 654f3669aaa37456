#include "screens/plan_preview.h"

#include "plan/describe.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "story/format.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sluice::screens {
namespace {

/// What is planned for a step: said by the plan, or what its hold or wait takes at least.
std::optional<Nanos> planned(const plan::Step& step) {
    if (step.planned) {
        return step.planned;
    }
    if (const auto* hold = std::get_if<plan::Hold>(&step.body)) {
        return hold->for_;
    }
    const auto* wait = std::get_if<plan::Wait>(&step.body);
    return wait ? wait->for_ : std::nullopt;
}

QWidget* field_for(const plan::Variable& variable, const QString& value) {
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
        line->setPlaceholderText(PlanPreview::tr("a reference: env:NAME or file:PATH"));
    }
    return line;
}

QString value_of(const QWidget* field) {
    if (const auto* box = qobject_cast<const QCheckBox*>(field)) {
        return box->isChecked() ? "true" : "false";
    }
    if (const auto* box = qobject_cast<const QComboBox*>(field)) {
        return box->currentText();
    }
    const auto* line = qobject_cast<const QLineEdit*>(field);
    return line ? line->text().trimmed() : QString();
}

} // namespace

PlanPreview::PlanPreview(QWidget* parent)
    : QWidget(parent), title_(new QLabel), below_(new QLabel), problem_(new QLabel), steps_(new QTreeWidget),
      form_place_(new QWidget), speed_(new QComboBox), rehearse_(new QPushButton(tr("Rehearse"))),
      run_(new QPushButton(tr("Run against production…"))) {
    theme::set_role(title_, "title");
    theme::set_role(below_, "dim");
    theme::set_role(problem_, "breach");
    theme::set_role(rehearse_, "primary");
    problem_->setWordWrap(true);
    for (QLabel* label : {title_, below_, problem_}) {
        label->setTextFormat(Qt::PlainText); // titles hold values
    }
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    steps_->setAccessibleName(tr("Steps of the plan"));
    steps_->setColumnCount(3);
    steps_->setHeaderLabels({tr("Step"), tr("Kind"), tr("Planned")});
    steps_->setRootIsDecorated(true);
    steps_->setFrameShape(QFrame::NoFrame);
    steps_->header()->setStretchLastSection(false);
    for (const auto& [text, speed] :
         {std::pair(tr("60 times as fast"), 60.0), std::pair(tr("in real time"), 1.0),
          std::pair(tr("600 times as fast"), 600.0), std::pair(tr("as fast as it can"), 0.0)}) {
        speed_->addItem(text, speed);
    }
    speed_->setAccessibleName(tr("Speed of the rehearsal"));
    auto* back = new QPushButton(tr("Back"));
    connect(back, &QPushButton::clicked, this, &PlanPreview::back_asked);
    connect(rehearse_, &QPushButton::clicked, this, &PlanPreview::rehearse_asked);
    connect(run_, &QPushButton::clicked, this, &PlanPreview::run_asked);

    auto* side = new QFrame;
    theme::set_role(side, "panel");
    side->setFixedWidth(360);
    auto* side_layout = new QVBoxLayout(side);
    side_layout->setContentsMargins(16, 16, 16, 16);
    side_layout->setSpacing(12);
    auto* heading = new QLabel(tr("Before it starts"));
    theme::set_role(heading, "section");
    side_layout->addWidget(heading);
    side_layout->addWidget(form_place_);
    side_layout->addWidget(problem_);
    side_layout->addStretch(1);
    side_layout->addWidget(speed_);
    side_layout->addWidget(rehearse_);
    side_layout->addWidget(run_);
    side_layout->addWidget(back);
    new QVBoxLayout(form_place_);
    form_place_->layout()->setContentsMargins(0, 0, 0, 0);

    auto* left = new QVBoxLayout;
    left->addWidget(title_);
    left->addWidget(below_);
    left->addWidget(steps_, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(24, 24, 24, 24);
    row->setSpacing(20);
    row->addLayout(left, 1);
    row->addWidget(side);
}

void PlanPreview::show_steps(const plan::Plan& plan) {
    steps_->clear();
    std::map<plan::StepId, QTreeWidgetItem*> items;
    Nanos all;
    for (const auto& phase : plan.phases) {
        auto* top = new QTreeWidgetItem(steps_, {QString::fromStdString(phase.title),
                                                 phase.window ? tr("in the window") : QString(),
                                                 phase.planned ? story::spell(*phase.planned) : QString()});
        top->setFont(0, theme::text_font(13, QFont::DemiBold));
        for (const auto& step : plan.steps) {
            if (plan.phase_of(step.id) != &phase) {
                continue;
            }
            const auto time = planned(step);
            all += time.value_or(Nanos{});
            const auto parent = items.find(step.parent);
            items[step.id] = new QTreeWidgetItem(parent == items.end() ? top : parent->second,
                                                 {QString::fromStdString(step.title), plan::kind_name(step.body),
                                                  time ? story::spell(*time) : QString()});
        }
    }
    steps_->expandAll();
    steps_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    below_->setText(tr("%1 · %n step(s) · at least %2", nullptr, static_cast<int>(plan.steps.size()))
                        .arg(QFileInfo(file_).fileName(), story::spell(all)));
}

void PlanPreview::ask_variables(const plan::Plan& plan, const std::map<std::string, std::string>& given) {
    delete form_;
    fields_.clear();
    form_ = new QWidget;
    auto* form = new QFormLayout(form_);
    form->setContentsMargins(0, 0, 0, 0);
    form->setRowWrapPolicy(QFormLayout::WrapAllRows);
    for (const auto& variable : plan.variables) {
        const auto value = given.find(variable.name);
        const QString start =
            QString::fromStdString(value != given.end() ? value->second : variable.by_default.value_or(""));
        QWidget* field = field_for(variable, start);
        const QString label = QString::fromStdString(variable.title.empty() ? variable.name : variable.title);
        field->setAccessibleName(label);
        form->addRow(label, field);
        fields_[variable.name] = field;
        if (auto* line = qobject_cast<QLineEdit*>(field)) {
            connect(line, &QLineEdit::textChanged, this, &PlanPreview::check);
        } else if (auto* box = qobject_cast<QComboBox*>(field)) {
            connect(box, &QComboBox::currentTextChanged, this, &PlanPreview::check);
        } else if (auto* tick = qobject_cast<QCheckBox*>(field)) {
            connect(tick, &QCheckBox::toggled, this, &PlanPreview::check);
        }
    }
    form_place_->layout()->addWidget(form_);
}

void PlanPreview::show_plan(const QString& file, const std::map<std::string, std::string>& given) {
    file_ = file;
    auto loaded = plan::load_file(file.toStdString());
    plan_ = std::move(loaded.plan);
    title_->setText(plan_ ? QString::fromStdString(plan_->title) : QFileInfo(file).fileName());
    if (!plan_) {
        steps_->clear();
        delete form_;
        form_ = nullptr;
        fields_.clear();
        below_->setText(tr("This plan can't be used yet."));
        QStringList lines;
        for (const auto& diagnostic : loaded.diagnostics) {
            lines << QString::fromStdString(plan::to_text(diagnostic, QFileInfo(file).fileName().toStdString()));
        }
        problem_->setText(lines.mid(0, 20).join('\n'));
        rehearse_->setEnabled(false);
        run_->setEnabled(false);
        return;
    }
    show_steps(*plan_);
    ask_variables(*plan_, given);
    check();
}

std::map<std::string, std::string> PlanPreview::values() const {
    std::map<std::string, std::string> values;
    for (const auto& [name, field] : fields_) {
        if (const QString value = value_of(field); !value.isEmpty()) {
            values[name] = value.toStdString();
        }
    }
    return values;
}

double PlanPreview::speed() const {
    return speed_->currentData().toDouble();
}

// The same rules as at the start: what is missing is said while it is filled in.
void PlanPreview::check() {
    const auto frozen = plan::freeze(*plan_, values(), {});
    QStringList lines;
    for (const auto& error : frozen.errors) {
        lines << QString::fromStdString(to_text(error));
    }
    problem_->setText(lines.join('\n'));
    const auto missing = plan::rehearsal_errors(*plan_);
    rehearse_->setEnabled(frozen.errors.empty() && missing.empty());
    rehearse_->setToolTip(missing.empty() ? QString()
                                          : QString::fromStdString(plan::to_text(missing.front(), plan_->file)));
    run_->setEnabled(frozen.errors.empty());
}

} // namespace sluice::screens
