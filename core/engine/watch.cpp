#include "engine/watch.h"

#include "analysis/gate.h"
#include "analysis/trigger.h"

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
    reading.value = verdict.value ? analysis::format_value(*verdict.value, metric.unit) : "";
    reading.limit = gate.must.text;
    reading.headroom = verdict.headroom ? fmt::format("{:.0f} %", *verdict.headroom * 100) : "";
    reading.why = verdict.why;
    reading.samples = evidence_json(verdict.evidence);
    return reading;
}

} // namespace

void Watch::take(series::SampleBatch batch) {
    release::SourceReport report{batch.metric, series::name(batch.status), batch.detail};
    if (batch.status == series::Status::ok && !batch.degraded.empty()) {
        report.state = "degraded";
        report.why = batch.degraded.front();
    }
    latest_.take(std::move(batch));
    if (!journal_.release().closed()) {
        (void)journal_.submit(report);
    }
    evaluate();
}

void Watch::evaluate() {
    if (!journal_.release().plan || journal_.release().closed()) {
        return;
    }
    read_triggers();
    read_holds();
    wake_waiting();
}

void Watch::read_holds() {
    const auto plan = journal_.release().plan;
    const Nanos now = scheduler_.now();
    for (const auto* list : {&plan->steps, &plan->rollback_steps}) {
        for (const auto& step : *list) {
            const auto* hold = std::get_if<plan::Hold>(&step.body);
            const auto status = journal_.release().at(step.id).status;
            // Also one that has held and waits to be advanced: nobody advances past a breach.
            if (!hold || (status != release::StepStatus::running && status != release::StepStatus::person)) {
                continue;
            }
            release::GateReadings command{step.id, {}};
            const auto arms = release::arms_with_traffic(journal_.release());
            for (const auto& gate : hold->gates) {
                const plan::Metric& metric = *plan->metric(gate.metric);
                for (const auto& verdict : analysis::judge(gate, metric, latest_, arms, now)) {
                    command.readings.push_back(reading_of(verdict, gate, metric));
                }
            }
            (void)journal_.submit(command);
        }
    }
}

void Watch::read_triggers() {
    const auto plan = journal_.release().plan;
    for (const auto& trigger : plan->rollback.triggers) {
        const auto& states = journal_.release().triggers;
        const auto state = states.find(trigger.id);
        if (state == states.end() || state->second.state == "disarmed" || state->second.state == "fired") {
            continue;
        }
        const auto arms = release::arms_with_traffic(journal_.release());
        for (const auto& truth : analysis::judge(trigger, *plan, latest_, arms, scheduler_.now())) {
            (void)journal_.submit(release::TriggerReading{trigger.id, truth.arm, analysis::name(truth.truth),
                                                          truth.value, truth.why, evidence_json(truth.evidence)});
        }
    }
}

/// Steps that wait for a metric (a `when`, a gate before the start, a wait) look again whenever something new is known.
void Watch::wake_waiting() {
    const auto& release = journal_.release();
    bool waiting = false;
    for (const auto& [id, state] : release.steps) {
        waiting = waiting || (state.status == release::StepStatus::waiting && state.until.count == 0);
        if (state.status == release::StepStatus::running) {
            const auto* wait = std::get_if<plan::Wait>(&release.plan->step(id)->body);
            waiting = waiting || (wait && wait->until);
        }
    }
    if (waiting && !release.closed()) {
        (void)journal_.submit(release::Tick{latest_.values(*release.plan, scheduler_.now())});
    }
}

} // namespace sluice::engine
