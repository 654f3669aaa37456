#include "screens/plan_steps.h"

#include "story/format.h"
#include "story/step_titles.h"
#include "theme/tokens.h"

#include <QHeaderView>
#include <QResizeEvent>
#include <map>

namespace sluice::screens {
namespace {

constexpr int step_role = Qt::UserRole, row_high = 24;
constexpr int kind_wide = 104, who_column = 2, starts_column = 3, who_wide = 148, times_wide = 72, titles_wide = 760;

/// As the plan has it; what a policy demands beyond that is known once a session has begun.
QString who(const plan::Step& step) {
    const auto* approve = std::get_if<plan::Approve>(&step.body);
    const QString all = story::who_of(step, approve != nullptr ? approve->roles : std::vector<std::string>());
    const bool more = approve != nullptr && approve->quorum > static_cast<int>(approve->roles.size());
    return more ? PlanSteps::tr("%1 of: %2").arg(approve->quorum).arg(all) : all;
}

} // namespace

PlanSteps::PlanSteps(QWidget* parent) : QTreeWidget(parent) {
    setHeaderLabels({tr("Step"), tr("Kind"), tr("Who"), tr("Starts"), tr("Takes")});
    setAccessibleName(tr("Steps of the plan"));
    setUniformRowHeights(true);
    setFrameShape(QFrame::NoFrame);
    header()->setSectionsMovable(false);
    setColumnWidth(1, kind_wide);
    setColumnWidth(who_column, who_wide);
    setColumnWidth(starts_column, times_wide);
    setColumnWidth(4, times_wide);
}

void PlanSteps::resizeEvent(QResizeEvent* event) {
    QTreeWidget::resizeEvent(event);
    const int rest = viewport()->width() - kind_wide - who_wide - 2 * times_wide;
    const int titles = std::clamp(rest, 240, titles_wide);
    setColumnWidth(0, titles);
    setColumnWidth(who_column, std::clamp(rest - titles + who_wide, who_wide, 3 * who_wide)); // of several roles
}

plan::StepId PlanSteps::chosen() const {
    return currentItem() == nullptr ? plan::StepId() : currentItem()->data(0, step_role).toString().toStdString();
}

void PlanSteps::show_plan(const plan::Plan& plan, const story::Timetable& table) {
    const plan::StepId before = chosen();
    std::map<plan::StepId, const story::Timetable::Bar*> bars;
    for (const auto& bar : table.bars) {
        bars[bar.step] = &bar;
    }
    clear();
    std::map<plan::StepId, QTreeWidgetItem*> items;
    for (std::size_t i = 0; i < plan.phases.size(); ++i) {
        const auto& phase = plan.phases[i];
        const auto& times = table.phases[i];
        Nanos said = times.from; // a start that is that of the row above is not said again
        const bool told = i > 0 && table.phases[i - 1].from == said;
        auto* top = new QTreeWidgetItem(this, {QStringLiteral("%1  %2").arg(i + 1).arg(times.title),
                                               phase.window      ? tr("in the window")
                                               : phase.follow_up ? tr("afterwards")
                                                                 : QString(),
                                               QString(), told ? QString() : story::from_t0(table, said),
                                               phase.planned ? story::spell(*phase.planned) : QString()});
        top->setFont(0, theme::text_font(13, QFont::DemiBold));
        top->setSizeHint(0, QSize(0, row_high));
        for (const auto& step : plan.steps) {
            if (plan.phase_of(step.id) != &phase) {
                continue;
            }
            const auto time = story::planned_time(step);
            const auto bar = bars.find(step.id);
            const bool group = std::holds_alternative<plan::Group>(step.body);
            QString title = bar != bars.end() ? bar->second->title : QString::fromStdString(step.title);
            if (step.point_of_no_return) {
                title += tr("  ✕ no way back from here");
            }
            const bool left_out = bar == bars.end() && !group;
            const bool starts = bar != bars.end() && bar->second->from != said;
            said = starts ? bar->second->from : said;
            const auto parent = items.find(step.parent);
            auto* item = new QTreeWidgetItem(
                parent == items.end() ? top : parent->second,
                {title, left_out ? tr("does not apply") : QString::fromUtf8(plan::kind_name(step.body)),
                 left_out ? QString() : who(step), starts ? story::from_t0(table, said) : QString(),
                 time && !left_out ? story::spell(*time) : QString()});
            item->setToolTip(who_column, item->text(who_column));
            if (const auto moment = starts ? story::moment_of(table, said) : std::nullopt) {
                item->setToolTip(starts_column, story::utc_day(*moment));
            }
            item->setData(0, step_role, QString::fromStdString(step.id));
            item->setDisabled(left_out);
            items[step.id] = item;
        }
    }
    expandAll();
    if (const auto again = items.find(before); again != items.end()) {
        setCurrentItem(again->second);
    }
}

} // namespace sluice::screens
