#include "engine/probes.h"

#include <fmt/format.h>

namespace sluice::engine {

Probes::~Probes() = default;

void Probes::start(const plan::Step& step, int attempt) {
    ask(step.id, attempt, 1);
}

void Probes::recover() {
    for (const auto& [id, state] : journal_.release().steps) {
        if (state.status == release::StepStatus::running &&
            std::holds_alternative<plan::Probe>(journal_.release().plan->step(id)->body)) {
            ask(id, state.attempt, 1);
        }
    }
}

void Probes::ask(const std::string& id, int attempt, int n) {
    const auto& state = journal_.release().at(id);
    if (state.status != release::StepStatus::running || state.attempt != attempt) {
        return;
    }
    const plan::Step& step = *journal_.release().plan->step(id);
    const auto& probe = std::get<plan::Probe>(step.body);
    const std::string key = fmt::format("{}/{}/{}#{}", journal_.release().opened.session, id, attempt, n);
    const bool program = std::holds_alternative<plan::Command>(probe.what);
    const Nanos timeout = step.timeout.value_or(program ? minutes(10) : seconds(10));
    const std::weak_ptr<int> life = life_;
    look(
        eyes_, probe, step.expect, step.on, key, timeout, step.rehearse,
        [this, life, key](std::string_view bytes) {
            if (!life.expired()) {
                output_(key, bytes);
            }
        },
        [this, life, id, attempt, n](const Sight& sight) {
            if (!life.expired()) {
                seen(id, attempt, n, sight);
            }
        });
}

void Probes::seen(const std::string& id, int attempt, int n, const Sight& sight) {
    const auto& state = journal_.release().at(id);
    if (state.status != release::StepStatus::running || state.attempt != attempt) {
        return;
    }
    const plan::Step& step = *journal_.release().plan->step(id);
    const auto& probe = std::get<plan::Probe>(step.body);
    release::ProbeAnswer answer{id, attempt, sight.answered && sight.met, false, sight.why, {}};
    for (const auto& output : step.outputs) {
        if (!answer.met) {
            break;
        }
        const auto value = plan::extract(output, sight.result);
        if (!value) {
            answer.met = false;
            answer.why = plain(value.error());
            break;
        }
        answer.outputs[output.name] = *value;
    }
    const Nanos every = probe.every.value_or(seconds(5));
    const Nanos end = state.started + probe.until.value_or(Nanos{});
    answer.last = !answer.met && eyes_.outside.scheduler.now() + every > end;
    (void)journal_.submit(answer);
    if (!answer.met && !answer.last) {
        eyes_.outside.scheduler.after(every, [this, life = std::weak_ptr(life_), id, attempt, n] {
            if (!life.expired()) {
                ask(id, attempt, n + 1);
            }
        });
    }
}

} // namespace sluice::engine
