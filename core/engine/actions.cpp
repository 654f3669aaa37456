#include "engine/actions.h"

#include "base/printable.h"
#include "effects/run_effect.h"
#include "engine/pinned_files.h"
#include "plan/fill.h"
#include "plan/utf8.h"

#include <fmt/ranges.h>

namespace sluice::engine {
namespace {

constexpr int most_resends = 3;

/// What `expect` and `outputs` look at, out of an effect's canonical result.
plan::StepResult as_step_result(const effects::Outcome& outcome, std::string_view output) {
    plan::StepResult result;
    const Json& json = outcome.result;
    if (json.is_object() && json.contains("exit") && json["exit"].is_number_integer()) {
        result.exit = json["exit"].get<int>();
    }
    if (json.is_object() && json.contains("status") && json["status"].is_number_integer()) {
        result.status = json["status"].get<int>();
    }
    result.text = json.is_object() && json.contains("body")   ? json["body"].get<std::string>()
                  : json.is_object() && json.contains("text") ? json["text"].get<std::string>()
                                                              : std::string(output);
    if (auto parsed = parse_json(result.text, "result")) {
        result.json = std::move(*parsed);
    }
    return result;
}

} // namespace

Actions::Actions(const Eyes& eyes, Journal& journal, EffectMaker& maker, Output output)
    : eyes_(eyes), journal_(journal), maker_(maker), output_(std::move(output)) {}

Actions::~Actions() = default;

bool Actions::must_wait(const plan::Step& step) const {
    const auto mine = EffectMaker::targets(*journal_.release().plan, step);
    for (const auto& id : release::in_flight(journal_.release())) {
        for (const auto& target : journal_.release().operations.at(id).intent.targets) {
            if (std::find(mine.begin(), mine.end(), target) != mine.end()) {
                return true;
            }
        }
    }
    return false;
}

void Actions::prepare(const plan::Step& step, int attempt) {
    if (must_wait(step)) {
        waiting_.push_back({step.id, attempt});
        return;
    }
    const std::string operation = fmt::format("{}/{}/{}", journal_.release().opened.session, step.id, attempt);
    if (const auto same = still_pinned(eyes_.folder, step, journal_.release().files); !same) {
        (void)journal_.submit(release::Unprepared{step.id, attempt, plain(same.error())});
        return;
    }
    auto effect = maker_.make(step);
    if (!effect) {
        (void)journal_.submit(release::Unprepared{step.id, attempt, plain(effect.error())});
        return;
    }
    auto& running = running_[operation];
    running = Running{};
    running.effect = std::move(*effect);
    running.effect->prepare(operation, [this, operation, id = step.id, attempt](Result<effects::Prepared> prepared) {
        this->prepared(operation, id, attempt, std::move(prepared));
    });
}

void Actions::prepared(const std::string& operation, const std::string& id, int attempt,
                       Result<effects::Prepared> prepared) {
    if (!prepared) {
        drop(operation);
        (void)journal_.submit(release::Unprepared{id, attempt, plain(prepared.error())});
        return;
    }
    const plan::Step& step = *journal_.release().step(id);
    release::Intent intent;
    intent.operation = operation;
    intent.step = id;
    intent.attempt = attempt;
    intent.kind = prepared->kind;
    if (step.verify && prepared->effect_class == effects::EffectClass::opaque) {
        prepared->effect_class = effects::EffectClass::probeable; // what the effect can't tell, its `verify` can
    }
    intent.effect_class = effects::name(prepared->effect_class);
    intent.request = prepared->to_json();
    const auto bytes = canonical(intent.request);
    if (!bytes) {
        drop(operation);
        (void)journal_.submit(release::Unprepared{id, attempt, plain(bytes.error())});
        return;
    }
    intent.digest = hex(sha256(*bytes));
    intent.summary = prepared->what;
    intent.targets = EffectMaker::targets(*journal_.release().plan, step);
    intent.desired = maker_.desired(step);
    running_[operation].prepared = std::move(*prepared);
    const auto receipt = journal_.submit(release::Prepared{intent});
    if (!receipt) {
        drop(operation);
        if (receipt.error().code == ErrorCode::conflict) {
            waiting_.push_back({id, attempt});
        }
    }
}

void Actions::start(const release::Intent& intent) {
    auto& running = running_[intent.operation];
    if (!running.effect) {
        return; // recover() takes it up
    }
    send(intent.operation);
}

effects::EffectSink Actions::sink_of(const std::string& operation) {
    effects::EffectSink sink;
    sink.output = [this, operation](std::string_view bytes) {
        auto& one = running_.at(operation);
        one.digest.feed(bytes);
        one.written += static_cast<std::int64_t>(bytes.size());
        if (one.tail.size() < most_judged) {
            one.tail.append(bytes.substr(0, most_judged - one.tail.size()));
        }
        if (!step_of(operation).sensitive) {
            output_.take(operation, bytes);
        }
    };
    sink.at_work = [this, operation](Json what) { at_work(operation, std::move(what)); };
    sink.settled = [this, operation](effects::Outcome outcome) { settled(operation, std::move(outcome)); };
    return sink;
}

/// Told of what lasts only: of a program that ends at once nobody looks for the pid.
void Actions::at_work(const std::string& operation, Json what) {
    eyes_.outside.scheduler.after(seconds(1), [this, operation, what = std::move(what), life = std::weak_ptr(life_)] {
        if (life.expired() || !running_.contains(operation)) {
            return;
        }
        const auto& known = journal_.release().operations;
        const auto found = known.find(operation);
        if (found != known.end() && found->second.phase == release::OperationState::Phase::in_flight &&
            found->second.observed != what) {
            (void)journal_.submit(release::Seen{operation, what});
        }
    });
}

void Actions::send(const std::string& operation) {
    auto& running = running_.at(operation);
    running.effect->start(running.prepared, sink_of(operation));
}

void Actions::settled(const std::string& operation, effects::Outcome outcome) {
    switch (outcome.ending) {
    case effects::Ending::done:
        judge(operation, outcome);
        break;
    case effects::Ending::failed:
        if (running_.at(operation).resent > 0) {
            uncertain(operation, plain(outcome.error)); // this one was not sent; one before it may have been
            break;
        }
        finish(operation, false, "returned", plain(outcome.error), std::move(outcome.result), false);
        break;
    case effects::Ending::unknown:
        uncertain(operation, plain(outcome.error));
        break;
    }
}

void Actions::judge(const std::string& operation, const effects::Outcome& outcome) {
    const plan::Step& step = step_of(operation);
    const plan::StepResult result = as_step_result(outcome, running_.at(operation).tail);
    // Only processes and calls have a result to judge; a write that was carried out has met its expectation.
    if (result.exit || result.status) {
        const auto judgement = plan::judge(step.expect, result, eyes_.scope(), eyes_.outside.scheduler.now());
        if (!judgement.met) {
            finish(operation, false, "returned", kept_why(step, step.expect, result, false, judgement.why),
                   outcome.result, false);
            return;
        }
    }
    for (const auto& output : step.outputs) {
        const auto value = plan::extract(output, result);
        if (!value) {
            finish(operation, false, "returned", plain(value.error()), outcome.result, false);
            return;
        }
        running_.at(operation).outputs[output.name] = *value;
    }
    if (!step.verify) {
        finish(operation, true, "returned", "", outcome.result, false);
        return;
    }
    verify(operation, [this, operation, json = outcome.result](const Sight& sight) {
        finish(operation, sight.met, "verified", seen_why(operation, sight), json, false);
    });
}

std::string Actions::seen_why(const std::string& operation, const Sight& sight) const {
    const plan::Step& step = step_of(operation);
    return sight.answered ? kept_why(step, step.verify_expect, sight.result, sight.met, sight.why) : sight.why;
}

void Actions::verify(const std::string& operation, std::function<void(const Sight&)> done) {
    const plan::Step& step = step_of(operation);
    const Nanos now = eyes_.outside.scheduler.now();
    const Nanos end = now + step.verify->until.value_or(Nanos{});
    auto attempt = std::make_shared<std::function<void(int)>>();
    // The look holds itself through `attempt` until it is met, or its time is over.
    *attempt = [this, operation, end, done = std::move(done), attempt](int n) {
        const plan::Step& planned = step_of(operation);
        const std::string key = fmt::format("{}#verify{}", operation, n);
        look(
            eyes_, *planned.verify, planned.verify_expect, planned.on, key, planned.timeout.value_or(minutes(1)),
            planned.verify_rehearse, [](std::string_view) {},
            [this, operation, end, done, attempt, n,
             every = planned.verify->every.value_or(seconds(5))](const Sight& sight) {
                auto& scheduler = eyes_.outside.scheduler;
                const bool stopped = !journal_.release().at(step_of(operation).id).stop_asked.empty();
                if ((sight.answered && sight.met) || stopped || scheduler.now() + every > end) {
                    *attempt = nullptr;
                    done(sight);
                    return;
                }
                scheduler.after(every, [attempt, n, life = std::weak_ptr(life_)] {
                    if (!life.expired()) {
                        (*attempt)(n + 1);
                    }
                });
            });
    };
    (*attempt)(1);
}

void Actions::uncertain(const std::string& operation, const std::string& why) {
    const plan::Step& step = step_of(operation);
    auto& running = running_.at(operation);
    if (step.verify) {
        verify(operation, [this, operation, why](const Sight& sight) {
            if (sight.answered && sight.met) {
                const std::string lost = take_outputs(operation, told_of(operation, sight.result));
                finish(operation, true, "verified", seen_why(operation, sight), nullptr, false, lost);
            } else if (sight.answered) {
                finish(operation, false, "verified", why + "; read back: " + seen_why(operation, sight), nullptr, true);
            } else {
                doubt(operation, why, "could not be read back: " + sight.why);
            }
        });
        return;
    }
    switch (running.prepared.effect_class) {
    case effects::EffectClass::keyed:
        if (running.resent < most_resends) {
            const Nanos pause = seconds(1 << running.resent++);
            eyes_.outside.scheduler.after(pause, [this, operation, life = std::weak_ptr(life_)] {
                if (!life.expired() && running_.contains(operation)) {
                    send(operation);
                }
            });
            return;
        }
        break;
    case effects::EffectClass::convergent:
    case effects::EffectClass::probeable:
        running.effect->read_back(running.prepared, [this, operation, why](const effects::ReadBack& back) {
            read_back(operation, why, back);
        });
        return;
    case effects::EffectClass::opaque:
        break;
    }
    doubt(operation, why, "");
}

void Actions::read_back(const std::string& operation, const std::string& why, const effects::ReadBack& back) {
    auto& running = running_.at(operation);
    switch (back.match) {
    case kubernetes::Match::matches:
        finish(operation, true, "verified", "read back: it happened", back.seen, false,
               take_outputs(operation, as_step_result({effects::Ending::done, back.seen, {}}, "")));
        return;
    case kubernetes::Match::differs:
        finish(operation, false, "verified", why + "; read back: " + back.detail, back.seen, true);
        return;
    case kubernetes::Match::unknown:
        break;
    }
    doubt(operation, why, back.detail);
    // A cluster that does not answer now may do so soon: doubt is shown at once, and ends by itself when it can.
    if (running.prepared.effect_class == effects::EffectClass::convergent) {
        eyes_.outside.scheduler.after(seconds(5), [this, operation, why, life = std::weak_ptr(life_)] {
            if (life.expired()) {
                return; // an amended plan has actions of its own
            }
            const auto found = journal_.release().operations.find(operation);
            if (found != journal_.release().operations.end() && running_.contains(operation) &&
                found->second.phase == release::OperationState::Phase::in_doubt) {
                uncertain(operation, why);
            }
        });
    }
}

/// What can be told of an operation whose own answer is lost: what its intent foretold (which its `verify` has found to
/// have come about), else what was seen.
plan::StepResult Actions::told_of(const std::string& operation, const plan::StepResult& seen) const {
    const auto running = running_.find(operation);
    const Json told = running == running_.end() ? Json() : running->second.effect->foretold(running->second.prepared);
    return told.is_null() ? seen : as_step_result({effects::Ending::done, told, {}}, "");
}

/// The outputs of an operation whose own answer is lost, out of what read it back: those that say where they stand, and
/// stand there. A whole text is not taken, since it is another one. Returns which are missing.
std::string Actions::take_outputs(const std::string& operation, const plan::StepResult& result) {
    const auto running = running_.find(operation);
    if (running == running_.end()) {
        return {}; // a person has answered for it
    }
    std::vector<std::string> missing;
    for (const auto& output : step_of(operation).outputs) {
        const bool placed = !output.json.empty() || !output.extract.empty();
        const auto value = placed ? plan::extract(output, result) : fail(ErrorCode::not_found, "not asked for");
        if (value) {
            running->second.outputs[output.name] = *value;
        } else {
            missing.push_back("'" + output.name + "'");
        }
    }
    return missing.empty() ? "" : fmt::format("its answer is lost, and with it {}", fmt::join(missing, ", "));
}

void Actions::doubt(const std::string& operation, const std::string& why, const std::string& back) {
    (void)journal_.submit(release::Unknown{operation, why, back});
    looked_back(operation);
}

void Actions::finish(const std::string& operation, bool succeeded, const std::string& how, const std::string& why,
                     Json result, bool repeat, const std::string& lost) {
    looked_back(operation);
    const auto found = running_.find(operation);
    if (found == running_.end()) {
        return; // a person answered for it while it was being looked at
    }
    const Running& running = found->second;
    release::Outcome command;
    command.settled = {operation,
                       succeeded,
                       how,
                       why,
                       std::move(result),
                       running.written,
                       running.written > 0 ? hex(running.digest.digest()) : ""};
    if (step_of(operation).sensitive) { // its exit and how much it said, and nothing from which that could be guessed
        Json bare = Json::object();
        for (const char* key : {"exit", "signal", "status"}) {
            if (command.settled.result.is_object() && command.settled.result.contains(key)) {
                bare[key] = command.settled.result[key];
            }
        }
        command.settled.result = bare.empty() ? Json() : bare;
        command.settled.output_digest.clear();
    }
    command.settled.why = plan::first_bad_utf8(why) ? printable(why) : why; // no event holds what is not text
    command.outputs = running.outputs;
    command.repeat = repeat;
    command.lost = lost;
    if (!canonical(command.settled.result)) {
        command.settled.result = nullptr; // what can't be kept exactly is not kept
    }
    drop(operation);
    // What never began was claimed by a record: it stays, so that a wrapper that is late can't begin after all.
    // What it printed is in the file before the records go.
    if (journal_.submit(command) && !repeat && output_.keep()) {
        eyes_.processes.forget(effects::record_directory(eyes_.records, operation));
    }
}

void Actions::drop(const std::string& operation) {
    // The effect may be on the stack below: it goes when the loop comes round.
    const auto found = running_.find(operation);
    if (found == running_.end()) {
        return;
    }
    gone_.push_back(std::move(found->second));
    running_.erase(found);
    eyes_.outside.scheduler.after({}, [this, life = std::weak_ptr(life_)] {
        if (!life.expired()) {
            gone_.clear();
        }
    });
}

void Actions::forget(const std::string& operation) {
    looked_back(operation);
    drop(operation);
}

void Actions::retry_waiting() {
    for (const auto& [id, attempt] : std::exchange(waiting_, {})) {
        const auto& state = journal_.release().at(id);
        if (state.status == release::StepStatus::running && state.attempt == attempt && state.operation.empty()) {
            prepare(*journal_.release().step(id), attempt);
        }
    }
}

void Actions::hurry() {
    for (const auto& id : release::in_flight(journal_.release())) {
        const auto found = running_.find(id);
        const auto& targets = journal_.release().operations.at(id).intent.targets;
        if (found != running_.end() && !targets.empty()) {
            found->second.effect->cancel();
        }
    }
}

void Actions::end_programs() {
    for (const auto& id : release::programs_to_end(journal_.release())) {
        if (const auto found = running_.find(id); found != running_.end()) {
            found->second.effect->cancel();
        }
    }
}

void Actions::recover() {
    for (const auto& id : release::in_flight(journal_.release())) {
        recover(id);
    }
    for (const auto& [id, operation] : journal_.release().operations) {
        if (operation.phase == release::OperationState::Phase::in_doubt) {
            look_again(id);
        }
    }
}

/// What nobody could read when it came in doubt may be readable now; a person is only asked about what is not. What is
/// sent again instead (keyed) and what nothing can tell of (opaque) stays with the person.
void Actions::look_again(const std::string& id) {
    const auto& operation = journal_.release().operations.at(id);
    const auto prepared = effects::Prepared::from_json(operation.intent.request);
    auto effect = maker_.make(step_of(id));
    if (!prepared || !effect ||
        (!step_of(id).verify && prepared->effect_class != effects::EffectClass::convergent &&
         prepared->effect_class != effects::EffectClass::probeable)) {
        return;
    }
    looking_back_.insert(id);
    auto& running = running_[id];
    running = Running{};
    running.prepared = *prepared;
    running.effect = std::move(*effect);
    uncertain(id, operation.why);
}

void Actions::looked_back(const std::string& id) {
    if (looking_back_.erase(id) > 0 && looking_back_.empty() && looked_back_) {
        eyes_.outside.scheduler.after({}, std::exchange(looked_back_, nullptr));
    }
}

void Actions::recover(const std::string& id) {
    const std::string ended = "the program ended before the answer";
    const release::Intent intent = journal_.release().operations.at(id).intent;
    const auto prepared = effects::Prepared::from_json(intent.request);
    auto effect = maker_.make(step_of(id));
    if (!prepared || !effect) {
        doubt(id, ended, plain(prepared ? effect.error() : prepared.error()));
        return;
    }
    auto& running = running_[id];
    running = Running{};
    running.prepared = *prepared;
    running.effect = std::move(*effect);
    switch (running.effect->take_up(*prepared, sink_of(id))) {
    case effects::TakenUp::attached:
        output_.again(id); // its output is told from the beginning
        break;
    case effects::TakenUp::never_began:
        finish(id, false, "verified", "the program ended before it was started", nullptr, true);
        break;
    case effects::TakenUp::lost:
        uncertain(id, ended);
        break;
    }
}

const plan::Step& Actions::step_of(const std::string& operation) const {
    return *journal_.release().step(journal_.release().operations.at(operation).intent.step);
}

} // namespace sluice::engine
