#include "engine/watch.h"

#include "analysis/trigger.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::engine {
namespace {

Json evidence_json(const std::vector<series::Sample>& samples) {
    Json list = Json::array();
    for (const auto& sample : samples) {
        list.push_back({{"metric", sample.metric},
                        {"arm", sample.arm},
                        {"value", number_text(sample.value)},
                        {"measured", nanos_text(sample.measured_at)},
                        {"received", nanos_text(sample.received_at)}});
    }
    return list;
}

release::GateReading reading_of(const analysis::GateVerdict& verdict, const plan::Gate& gate,
                                const plan::Metric& metric) {
    release::GateReading reading;
    reading.gate = verdict.gate;
    reading.arm = verdict.arm;
    reading.verdict = analysis::name(verdict.verdict);
    reading.close = verdict.close;
    reading.value = verdict.value ? analysis::format_value(*verdict.value, metric) : "";
    reading.limit = verdict.limit ? verdict.limit->text : plan::limit_text(gate);
    reading.headroom = verdict.headroom ? fmt::format("{:.0f} %", *verdict.headroom * 100) : "";
    reading.why = verdict.why;
    reading.samples = evidence_json(verdict.evidence);
    reading.breach_in = verdict.breach_in.value_or(Nanos{});
    return reading;
}

/// Before its start: a `when` or a gate that asks a metric.
bool waits_for_readings(const release::StepState& state) {
    return state.status == release::StepStatus::waiting && state.until.count == 0;
}

bool asks_readings(const plan::StepBody& body) {
    const auto* wait = std::get_if<plan::Wait>(&body);
    return wait && wait->until;
}

/// Conditions that declare a severity are looked at with every reading.
bool watches_severity(const plan::Plan& plan) {
    return std::any_of(plan.severity.begin(), plan.severity.end(),
                       [](const auto& one) { return one.when.has_value(); });
}

} // namespace

Watch::~Watch() {
    scheduler_.cancel(late_);
    scheduler_.cancel(armed_);
}

void Watch::wait_while(std::function<bool()> owed, Nanos patience) {
    owed_ = std::move(owed);
    patience_ = patience;
}

void Watch::take(series::SampleBatch batch) {
    release::SourceReport report{batch.metric, series::name(batch.status), batch.detail};
    if (batch.status == series::Status::ok && !batch.degraded.empty()) {
        report.state = "degraded";
        report.why = batch.degraded.front();
    }
    if (journal_.release().plan) {
        baselines_.take(journal_.release(), batch);
        counts_.take(journal_.release(), batch);
        history_.take(*journal_.release().plan, batch);
    }
    latest_.take(std::move(batch));
    if (!journal_.release().closed()) {
        (void)journal_.submit(report);
    }
    judge_in_time();
}

void Watch::remember(const std::vector<series::SampleBatch>& past) {
    if (journal_.release().plan) {
        history_.remember(*journal_.release().plan, past, scheduler_.now());
    }
}

void Watch::forget() {
    latest_ = {};
    trends_ = {}; // also of gates whose limit alone is another
    history_ = {};
    counts_ = {};
    baselines_ = {}; // of the new metrics from here on
}

void Watch::was_away() {
    if (journal_.release().plan) {
        baselines_.interrupted(journal_.release());
        counts_.was_away(scheduler_.now());
    }
}

void Watch::capture(const release::StepId& step) {
    const auto& release = journal_.release();
    if (Baselines::wanted(*release.plan, step)) {
        (void)journal_.submit(release::Baseline{step, baselines_.close(release, step)});
    }
}

void Watch::tick() {
    ticked_ = true;
    judge_in_time();
}

void Watch::judge_in_time() {
    if (!owed_ || !owed_() || !anything_to_judge()) {
        judge();
    } else if (late_ == TimerId::none) {
        late_ = scheduler_.after(patience_, [this] { judge(); });
    }
}

/// Where nothing looks at readings (in a rollback above all) no time that is due has to wait for them.
bool Watch::anything_to_judge() const {
    const auto& release = journal_.release();
    // One that has fired is looked at again, unless it was what started the way back: a proposal ends with its cause.
    const auto watched = [&](const auto& entry) {
        return entry.second.state != "disarmed" && (entry.second.state != "fired" || !release.rollback.active);
    };
    const auto& alerts = release.plan->alerts;
    const bool alerting = !release.rollback.active && std::any_of(alerts.begin(), alerts.end(), [&](const auto& alert) {
        return release::watched(release, alert);
    });
    return alerting || watches_severity(*release.plan) ||
           std::any_of(release.triggers.begin(), release.triggers.end(), watched) ||
           std::any_of(release.steps.begin(), release.steps.end(), [&](const auto& entry) {
               const auto& [id, state] = entry;
               if (waits_for_readings(state)) {
                   return true;
               }
               const auto& body = release.plan->step(id)->body;
               const bool at_work = state.status == release::StepStatus::running;
               return (std::holds_alternative<plan::Hold>(body) &&
                       (at_work || state.status == release::StepStatus::person)) ||
                      (at_work && asks_readings(body));
           });
}

void Watch::judge() {
    scheduler_.cancel(std::exchange(late_, TimerId::none));
    const bool ticked = std::exchange(ticked_, false);
    if (!journal_.release().plan || journal_.release().closed()) {
        return;
    }
    read_triggers();
    read_alerts();
    read_holds();
    if (!ticked) {
        wake_waiting();
    } else if (!journal_.release().closed()) {
        (void)journal_.submit(now());
    }
}

release::Tick Watch::now() const {
    const auto& plan = *journal_.release().plan;
    const Nanos now = scheduler_.now();
    return {latest_.values(plan, now), history_.values(plan, now), latest_.several(plan, now)};
}

void Watch::read_holds() {
    const auto plan = journal_.release().plan;
    for (const auto* list : {&plan->steps, &plan->rollback_steps}) {
        for (const auto& step : *list) {
            const auto* hold = std::get_if<plan::Hold>(&step.body);
            const auto status = journal_.release().at(step.id).status;
            // Also one that has held and waits to be advanced: nobody advances past a breach.
            if (!hold || (status != release::StepStatus::running && status != release::StepStatus::person)) {
                continue;
            }
            if (const auto readings = readings_of(step, *hold)) {
                (void)journal_.submit(*readings);
            }
        }
    }
}

/// What all gates of a hold say; nothing while one that just began has a gate that was last asked before: that this
/// had no answer then (an arm had no traffic yet) says nothing of now, so the hold waits for its first readings instead
/// of telling of a pause.
std::optional<release::GateReadings> Watch::readings_of(const plan::Step& step, const plan::Hold& hold) {
    const auto plan = journal_.release().plan;
    const auto& state = journal_.release().at(step.id);
    release::GateReadings command{step.id, {}};
    std::set<Clock> breached;
    for (const auto& gate : hold.gates) {
        const plan::Metric& metric = *plan->metric(gate.metric);
        for (auto& verdict : judged(gate)) {
            const auto* batch = latest_.of(metric.name);
            const bool asked_since = batch && batch->received_at > state.begun;
            if (state.gates.empty() && !asked_since && !verdict.value) {
                if (gate.shadow) {
                    continue; // nothing waits for it
                }
                return std::nullopt;
            }
            trends_.foresee(fmt::format("{}/{}/{}", step.id, gate.id, verdict.arm), verdict, scheduler_.now());
            auto& reading = command.readings.emplace_back(reading_of(verdict, gate, metric));
            reading.seen = gate.samples > 0 ? counts_.of(journal_.release(), step.id, gate.id, verdict.arm) : 0;
            const bool fails = verdict.verdict == analysis::Verdict::fail ||
                               !release::breach_by_absence(state, gate, reading, scheduler_.now()).empty();
            if (fails && !gate.shadow && !state.set_aside.contains(gate.id)) {
                breached.insert(gate.has_own_clock() ? Clock{gate.id, verdict.arm} : Clock{});
            }
        }
    }
    if (!journal_.release().paused) {
        count_anew(step, hold, breached, command);
    }
    return command;
}

/// The clock stays at zero for as long as it is breached, and that is no evidence for what comes after it.
void Watch::count_anew(const plan::Step& step, const plan::Hold& hold, const std::set<Clock>& breached,
                       release::GateReadings& readings) {
    for (const auto& clock : breached) {
        const auto& [of, arm] = clock;
        if (of.empty() && hold.on_breach != plan::OnBreach::restart) {
            continue;
        }
        restarted(step.id, of, arm);
        for (const auto& gate : hold.gates) {
            for (auto& reading : readings.readings) {
                if (reading.gate == gate.id &&
                    (of.empty() ? !gate.has_own_clock() : gate.id == of && reading.arm == arm)) {
                    reading.seen = 0;
                }
            }
        }
    }
}

std::vector<analysis::GateVerdict> Watch::judged(const plan::Gate& gate) const {
    const auto& release = journal_.release();
    const auto baselines = [&](const plan::Against& against, const std::string& metric, const std::string& arm) {
        analysis::History::Earlier taken{release::baseline(release, against, metric, arm), {}};
        taken.why = taken.value ? "" : release::no_baseline(release, against, metric);
        return taken;
    };
    return analysis::judge(gate, *release.plan->metric(gate.metric), latest_, release::arms_with_traffic(release),
                           scheduler_.now(), baselines, history_);
}

void Watch::begun(const release::StepId& step) {
    const plan::Step* planned = journal_.release().plan->step(step);
    if (!planned) {
        return; // a shift by hand
    }
    release::GateReadings command{step, {}};
    for (const auto& gate : planned->gates) {
        for (const auto& verdict : gate.shadow ? judged(gate) : std::vector<analysis::GateVerdict>{}) {
            command.readings.push_back(reading_of(verdict, gate, *journal_.release().plan->metric(gate.metric)));
        }
    }
    if (!command.readings.empty()) {
        (void)journal_.submit(command);
    }
}

void Watch::restarted(const release::StepId& step, const std::string& gate, const std::string& arm) {
    counts_.restarted(journal_.release(), step, gate, arm, scheduler_.now());
}

void Watch::read_triggers() {
    const auto plan = journal_.release().plan;
    for (const auto& trigger : plan->rollback.triggers) {
        read_trigger(trigger);
    }
}

void Watch::read_trigger(const plan::Trigger& trigger) {
    const auto& release = journal_.release();
    const auto state = release.triggers.find(trigger.id);
    if (!trigger.severity.empty() || state == release.triggers.end() || state->second.state == "disarmed" ||
        (state->second.state == "fired" && release.rollback.active)) {
        return;
    }
    const auto arms = release::arms_with_traffic(release);
    for (const auto& truth : analysis::judge(trigger, *release.plan, latest_, arms, scheduler_.now(), scope(release))) {
        (void)journal_.submit(release::TriggerReading{trigger.id, truth.arm, analysis::name(truth.truth), truth.value,
                                                      truth.why, evidence_json(truth.evidence)});
    }
}

void Watch::read_alerts() {
    const auto plan = journal_.release().plan;
    for (const auto& alert : plan->alerts) {
        const auto& release = journal_.release();
        // What nobody has asked for yet (a slow source after a resume) is no absence, and ends nothing.
        const auto unasked = [&](const std::string& metric) { return latest_.of(metric) == nullptr; };
        if (!release::watched(release, alert) || plan::looks_at(alert.rule.condition, unasked)) {
            continue;
        }
        const auto arms = release::arms_with_traffic(release);
        for (const auto& truth :
             analysis::judge(alert.rule, *plan, latest_, arms, scheduler_.now(), release::scope(release))) {
            (void)journal_.submit(release::AlertReading{alert.rule.id, truth.arm, analysis::name(truth.truth),
                                                        truth.value, truth.why, evidence_json(truth.evidence)});
        }
    }
}

void Watch::armed() {
    if (armed_ != TimerId::none) {
        return;
    }
    armed_ = scheduler_.after({}, [this] {
        armed_ = TimerId::none;
        const auto plan = journal_.release().plan;
        for (const auto& trigger : plan->rollback.triggers) {
            if (trigger.severity.empty() && !analysis::asks_readings(trigger.condition)) {
                read_trigger(trigger);
            }
        }
    });
}

/// Steps that wait for a metric (a `when`, a gate before the start, a wait) look again whenever something new is known.
void Watch::wake_waiting() {
    const auto& release = journal_.release();
    bool waiting = watches_severity(*release.plan);
    for (const auto& [id, state] : release.steps) {
        waiting = waiting || waits_for_readings(state) ||
                  (state.status == release::StepStatus::running && asks_readings(release.plan->step(id)->body));
    }
    if (waiting && !release.closed()) {
        (void)journal_.submit(now());
    }
}

} // namespace sluice::engine
