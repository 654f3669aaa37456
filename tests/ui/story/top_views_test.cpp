/// What the top of the cockpit prints, against the release that it is of.
#include "nova_story.h"
#include "story/audit_view.h"
#include "story/format.h"
#include "story/plan_names.h"
#include "story/plan_view.h"
#include "story/rollback_view.h"
#include "story/top_view.h"
#include "support/small_session.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::story;
using release::StepStatus;

namespace {

/// Ten moments, evenly spread over a story, and a little after an event each.
std::vector<Nanos> ten_times(const Story& told) {
    std::vector<Nanos> times;
    for (int i = 0; i < 10; ++i) {
        const auto& entries = told.entries();
        times.push_back(entries[entries.size() * static_cast<std::size_t>(2 * i + 1) / 20].event.time +
                        milliseconds(137));
    }
    return times;
}

const PlanRow* row_of(const PlanView& view, const std::string& id) {
    for (const auto& row : view.rows) {
        if (row.id == id) {
            return &row;
        }
    }
    return nullptr;
}

} // namespace

class TopViewsTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_, other_;
    Story done_, back_;

private:
    /// What it says once the time of the way back runs.
    static QString window_after(const release::Release& release, Nanos ends, Nanos time) {
        const Nanos takes = release.plan->default_option()->planned.value_or(Nanos{});
        const QString end = utc_moment(ends, time), latest = utc_moment(ends - takes, time);
        return ends <= time           ? "rollback window ended " + end
               : takes == Nanos{}     ? "rollback until " + end
               : ends - takes <= time ? "too late to be back by " + end + ", when the window ends"
                                      : "roll back by " + latest + ", window ends " + end;
    }

private slots:
    void past_the_point_of_no_return_the_button_is_not_armed_at_once() {
        testing::SmallSession session(R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
phases: [{id: one, steps: [{id: ask, confirm: Go on}, {id: drop, title: Drop the old table, run: [drop], point-of-no-return: true}]}]
rollback: {options: {back: {title: Back, default: true, steps: [{id: undo, run: [undo]}]}}}
)");
        QCOMPARE(session.drive.submit(release::Readiness{"back", true, ""}, release::drill::engine), "");
        QVERIFY(present_rollback(session.moment()).state == RollbackView::State::armed);
        QVERIFY(point_passed(session.drive.release) == nullptr);
        QCOMPARE(session.drive.submit(release::Confirm{"ask", "", false, ""}, {"lena", "lead"}), "");
        const auto view = present_rollback(session.moment()); // and nothing has been proven since
        QVERIFY(view.state == RollbackView::State::not_armed);
        QCOMPARE(view.detail, "past the point of no return");
        QVERIFY(rollback_question(view, "back").contains("past the point of no return"));
        QCOMPARE(point_passed(session.drive.release)->id, "drop");
    }

    void the_list_says_when_all_is_done_and_what_decides_it() {
        const std::string steps = R"(sluice: 1
id: small
variables: {ramp: {type: boolean, default: 'true'}, version: {type: string, default: v1}, token: {type: string, default: t}}
phases: [{id: one, steps: [{id: ask, confirm: Go on, planned: 5m}, {id: side, run: [side], needs: ask, planned: 1m},
  {id: drop, title: Drop it, run: [drop], needs: ask, planned: 10m}]}, {id: two, steps: [{id: end, confirm: The end, planned: 4m}]}]
)";
        testing::SmallSession session(steps);
        const auto view = present_plan(session.moment());
        QCOMPARE(view.end, "Ends about 08:19 UTC");
        QCOMPARE(view.hangs_on.join(", "), "Ask, Drop it, End");
        testing::SmallSession less(std::string(steps).replace(steps.find(", planned: 4m"), 13, ""));
        QCOMPARE(present_plan(less.moment()).end, "Ends after 08:15 UTC · one step untimed");
    }

    /// Nobody has to look at each card to find them.
    void what_is_overdue_says_so_in_the_list() {
        const auto session = testing::make_small("overdue");
        const auto rows = present_plan(session->moment()).rows;
        const auto late = std::count_if(rows.begin(), rows.end(), [](const PlanRow& row) {
            return row.detail.startsWith("overdue since 10:00:00 UTC · awaits");
        });
        QCOMPARE(int(late), 1);
    }

    void initTestCase() {
        done_ = testing::nova_story(folder_);
        QCOMPARE(QString::fromStdString(done_.release().outcome), "done");
        back_ = testing::nova_story(other_, {"split:green>=50 errors 8% on green"});
        QCOMPARE(QString::fromStdString(back_.release().outcome), "rolled-back");
        if (qEnvironmentVariableIsSet("SLUICE_SHOW")) {
            show(done_);
            show(back_);
        }
    }

    void show(Story& told) {
        for (const Nanos time : ten_times(told)) {
            const Moment moment = told.at(time, Mode::live);
            const TopView top = present_top(moment);
            qInfo().noquote() << "=====" << top.title << "|" << top.subtitle << "|" << top.clock << "|" << top.time
                              << "|" << top.window;
            for (const auto& phase : top.phases) {
                qInfo().noquote() << "  phase" << phase.title << phase.word << phase.fraction;
            }
            for (const auto& source : top.sources) {
                qInfo().noquote() << "  source" << source.name << source.state << "[" << source.tip << "]";
            }
            const RollbackView rollback = present_rollback(moment);
            qInfo().noquote() << "  rollback" << static_cast<int>(rollback.state) << rollback.title << "|"
                              << rollback.detail << rollback.fraction;
            const PlanView plan = present_plan(moment);
            qInfo().noquote() << "  plan" << plan.progress;
            for (const auto& row : plan.rows) {
                qInfo().noquote() << (row.current ? " >" : "  ") << QString(row.parent < 0 ? 2 : 4, ' ') << row.word
                                  << "|" << row.title << "|" << row.detail << "|" << row.right;
            }
            qInfo().noquote() << "  audit" << present_seal(moment).text;
        }
    }

    void the_top_bar_says_what_the_release_says_at_ten_times() {
        for (Story* told : {&done_, &back_}) {
            for (const Nanos time : ten_times(*told)) {
                const Moment moment = told->at(time, Mode::live);
                const release::Release& r = moment.release;
                const TopView top = present_top(moment);
                QCOMPARE(top.title, "Nova Streaming v1.2.4");
                QCOMPARE(top.subtitle, "Rehearsal · major · production · nova-blue-green · plan " +
                                           QString::fromStdString(r.opened.plan_digest.substr(0, 8)));
                QCOMPARE(top.clock, r.t0.count != 0 ? t_clock(time, r.t0) : t_clock_unknown());
                QCOMPARE(top.time, utc_time(time));
                QCOMPARE(top.phases.size(), r.plan->phases.size());
                for (std::size_t i = 0; i < top.phases.size(); ++i) {
                    const auto& phase = r.plan->phases[i];
                    const auto status = r.phases.at(phase.id).status;
                    QCOMPARE(top.phases[i].title, QString::fromStdString(phase.title));
                    QCOMPARE(top.phases[i].mark == Mark::holds, status == release::PhaseState::Status::finished);
                    QCOMPARE(top.phases[i].mark == Mark::to_come, status == release::PhaseState::Status::to_come);
                    int all = 0, over = 0;
                    for (const auto& step : r.plan->steps) {
                        if (r.plan->phase_of(step.id) == &phase && !std::holds_alternative<plan::Group>(step.body)) {
                            ++all;
                            over += release::over(r.at(step.id).status) ? 1 : 0;
                        }
                    }
                    QCOMPARE(top.phases[i].fraction, static_cast<double>(over) / all);
                }
                const auto& anchor = r.at("to-100");
                QCOMPARE(top.window, anchor.status == StepStatus::passed
                                         ? window_after(r, anchor.ended + minutes(10), time)
                                         : "rollback until 10 m after 100 %");
            }
        }
    }

    void sources_tell_their_age_by_what_was_measured() {
        for (const Nanos time : ten_times(done_)) {
            const Moment moment = done_.at(time, Mode::live);
            const TopView top = present_top(moment);
            QCOMPARE(top.sources.size(), std::size_t{3});
            QCOMPARE(top.sources[0].name, "Prometheus");
            std::optional<Nanos> freshest;
            bool well = true;
            for (const auto& metric : moment.release.plan->metrics) {
                if (metric.from != "prom") {
                    continue;
                }
                if (const auto state = moment.release.sources.find(metric.name);
                    state != moment.release.sources.end()) {
                    well = well && state->second.state == "ok";
                }
                for (const Line* line : moment.readings.of(metric.name)) {
                    const Reading* at = line->at(time);
                    if (at != nullptr && at->status == session::SampleStatus::ok) {
                        freshest = std::max(freshest.value_or(Nanos{}), at->measured_at);
                    }
                }
            }
            if (!freshest && well) {
                QCOMPARE(top.sources[0].state, "not asked yet");
            } else if (well) {
                QCOMPARE(top.sources[0].state, ago(time, *freshest));
                QCOMPARE(present_top(done_.at(time, Mode::replay)).sources[0].state, old(time, *freshest));
            } else {
                QVERIFY(top.sources[0].mark != Mark::holds);
            }
        }
    }

    void the_plan_list_says_what_the_release_says_at_ten_times() {
        for (Story* told : {&done_, &back_}) {
            for (const Nanos time : ten_times(*told)) {
                const Moment moment = told->at(time, Mode::live);
                const release::Release& r = moment.release;
                const PlanView view = present_plan(moment);
                int all = 0, over = 0, current = 0;
                for (const auto& step : r.plan->steps) {
                    const PlanRow* row = row_of(view, step.id);
                    QVERIFY(row != nullptr);
                    const auto& state = r.at(step.id);
                    const bool group = std::holds_alternative<plan::Group>(step.body);
                    const auto* hold = std::get_if<plan::Hold>(&step.body);
                    all += group ? 0 : 1;
                    over += !group && release::satisfies(state.status) ? 1 : 0;
                    QCOMPARE(row->over, release::over(state.status));
                    if (!(hold != nullptr && state.status == StepStatus::running)) {
                        QCOMPARE(row->word, word_of(state.status));
                    }
                    QVERIFY(!row->title.contains("${"));
                    if (state.attempt > 0) { // before that the state has the title as the plan spells it
                        QCOMPARE(row->title, QString::fromStdString(state.title));
                    }
                    if (hold != nullptr && under_way(state.status) && state.started.count != 0) {
                        QCOMPARE(row->right, clock(state.hold.held_at(time)));
                    } else if (state.started.count != 0) {
                        QCOMPARE(row->right, clock((row->over ? state.ended : time) - state.started));
                    }
                    const auto* parent = row->parent < 0 ? nullptr : &view.rows[static_cast<std::size_t>(row->parent)];
                    QVERIFY(parent != nullptr);
                    QCOMPARE(parent->id, step.parent.empty() ? r.plan->phase_of(step.id)->id : step.parent);
                }
                for (const auto& row : view.rows) {
                    current += row.current ? 1 : 0;
                }
                QVERIFY(current <= 1);
                QVERIFY(view.progress.startsWith(QStringLiteral("%1 of %2 steps").arg(over).arg(all)));
                for (const auto& phase : r.plan->phases) {
                    const auto& state = r.phases.at(phase.id);
                    const PlanRow* row = row_of(view, phase.id);
                    QVERIFY(row != nullptr);
                    if (state.status == release::PhaseState::Status::finished) {
                        QVERIFY(row->right.startsWith(clock(state.ended - state.started)));
                        QVERIFY(!row->detail.isEmpty());
                    }
                }
                const bool listed = std::any_of(view.rows.begin(), view.rows.end(),
                                                [](const PlanRow& row) { return row.kind == PlanRow::Kind::rollback; });
                QCOMPARE(listed, r.rollback.active);
            }
        }
    }

    void the_button_is_armed_exactly_while_the_release_is_proven_ready_and_can_go_back() {
        for (const Nanos time : ten_times(done_)) {
            const Moment moment = done_.at(time, Mode::live);
            const RollbackView view = present_rollback(moment);
            const bool past = point_passed(moment.release) != nullptr, ready = moment.release.rollback.ready;
            QCOMPARE(view.state == RollbackView::State::armed, ready && !past);
            QCOMPARE(view.title, "Roll back to blue");
            QCOMPARE(QString::fromStdString(view.option), "to-blue");
            QCOMPARE(view.detail,
                     past    ? "past the point of no return"
                     : ready ? "armed · est. 2 m"
                             : "not armed: " + (moment.release.rollback.ready_why.empty()
                                                    ? QString("not proven yet")
                                                    : QString::fromStdString(moment.release.rollback.ready_why)));
            QCOMPARE(view.options.size(), moment.release.plan->rollback.options.size());
            QVERIFY(view.options[0].by_default);
            QCOMPARE(view.options[1].title, "Option 2: database from the snapshot, then blue");
            QCOMPARE(view.options[1].detail, "est. 15 m");
            QVERIFY(rollback_question(view, "to-blue").startsWith("Roll back to blue: Option 1"));
        }
    }

    void while_it_rolls_back_the_button_counts_its_steps() {
        const auto& rollback = back_.release().rollback;
        const auto& plan = *back_.release().plan;
        const auto* option = plan.option(rollback.option);
        int seen = 0;
        for (const auto& entry : back_.entries()) {
            const Moment moment = back_.at(entry.event.time, Mode::live);
            if (!moment.release.rollback.active) {
                continue;
            }
            const RollbackView view = present_rollback(moment);
            int over = 0;
            for (const auto& id : option->steps) {
                over += release::over(moment.release.at(id).status) ? 1 : 0;
            }
            QCOMPARE(view.fraction, static_cast<double>(over) / static_cast<double>(option->steps.size()));
            if (view.state == RollbackView::State::rolling) {
                ++seen;
                QCOMPARE(view.title, "Rolling back · " + clock(moment.now - moment.release.rollback.started));
                QVERIFY(view.detail.startsWith(QStringLiteral("%1 of %2 done").arg(over).arg(option->steps.size())));
            }
            QVERIFY(!view.can_act());
        }
        QVERIFY(seen > 3);
        const RollbackView after = present_rollback(back_.latest(Mode::live));
        QVERIFY(after.state == RollbackView::State::rolled_back);
        QVERIFY(after.detail.endsWith("took " + clock(rollback.ended - rollback.started)));
    }

    void in_replay_there_is_nothing_to_act_on() {
        const RollbackView view = present_rollback(done_.at(done_.begin() + minutes(5), Mode::replay), false);
        QVERIFY(view.state == RollbackView::State::replay);
        QCOMPARE(view.title, "Replay — actions off");
        QCOMPARE(view.detail, "recorded " + date(done_.begin()));
        QVERIFY(view.options.empty());
        const RollbackView follower = present_rollback(done_.at(done_.begin() + minutes(5), Mode::following), false);
        QVERIFY(follower.state == RollbackView::State::watching);
        QVERIFY(!follower.can_act());
    }

    void the_audit_table_claims_only_what_was_computed() {
        const Moment moment = done_.latest(Mode::live);
        QVERIFY(moment.entries.back().intact);
        QVERIFY(moment.seal && moment.seal->fits && moment.seal->by_operator);
        const QString text = present_seal(moment).text;
        QCOMPARE(text, count(static_cast<std::int64_t>(moment.entries.size())) + " entries, tree intact · checkpoint " +
                           count(moment.seal->size) + " of " + wall_time(moment.seal->covers) + " signed");
        const AuditLine line = audit_line(moment.entries[41], PlanNames(moment.release));
        QCOMPARE(line.proof, "42 · " + QString::fromStdString(hex(moment.entries[41].root).substr(0, 8)));
        QCOMPARE(line.exact, QString::fromStdString(release::describe(moment.entries[41].event.body)).simplified());
        QString bare; // nothing is named by an id where the plan has a title for it
        for (const Entry& entry : moment.entries) {
            const AuditLine told = audit_line(entry, PlanNames(moment.release));
            if (const auto* done = std::get_if<release::StepFinished>(&entry.event.body)) {
                QVERIFY2(told.text.startsWith(u'“' + StepTitles(moment.release).of(done->step) + u'”'),
                         qPrintable(told.text));
            }
            bare += told.text.contains(QString::fromStdString(moment.release.opened.session + '/')) ? told.text : "";
        }
        QCOMPARE(bare, "");

        QCOMPARE(proof_word(present_seal(moment)), "verified");
        // The same log with one root that is not that of its bytes.
        std::vector<Entry> bad(moment.entries.begin(), moment.entries.end());
        for (std::size_t i = 100; i < bad.size(); ++i) {
            bad[i].intact = false;
        }
        Moment other = moment;
        other.entries = bad;
        QVERIFY(present_seal(other).mark == Mark::breached);
        QCOMPARE(proof_word(present_seal(other)), "NOT INTACT");
        QVERIFY(present_seal(other).text.contains("TREE NOT INTACT from entry 101"));
        other.entries = moment.entries;
        other.seal->fits = false;
        QVERIFY(present_seal(other).mark == Mark::breached);
        other.seal.reset();
        QVERIFY(!present_seal(other).text.contains("checkpoint"));
    }

    void before_the_first_event_nothing_is_shown() {
        const Moment moment = done_.at(done_.begin() - seconds(1), Mode::live);
        QVERIFY(present_top(moment) == TopView{});
        QVERIFY(present_plan(moment) == PlanView{});
        QVERIFY(present_rollback(moment) == RollbackView{});
        QCOMPARE(present_seal(moment).text, "no entries yet");
    }

    void presenting_a_moment_costs_little() {
        const Moment moment = done_.at(done_.begin() + minutes(20), Mode::live);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 100; ++i) {
            present_top(moment);
            present_plan(moment);
            present_rollback(moment);
            present_seal(moment);
        }
        qInfo() << "one moment in" << static_cast<double>(timer.nsecsElapsed()) / 1e8 << "ms";
        QVERIFY(timer.elapsed() < 100 * 16);
    }
};

SLUICE_TEST(TopViewsTest)
#include "top_views_test.moc"
