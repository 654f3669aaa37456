#include "engine/probes.h"

#include "base/printable.h"
#include "engine/pinned_files.h"
#include "plan/utf8.h"

#include <fmt/format.h>

namespace sluice::engine {

Probes::~Probes() = default;

namespace {

/// What a step looks at by itself: a probe, or the read-back of what was typed elsewhere.
struct Look {
    const plan::Probe* probe = nullptr;
    const plan::Expect* expect = nullptr;
    const std::optional<plan::Rehearse>* rehearse = nullptr;
};
Look look_of(const plan::Step& step) {
    if (const auto* probe = std::get_if<plan::Probe>(&step.body)) {
        return {probe, &step.expect, &step.rehearse};
    }
    if (std::holds_alternative<plan::External>(step.body) && step.verify) {
        return {&*step.verify, &step.verify_expect, &step.verify_rehearse};
    }
    return {};
}

/// A metric that nobody has answered for yet, since the session has only just begun or was amended: what a probe of it
/// would find is nothing that the source has said.
bool awaits_first_answer(const plan::Probe& probe, const analysis::Latest& latest) {
    const auto* read = std::get_if<plan::MetricRead>(&probe.what);
    return read != nullptr && latest.of(read->condition.name) == nullptr;
}
constexpr Nanos first_answer_within = seconds(10);
constexpr Nanos looked_again_after = milliseconds(100);

} // namespace

void Probes::start(const plan::Step& step, int attempt) {
    attested_[step.id] = eyes_.outside.scheduler.now();
    ask(step.id, attempt, 1);
}

void Probes::recover() {
    for (const auto& [id, state] : journal_.release().steps) {
        if (state.status == release::StepStatus::running && look_of(*journal_.release().plan->step(id)).probe) {
            attested_[id] = eyes_.outside.scheduler.now();
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
    const Look asked = look_of(step);
    if (!asked.probe) {
        return;
    }
    const plan::Probe& probe = *asked.probe;
    const std::string key = fmt::format("{}/{}/{}#{}", journal_.release().opened.session, id, attempt, n);
    if (const auto same = still_pinned(eyes_.folder, step, journal_.release().files); !same) {
        eyes_.outside.scheduler.after({}, [this, id, attempt, why = plain(same.error()), life = std::weak_ptr(life_)] {
            if (!life.expired()) {
                (void)journal_.submit(release::ProbeAnswer{id, attempt, false, true, why, {}});
            }
        });
        return;
    }
    const bool program = std::holds_alternative<plan::Command>(probe.what);
    const Nanos timeout = step.timeout.value_or(program ? minutes(10) : seconds(10));
    const std::weak_ptr<int> life = life_;
    look(
        eyes_, probe, *asked.expect, step.on, key, timeout, *asked.rehearse,
        [this, life, key, sensitive = step.sensitive](std::string_view bytes) {
            if (!life.expired() && !sensitive) {
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
    const plan::Probe& probe = *look_of(step).probe;
    const Nanos begun = std::holds_alternative<plan::External>(step.body) ? attested_[id] : state.started;
    const Nanos now = eyes_.outside.scheduler.now();
    if (awaits_first_answer(probe, eyes_.latest) && now < begun + first_answer_within) {
        ask_again(id, attempt, n, looked_again_after);
        return;
    }
    const std::string why =
        sight.answered ? kept_why(step, *look_of(step).expect, sight.result, sight.met, sight.why) : sight.why;
    release::ProbeAnswer answer{id, attempt, sight.answered && sight.met, false, why, {}};
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
    if (plan::first_bad_utf8(answer.why)) { // no event holds what is not text
        answer.why = printable(answer.why);
    }
    const Nanos every = probe.every.value_or(seconds(5));
    const Nanos end = begun + probe.until.value_or(Nanos{});
    answer.last = !answer.met && now + every > end;
    (void)journal_.submit(answer);
    if (!answer.met && !answer.last) {
        ask_again(id, attempt, n + 1, every);
    }
}

void Probes::ask_again(const std::string& id, int attempt, int n, Nanos after) {
    eyes_.outside.scheduler.after(after, [this, life = std::weak_ptr(life_), id, attempt, n] {
        if (!life.expired()) {
            ask(id, attempt, n);
        }
    });
}

} // namespace sluice::engine
