#include "screens/plan_preview.h"

#include "net/live_scheduler.h"
#include "plan/variables.h"
#include "screens/action_list.h"
#include "screens/connection_list.h"
#include "screens/opening_choice.h"
#include "screens/plan_steps.h"
#include "screens/plan_timeline.h"
#include "screens/variables_form.h"
#include "story/format.h"
#include "theme/roles.h"
#include "theme/tokens.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QLineEdit>
#include <QScrollArea>
#include <QVBoxLayout>

namespace sluice::screens {
namespace {

constexpr int side_wide = 392;

QWidget* section(const QString& heading, std::initializer_list<QWidget*> content) {
    auto* part = new QWidget;
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* label = new QLabel(heading);
    theme::set_role(label, "section");
    column->addWidget(label);
    for (QWidget* one : content) {
        column->addWidget(one);
    }
    return part;
}

} // namespace

PlanPreview::PlanPreview(const host::Paths& paths, QWidget* parent)
    : QWidget(parent), paths_(paths), reader_(read_plan), clock_(net::machine_clocks().wall), title_(new QLabel),
      below_(new QLabel), problem_(new QLabel), window_(new QLabel), times_(new QLabel), late_(new QLabel),
      tested_(new QLabel), opening_(new OpeningChoice), timeline_(new PlanTimeline), steps_(new PlanSteps),
      form_place_(new QWidget), connections_(new ConnectionList), speed_(new QComboBox), variant_(new QComboBox),
      assume_(new QCheckBox(tr("Confirms and approves by itself"))), copy_(new QLineEdit),
      test_(new QPushButton(tr("Test connections"))), rehearse_(new QPushButton(tr("Rehearse"))),
      run_(new QPushButton(tr("Run against production…"))) {
    make_actions();
    build();
    connect(opening_, &OpeningChoice::changed, this, &PlanPreview::ask_window);
    connect(&connection_check_, &ConnectionCheck::answered, connections_, &ConnectionList::show_answer);
    connect(&connection_check_, &ConnectionCheck::finished, this, [this] {
        tested_->setText(connections_->verdict());
        test_action_->setEnabled(true);
    });
    window_timer_.setInterval(20'000); // a window opens and closes on the minute
    window_timer_.callOnTimeout(this, &PlanPreview::ask_window);
}

PlanPreview::~PlanPreview() = default;

QAction* PlanPreview::add(const QString& text, const QKeySequence& keys, std::function<void()> act) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    connect(action, &QAction::triggered, this, std::move(act));
    addAction(action);
    return action;
}

void PlanPreview::make_actions() {
    rehearse_action_ = add(tr("Rehearse this plan"), Qt::CTRL | Qt::Key_Return, [this] { emit rehearse_asked(); });
    run_action_ = add(tr("Run this plan against production"), Qt::CTRL | Qt::SHIFT | Qt::Key_Return,
                      [this] { emit run_asked(); });
    test_action_ = add(tr("Test the connections"), Qt::CTRL | Qt::Key_T, [this] { test_connections(); });
    opening_action_ = add(tr("Choose the opening"), Qt::ALT | Qt::Key_O, [this] {
        opening_->setFocus(Qt::ShortcutFocusReason);
        for (auto* at = opening_->parentWidget(); at != nullptr; at = at->parentWidget()) {
            if (auto* area = qobject_cast<QScrollArea*>(at)) {
                area->ensureWidgetVisible(opening_);
            }
        }
    });
    add(tr("Read the plan again"), Qt::Key_F5, [this] {
        const Nanos opening = opening_->chosen();
        show_plan(file_, values(), variant());
        opening_->choose(opening);
    });
    add(tr("Back to the start"), Qt::ALT | Qt::Key_Left, [this] { emit back_asked(); });
    const auto follow = [](QPushButton* button, QAction* action) {
        button->setToolTip(with_keys(*action));
        connect(action, &QAction::changed, button, [button, action] { button->setEnabled(action->isEnabled()); });
        connect(button, &QPushButton::clicked, action, &QAction::trigger);
    };
    follow(rehearse_, rehearse_action_);
    follow(run_, run_action_);
    follow(test_, test_action_);
}

void PlanPreview::build() {
    theme::set_role(title_, "title");
    theme::set_role(below_, "dim");
    theme::set_role(problem_, "breach");
    problem_->setWordWrap(true);
    for (QLabel* label : {title_, below_, problem_}) {
        label->setTextFormat(Qt::PlainText); // titles hold values
    }
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    problem_->hide();
    connect(steps_, &QTreeWidget::currentItemChanged, this, [this] { timeline_->select(steps_->chosen()); });

    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addWidget(title_);
    left->addWidget(below_);
    left->addWidget(problem_);
    left->addWidget(timeline_);
    left->addWidget(steps_, 1);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(24, 20, 24, 20);
    row->setSpacing(20);
    row->addLayout(left, 1);
    row->addWidget(build_side());
}

// What stands before the start scrolls; the buttons stay where they are.
QWidget* PlanPreview::build_side() {
    theme::set_role(rehearse_, "primary");
    theme::set_role(tested_, "dim");
    theme::set_role(times_, "dim");
    theme::set_role(late_, "warn");
    for (QLabel* label : {window_, times_, late_, tested_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText); // titles and reasons of the plan
    }
    auto* place = new QVBoxLayout(form_place_);
    place->setContentsMargins(0, 0, 0, 0);

    auto* test_row = new QWidget;
    auto* test_layout = new QHBoxLayout(test_row);
    test_layout->setContentsMargins(0, 0, 0, 0);
    test_layout->addWidget(test_);
    test_layout->addWidget(tested_, 1);

    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(16);
    window_part_ = section(tr("Window"), {opening_, window_, times_, late_});
    connections_part_ = section(tr("Connections"), {connections_, test_row});
    variant_->setAccessibleName(tr("Way through the plan"));
    variant_->setToolTip(tr("For a contingency: chosen now, never later."));
    variant_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    variant_part_ = section(tr("Way through the plan"), {variant_});
    connect(variant_, &QComboBox::currentIndexChanged, this, [this] {
        take_way(); // its connections are those of the plan
        ask_window();
        check();
    });
    column->addWidget(variant_part_);
    column->addWidget(section(tr("Before it starts"), {form_place_}));
    column->addWidget(window_part_);
    column->addWidget(connections_part_);
    copy_->setAccessibleName(tr("Second copy of the session"));
    copy_->setPlaceholderText(tr("a folder on another disk or machine"));
    copy_->setToolTip(tr("Of a run: a copy of the session, and the break-glass sheet, are kept up to date there.\n"
                         "A place that hangs or is lost holds up nothing. Empty: none."));
    column->addWidget(section(tr("Second copy, of a run"), {copy_}));
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    content->setAutoFillBackground(false); // what is behind it is the panel
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);

    for (const double speed : {1.0, 10.0, 60.0, 600.0}) {
        speed_->addItem(tr("%1 times as fast as real time").arg(speed), speed);
    }
    speed_->setItemText(0, tr("in real time"));
    speed_->addItem(tr("as fast as it can"), 0.0);
    speed_->setCurrentIndex(2);
    speed_->setAccessibleName(tr("Speed of the rehearsal"));
    assume_->setToolTip(
        tr("A rehearsal alone: approvals that other roles have to give are given, five seconds after they are "
           "asked for. Without it they come by 'sluicectl do SESSION approve STEP --operator NAME --role ROLE'."));
    auto* back = new QPushButton(tr("Back"));
    connect(back, &QPushButton::clicked, this, &PlanPreview::back_asked);

    auto* side = new QFrame;
    theme::set_role(side, "panel");
    side->setFixedWidth(side_wide);
    auto* side_layout = new QVBoxLayout(side);
    side_layout->setContentsMargins(16, 16, 16, 16);
    side_layout->setSpacing(8);
    side_layout->addWidget(scroll, 1);
    side_layout->addWidget(speed_);
    side_layout->addWidget(assume_);
    side_layout->addWidget(rehearse_);
    side_layout->addWidget(run_);
    side_layout->addWidget(back);
    return side;
}

void PlanPreview::show_plan(const QString& file, const plan::Scope& given, const QString& variant) {
    file_ = file;
    reading_.reset();
    connection_check_.stop();
    asked_window_.forget();
    window_timer_.stop();
    title_->setText(QFileInfo(file).fileName());
    below_->setText(tr("is being read …"));
    problem_->hide();
    steps_->clear();
    timeline_->show_table({});
    opening_->forget();
    opening_action_->setEnabled(false);
    t0_.reset();
    delete form_;
    form_ = nullptr;
    window_part_->hide();
    variant_part_->hide();
    connections_part_->hide();
    rehearse_action_->setEnabled(false);
    run_action_->setEnabled(false);
    test_action_->setEnabled(false);
    asked_plan_.ask([read = reader_, path = file.toStdString()] { return read(path); },
                    [this, given, variant](const PlanReading& reading) { take(reading, given, variant); });
}

void PlanPreview::leave() {
    asked_plan_.forget();
    asked_window_.forget();
    window_timer_.stop();
    connection_check_.stop();
    opening_->forget(); // it was for that session only
}

void PlanPreview::take(const PlanReading& reading, const plan::Scope& given, const QString& variant) {
    reading_ = reading;
    timeline_->setVisible(reading.plan != nullptr);
    if (!reading.plan) {
        show_diagnostics(reading);
        emit loaded();
        return;
    }
    read_ = reading.plan;
    offer_variants(variant);
    if (variant_->findData(variant) < 0) { // another way than the one that was asked for is never taken silently
        auto way = *read_;
        refuse(to_text(plan::take_variant(way, variant.toStdString()).error()));
        return;
    }
    take_way();
    form_ = new VariablesForm(*reading_->plan, given);
    form_place_->layout()->addWidget(form_);
    form_->show(); // now: the first field that is wrong gets the focus below
    connect(form_, &VariablesForm::changed, this, [this] {
        if (!connection_check_.running()) {
            connections_->forget();
            tested_->clear();
        }
        check();
    });
    connections_->show_plan(*reading_->plan);
    connections_part_->setVisible(!connections_->empty());
    test_action_->setEnabled(!connections_->empty());
    tested_->clear();
    ask_window();
    window_timer_.start();
    check();
    form_->focus_first_wrong();
    emit loaded();
}

/// Which ways there are through the plan; a plan without variants has one, and nothing to choose.
void PlanPreview::offer_variants(const QString& chosen) {
    const QSignalBlocker quiet(variant_);
    variant_->clear();
    variant_->addItem(tr("The plan as it stands"), QString());
    for (const auto& variant : read_->variants) {
        const QString id = QString::fromStdString(variant.id);
        variant_->addItem(variant.title.empty() ? id : tr("%1 (%2)").arg(QString::fromStdString(variant.title), id),
                          id);
    }
    variant_->setCurrentIndex(std::max(0, variant_->findData(chosen)));
    variant_part_->setVisible(!read_->variants.empty());
}

void PlanPreview::refuse(const std::string& why) {
    reading_->plan.reset();
    timeline_->hide();
    variant_part_->hide();
    below_->setText(tr("This plan can't be used so."));
    problem_->setText(QString::fromStdString(why));
    problem_->show();
    emit loaded();
}

/// Takes the chosen way: other steps apply, other persons approve, other things may be missing for a rehearsal.
void PlanPreview::take_way() {
    auto way = *read_;
    if (!plan::take_variant(way, variant().toStdString())) {
        return; // only those of the plan are offered
    }
    reading_->not_rehearsed = plan::rehearsal_errors(way);
    const auto& missing = reading_->missing[variant().toStdString()];
    reading_->not_rehearsed.insert(reading_->not_rehearsed.end(), missing.begin(), missing.end());
    reading_->plan = std::make_shared<const plan::Plan>(std::move(way));
}

QString PlanPreview::variant() const {
    return variant_->currentData().toString();
}

void PlanPreview::show_diagnostics(const PlanReading& reading) {
    constexpr std::size_t most = 20;
    below_->setText(tr("This plan can't be used yet. F5 reads it again."));
    const std::string name = QFileInfo(file_).fileName().toStdString();
    QStringList lines;
    for (std::size_t i = 0; i < std::min(most, reading.diagnostics.size()); ++i) {
        lines << QString::fromStdString(plan::to_text(reading.diagnostics[i], name));
    }
    if (reading.diagnostics.size() > most) {
        lines << tr("and %1 more: 'sluicectl validate' lists all").arg(reading.diagnostics.size() - most);
    }
    problem_->setText(lines.join('\n'));
    problem_->show();
}

Nanos PlanPreview::opening() const {
    const bool waits = reading_ && reading_->plan &&
                       std::any_of(reading_->plan->phases.begin(), reading_->plan->phases.end(),
                                   [](const plan::Phase& phase) { return phase.window; });
    return waits ? opening_->chosen() : Nanos{};
}

bool PlanPreview::can_rehearse() const {
    return rehearse_action_->isEnabled();
}

plan::Scope PlanPreview::values() const {
    return form_ == nullptr ? plan::Scope() : form_->values();
}

QString PlanPreview::copy() const {
    return copy_->text().trimmed();
}

void PlanPreview::set_copy(const QString& place) {
    copy_->setText(place);
}

double PlanPreview::speed() const {
    return speed_->currentData().toDouble();
}

bool PlanPreview::assumes_yes() const {
    return assume_->isChecked();
}

void PlanPreview::set_speed(double speed) {
    if (const int index = speed_->findData(speed); index >= 0) {
        speed_->setCurrentIndex(index);
    }
}

void PlanPreview::show_steps() {
    const auto& plan = *reading_->plan;
    const auto frozen = plan::freeze(plan, values(), {}).values;
    auto table = story::timetable(plan, frozen);
    table.t0_at = t0_;
    timeline_->show_table(table);
    steps_->show_plan(plan, table);
    below_->setText(tr("%1 · %2 steps in %3 phases · at least %4, as planned")
                        .arg(QFileInfo(file_).fileName())
                        .arg(plan.steps.size())
                        .arg(plan.phases.size())
                        .arg(story::spell(table.length)));
}

// The same rules as at the start: what is missing is said while it is filled in.
void PlanPreview::check() {
    const auto& plan = *reading_->plan;
    const auto frozen = plan::freeze(plan, values(), {});
    const auto others = form_->show_errors(frozen.errors);
    title_->setText(QString::fromStdString(plan::fill(plan.title, frozen.values).value_or(plan.title)));
    QStringList lines;
    for (const auto& error : others) {
        lines << QString::fromStdString(to_text(error));
    }
    for (const auto& missing : reading_->not_rehearsed) {
        lines << tr("not rehearsed: %1").arg(QString::fromStdString(plan::to_text(missing, plan.file)));
    }
    problem_->setText(lines.mid(0, 6).join('\n'));
    problem_->setVisible(!lines.isEmpty());
    rehearse_action_->setEnabled(frozen.errors.empty() && reading_->not_rehearsed.empty());
    run_action_->setEnabled(frozen.errors.empty());
    show_steps();
}

void PlanPreview::ask_window() {
    if (!reading_ || !reading_->plan) {
        return;
    }
    asked_window_.ask([plan = reading_->plan, frozen = plan::freeze(*reading_->plan, values(), {}).values,
                       now = clock_(), opening = opening()] { return host::window_at(*plan, frozen, now, opening); },
                      [this](const Result<host::Window>& window) { show_window(window); });
}

void PlanPreview::show_window(const Result<host::Window>& window) {
    window_part_->setVisible(!window || window->bound);
    times_->setVisible(window && window->t0);
    late_->setVisible(window && !window->late.empty());
    if (!window) {
        opening_->hide();
        opening_action_->setEnabled(false);
        theme::set_role(window_, "breach");
        window_->setText(QStringLiteral("✕ ") + QString::fromStdString(to_text(window.error())));
        return;
    }
    show_answer(*window);
    show_times(*window);
    if (t0_ != window->t0) {
        t0_ = window->t0;
        show_steps();
    }
    opening_action_->setEnabled(!window->coming.empty());
    opening_->show_openings(*window, clock_()); // the last: it may ask again
}

void PlanPreview::show_answer(const host::Window& window) {
    const Nanos now = clock_();
    const QString closes =
        window.closes ? tr(", until %1").arg(story::utc_moment(*window.closes, window.meant ? *window.next : now))
                      : QString();
    const QString warning =
        window.warning.empty() ? QString() : tr("\nbut %1").arg(QString::fromStdString(window.warning));
    if (window.open) {
        theme::set_role(window_, "good");
        window_->setText(tr("✓ Open now") + closes +
                         (window.closes ? tr(" (%1 from now)").arg(story::spell(*window.closes - now)) : QString()) +
                         warning);
        return;
    }
    const QString before = tr("What comes before it can be done until then.");
    if (window.meant) { // as somebody wants it
        theme::set_role(window_, "");
        window_->setText(tr("○ Opens at %1, in %2%3")
                             .arg(story::utc_moment(*window.next, now), story::spell(*window.next - now), closes) +
                         warning + '\n' + before);
        return;
    }
    theme::set_role(window_, "warn");
    const QString why = QString::fromStdString(window.why);
    window_->setText(
        (opening() > now ? tr("○ Not in that opening: %1") : tr("○ May not start now: %1")).arg(why) + '\n' +
        (window.next ? tr("May start at %1, in %2. %3")
                           .arg(story::utc_moment(*window.next, now), story::spell(*window.next - now), before)
                     : tr("It may not start within 400 days.")));
}

/// What the plan's times make of it on the clock, and what would be late.
void PlanPreview::show_times(const host::Window& window) {
    if (window.t0) {
        times_->setText(
            window.end
                ? tr("T0 to the end: %1,\nas planned, at the earliest").arg(story::utc_span(*window.t0, window.end))
                : tr("T0 at the earliest: %1").arg(story::utc_day(*window.t0)));
    }
    constexpr std::size_t most = 2;
    const auto frozen = plan::freeze(*reading_->plan, values(), {}).values;
    QStringList titles;
    for (std::size_t i = 0; i < std::min(most, window.late.size()); ++i) {
        const std::string& title = reading_->plan->step(window.late[i])->title;
        titles << QStringLiteral("'%1'").arg(QString::fromStdString(plan::fill(title, frozen).value_or(title)));
    }
    if (window.late.size() > most) {
        titles << tr("%1 more").arg(window.late.size() - most);
    }
    late_->setText(tr("○ Overdue at once, since due before now: %1").arg(titles.join(QStringLiteral(", "))) +
                   (window.coming.empty() ? QString() : tr("\nFor a later opening there is more time.")));
}

void PlanPreview::test_connections() {
    if (!reading_ || !reading_->plan) {
        return;
    }
    test_action_->setEnabled(false);
    tested_->setText(tr("asking …"));
    connections_->begin();
    const auto frozen = plan::freeze(*reading_->plan, values(), {});
    connection_check_.start(reading_->plan, frozen.values, paths_);
}

} // namespace sluice::screens
