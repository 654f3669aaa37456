#include "engine/engine.h"

#include "base/secret.h"
#include "engine/metric_sources.h"
#include "engine/pinned_files.h"
#include "plan/loader.h"
#include "plan/secret_reference.h"
#include "plan/variables.h"

#include <QtGlobal>
#include <algorithm>
#include <fmt/format.h>

namespace sluice::engine {
namespace {

/// It has started, and nothing of it was sent.
bool waits_to_be_prepared(const plan::Step& step, const release::StepState& state) {
    return state.status == release::StepStatus::running && plan::is_effect(step.body) && state.operation.empty();
}

} // namespace

Engine::Engine(const Outside& outside, net::ProcessRunner& processes, session::SessionLog& log, session::SigningKey key,
               EngineOptions options)
    : outside_(outside), processes_(processes), options_(std::move(options)),
      journal_(outside_.scheduler, log, std::move(key)), watch_(outside_.scheduler, journal_),
      recorder_(outside_.scheduler, log, outside_.real_now) {
    journal_.before_the_end([this] { (void)recorder_.write(); });
}

Engine::~Engine() {
    (void)recorder_.write(); // of a session that waits for a person and is left
    outside_.scheduler.cancel(tick_);
    outside_.scheduler.cancel(signing_);
}

Result<void> Engine::connect(std::shared_ptr<const plan::Plan> plan, const plan::Scope& scope) {
    plan_ = std::move(plan);
    auto connections = Connections::open(*plan_, outside_, options_.replaced);
    if (!connections) {
        return failed(connections);
    }
    connections_ = std::move(*connections);
    const Programs programs{processes_, options_.records, options_.plan_folder};
    forget_cut_off(programs);
    auto metrics = metric_sources(*plan_, scope, *connections_, outside_, programs);
    if (!metrics) {
        return failed(metrics);
    }
    eyes_.reset(new Eyes{*plan_, *connections_, outside_, processes_, watch_.latest(),
                         [this] { return release::scope(journal_.release()); },
                         [this] { return release::arms_with_traffic(journal_.release()); }, options_.records,
                         options_.plan_folder});
    const auto output = [this](const std::string& key, std::string_view bytes) { recorder_.output(key, bytes); };
    maker_ = std::make_unique<EffectMaker>(*eyes_);
    actions_ =
        std::make_unique<Actions>(*eyes_, journal_, *maker_,
                                  Actions::Output{output, [this](const std::string& key) { recorder_.again(key); },
                                                  [this] { return recorder_.write().has_value(); }});
    probes_ = std::make_unique<Probes>(*eyes_, journal_, output);
    readiness_ = std::make_unique<Readiness>(*eyes_, journal_);
    poller_ = std::make_unique<sources::Poller>(outside_.scheduler, [this](const series::SampleBatch& batch) {
        if (journal_.release().closed()) {
            return; // came with the end, for nobody: followers have left
        }
        recorder_.sample(batch);
        if (const plan::Metric* metric = plan_->metric(batch.metric)) {
            held_.answered(batch, sources::Backfill::shortest_gap(metric->interval));
        }
        watch_.take(batch);
        backfill_->take(batch);
        before_->take(batch);
    });
    backfill_ = std::make_unique<sources::Backfill>([this](sources::Backfill::Why, const auto& past) {
        // After an amendment, or a resume, what was before is asked for again, and would be there twice.
        if (const auto missing = held_.missing(past); !missing.empty()) {
            recorder_.past(missing);
        }
        watch_.remember(past);
    });
    before_ = std::make_unique<BeforeStart>(journal_);
    for (auto& metric : metrics->polled) {
        before_->add(*plan_, metric.name, *metric.source);
        if (metric.source->has_past()) {
            const Nanos remembered = analysis::History::reach(*plan_, *plan_->metric(metric.name));
            backfill_->add(
                {metric.name, metric.source.get(), metric.interval, std::max(options_.past, remembered), remembered});
        }
        poller_->add(std::move(metric));
    }
    for (auto& metric : metrics->derived) {
        poller_->add(std::move(metric));
    }
    watch_.wait_while([this] { return poller_->owes(); }, sources::Poller::patience);
    return {};
}

Result<void> Engine::open(const release::SessionOpened& session, const release::People& people) {
    auto loaded = plan::load(session.plan_source, session.plan_file, plan::included(session.includes));
    if (!loaded.plan) {
        return fail(ErrorCode::bad_input, "the plan does not load", session.plan_file, "'sluicectl validate' says why");
    }
    if (auto taken = plan::take_variant(*loaded.plan, session.variant); !taken) {
        return taken;
    }
    auto plan = std::make_shared<const plan::Plan>(std::move(*loaded.plan));
    release::Release at_start;
    release::apply(at_start, {1, outside_.scheduler.now(), session});
    if (auto connected = connect(plan, release::scope(at_start)); !connected) {
        return connected;
    }
    journal_.listen([this](std::span<const release::Event> events) { hear(events); });
    if (options_.assume_yes) {
        answers_ = std::make_unique<Answers>(outside_.scheduler, journal_);
    }
    const auto opened = journal_.submit(release::Open{session, people}, session.by);
    if (!opened) {
        return failed(opened);
    }
    poller_->start();
    readiness_->start();
    keep_signing();
    return {};
}

Result<void> Engine::resume(std::span<const session::EventRecord> records, const release::Resume& command) {
    if (auto replayed = journal_.replay(records); !replayed) {
        return replayed;
    }
    if (!journal_.release().plan) {
        return fail(ErrorCode::corrupt, "the session holds no plan that loads", journal_.log().meta().id);
    }
    if (auto connected = connect(journal_.release().plan, release::scope(journal_.release())); !connected) {
        return connected;
    }
    journal_.listen([this](std::span<const release::Event> events) { hear(events); });
    if (options_.assume_yes) {
        answers_ = std::make_unique<Answers>(outside_.scheduler, journal_);
    }
    const auto resumed = journal_.submit(command, command.by);
    if (!resumed) {
        return failed(resumed);
    }
    if (command.copy && journal_.release().paused) {
        for (const auto& [id, state] : journal_.release().steps) {
            if (waits_to_be_prepared(*plan_->step(id), state)) {
                held_back_.emplace(id, state.attempt);
            }
        }
        for (const auto& shift : journal_.release().shifts) {
            if (waits_to_be_prepared(shift.planned, shift.state)) {
                held_back_.emplace(shift.planned.id, shift.state.attempt);
            }
        }
    }
    watch_.was_away();
    know_what_was_answered();
    actions_->recover();
    actions_->end_programs();
    start_what_was_prepared();
    keep_signing();
    due();
    return {};
}

/// What the file says, not what an earlier life of the program would have asked: it can have ended before the past that
/// it had asked for came, and who was not to be reached before its end has answered nothing while others did. Samples
/// that can't be read keep nobody from a way back: they are asked for again.
void Engine::know_what_was_answered() {
    const Nanos last = journal_.log().last_tick().value_or(journal_.release().time);
    if (last.count == 0) {
        return; // nobody has answered yet: all is asked as at the start
    }
    std::map<std::string, Nanos> since;
    Nanos oldest = last - minutes(10); // a source that was away till the end, for the chart's sake
    for (const auto& metric : plan_->metrics) {
        since[metric.name] = release::asked_since(journal_.release(), metric.name);
        oldest = std::min(oldest, outside_.scheduler.now() - analysis::History::reach(*plan_, metric));
    }
    using Times = std::map<std::string, std::vector<Nanos>>;
    const Times answered = journal_.log().answered(since, oldest).value_or(Times());
    for (const auto& metric : plan_->metrics) {
        const auto of = answered.find(metric.name);
        if (of != answered.end()) {
            held_.was_held(metric.name, of->second, sources::Backfill::shortest_gap(metric.interval));
            backfill_->was_answered(metric.name, of->second.back());
        } else if (since[metric.name] <= oldest) {
            backfill_->was_answered(metric.name, oldest);
        } // else all of it is asked for, as it would have been after the amendment
    }
}

/// What had started, and had not come to its intent, is prepared anew: nothing of it was sent.
void Engine::start_what_was_prepared() {
    for (const auto& [id, state] : journal_.release().steps) {
        const plan::Step& step = *plan_->step(id);
        if (waits_to_be_prepared(step, state) && !held_back_.contains(id)) {
            actions_->prepare(step, state.attempt);
        }
    }
    for (const auto& shift : std::vector(journal_.release().shifts)) {
        if (waits_to_be_prepared(shift.planned, shift.state) && !held_back_.contains(shift.planned.id)) {
            actions_->prepare(shift.planned, shift.state.attempt);
        }
    }
    probes_->recover();
    poller_->start();
    readiness_->start();
}

void Engine::start_what_was_held_back() {
    for (const auto& [id, attempt] : std::exchange(held_back_, {})) {
        const auto& state = journal_.release().at(id);
        const plan::Step* step = journal_.release().step(id);
        if (step && state.attempt == attempt && waits_to_be_prepared(*step, state)) {
            actions_->prepare(*step, attempt);
        }
    }
}

Result<Receipt> Engine::submit(const release::Command& command, const release::Actor& by) {
    if (const auto* amend = std::get_if<release::Amend>(&command)) {
        auto tried = try_out(*amend);
        return tried ? journal_.submit(std::move(*tried), by) : Result<Receipt>(failed(tried));
    }
    return journal_.submit(command, by);
}

Result<release::Amend> Engine::try_out(release::Amend command) {
    auto loaded =
        plan::load(command.plan_source, journal_.release().opened.plan_file, plan::included(command.includes));
    if (!loaded.plan || !plan::take_variant(*loaded.plan, journal_.release().opened.variant)) {
        return command; // `decide` says so in its own words
    }
    if (journal_.release().opened.mode == "rehearse") {
        for (const auto& connection : loaded.plan->connections) {
            if (plan_->connection(connection.name) == nullptr) {
                return fail(ErrorCode::refused, "the simulated production has no '" + connection.name + "'",
                            "connections", "it is made at the start: rehearse the new plan from its beginning");
            }
        }
    }
    const auto connections = Connections::open(*loaded.plan, outside_, options_.replaced);
    if (!connections) {
        return failed(connections);
    }
    plan::Scope scope = release::scope(journal_.release());
    const auto fresh = plan::freeze(*loaded.plan, journal_.release().opened.variables, {});
    scope.insert(fresh.values.begin(), fresh.values.end());
    if (auto had = try_secrets(*loaded.plan, fresh.values); !had) {
        return failed(had);
    }
    const auto metrics = metric_sources(*loaded.plan, scope, **connections, outside_,
                                        {processes_, options_.records, options_.plan_folder});
    if (!metrics) {
        return failed(metrics);
    }
    auto pinned = pin_files(*loaded.plan, options_.plan_folder, {}); // git could keep a release at work waiting
    if (!pinned) {
        return failed(pinned);
    }
    command.files = Json::array();
    for (auto& one : *pinned) {
        if (!journal_.release().files.contains(one["path"].get<std::string>())) {
            command.files.push_back(std::move(one));
        }
    }
    return command;
}

/// Those that only the new plan names must be at hand, as those of the old one were before the start.
Result<void> Engine::try_secrets(const plan::Plan& plan, const plan::Scope& values) {
    const auto before = plan::secrets_needed(*plan_, release::scope(journal_.release()));
    for (const auto& use : plan::secrets_needed(plan, values)) {
        const bool known = std::any_of(before.begin(), before.end(),
                                       [&](const auto& other) { return other.reference == use.reference; });
        const auto secret = known ? Result<Secret>(Secret(std::string())) : outside_.secret(use.reference);
        if (!secret) {
            const Error& error = secret.error();
            const bool too_late = error.code == ErrorCode::refused;
            return fail(error.code, error.what, fmt::format("{} ({})", use.reference, use.where),
                        too_late ? "of a plan at work, new secrets come by env: or file:" : error.remedy);
        }
    }
    return {};
}

/// All that was made from the plan is made anew from the one that now stands. No effect of it was on its way: `decide`
/// refuses an amendment while one is, but for a message that is in doubt and waits for nobody. Looks may be, and keep
/// what they look through.
void Engine::follow_amended_plan() {
    before_.reset();
    backfill_.reset();
    poller_.reset();
    readiness_.reset();
    probes_.reset();
    actions_.reset();
    maker_.reset();
    held_.amended(*plan_, *journal_.release().plan);
    connections_->let_go();
    retired_.push_back({std::move(plan_), std::move(connections_), std::move(eyes_)});
    watch_.forget();
    // It has been tried; what fails here all the same (a secret gone within the second) must not be passed over.
    if (auto connected = connect(journal_.release().plan, release::scope(journal_.release())); !connected) {
        qFatal("the amended plan can't be followed: %s", to_text(connected.error()).c_str());
    }
    start_what_was_prepared();
}

void Engine::hear(std::span<const release::Event> events) {
    for (const auto& event : events) {
        hear(event);
    }
    if (!held_back_.empty() && !journal_.release().paused) {
        start_what_was_held_back();
    }
    recorder_.write_when_due();
    arm();
    if (journal_.release().closed()) {
        outside_.scheduler.after({}, [this] { wind_up(); });
    }
}

void Engine::hear(const release::Event& event) {
    if (std::holds_alternative<release::PlanAmended>(event.body)) {
        follow_amended_plan();
    } else if (const auto* started = std::get_if<release::StepStarted>(&event.body)) {
        const plan::Step& step = *journal_.release().step(started->step);
        watch_.begun(started->step);
        if (plan::is_effect(step.body)) {
            actions_->prepare(step, started->attempt);
        } else if (std::holds_alternative<plan::Probe>(step.body)) {
            probes_->start(step, started->attempt);
        }
    } else if (const auto* intent = std::get_if<release::Intent>(&event.body)) {
        actions_->start(*intent);
    } else if (std::holds_alternative<release::Settled>(event.body) ||
               std::holds_alternative<release::InDoubt>(event.body)) {
        actions_->retry_waiting();
    } else if (const auto* answered = std::get_if<release::DoubtAnswered>(&event.body)) {
        actions_->forget(answered->operation);
    } else if (std::holds_alternative<release::RollbackStarted>(event.body)) {
        actions_->hurry();
        actions_->end_programs();
    } else if (std::holds_alternative<release::Aborted>(event.body)) {
        actions_->end_programs();
    } else if (const auto* stop = std::get_if<release::StopAsked>(&event.body)) {
        actions_->end_programs();
        end_looks_of(stop->step);
    } else if (std::holds_alternative<release::PhaseStarted>(event.body)) {
        readiness_->follow();
    } else if (const auto* confirmed = std::get_if<release::Confirmed>(&event.body)) {
        const auto& state = journal_.release().at(confirmed->step);
        if (state.status == release::StepStatus::running) { // typed elsewhere: it is read back
            probes_->start(*journal_.release().step(confirmed->step), state.attempt);
        }
    } else if (const auto* trigger = std::get_if<release::TriggerChanged>(&event.body)) {
        if (trigger->state == "armed") {
            watch_.armed();
        }
    } else if (const auto* hold = std::get_if<release::HoldChanged>(&event.body)) {
        if (hold->state == "restarted") {
            watch_.restarted(hold->step, hold->gate, hold->arm);
        }
    } else if (const auto* finished = std::get_if<release::StepFinished>(&event.body)) {
        if (finished->outcome == "stopped") {
            end_looks_of(finished->step);
        }
        if (release::satisfies(journal_.release().at(finished->step).status)) {
            watch_.capture(finished->step);
        }
    } else if (const auto* escalated = std::get_if<release::Escalated>(&event.body)) {
        tell(*escalated, event.seq);
    } else if (const auto* sent = std::get_if<release::AlertSent>(&event.body)) {
        tell(*sent);
    }
}

void Engine::end_looks_of(const release::StepId& step) {
    end_looks(*eyes_, journal_.release().opened.session + "/" + step + "/");
}

/// Sent once; what became of it is in the log, and nothing waits for it. The number of its event tells it from another
/// of the same attempt: what has grown old is asked for again, and can wait too long again.
void Engine::tell(const release::Escalated& escalated, std::int64_t seq) {
    if (escalated.channel.empty()) {
        return;
    }
    const auto& title = journal_.release().at(escalated.step).title;
    auto message = delivery(*eyes_, escalated.channel,
                            {"Waits for " + escalated.to + ": " + title, title + ": " + escalated.why, escalated.step});
    const auto report = [this, escalated, life = std::weak_ptr(life_)](bool delivered, const std::string& why) {
        if (!life.expired()) {
            (void)journal_.submit(release::Delivery{escalated.step, escalated.channel, delivered, why});
        }
    };
    if (!message) {
        report(false, plain(message.error()));
        return;
    }
    const std::string key =
        journal_.release().opened.session + "/" + escalated.step + "#escalated" + std::to_string(seq);
    message->http->send(effects::request_of(message->call, key, key), [report](Result<net::HttpResponse> answer) {
        const bool good = answer && answer->status >= 200 && answer->status < 300;
        report(good, good ? "" : answer ? "answered with " + std::to_string(answer->status) : plain(answer.error()));
    });
}

/// As an escalation, but that its outcome decides whether it is sent again: with the same key, as the event has it.
void Engine::tell(const release::AlertSent& sent) {
    const auto report = [this, sent, life = std::weak_ptr(life_)](bool delivered, const std::string& why,
                                                                  bool perhaps = false) {
        if (!life.expired()) {
            (void)journal_.submit(
                release::AlertDelivery{sent.alert, sent.arm, sent.channel, sent.key, delivered, why, perhaps});
        }
    };
    const auto message = alert_text(*eyes_, journal_.release(), sent);
    if (!message) {
        report(false, plain(message.error()));
        return;
    }
    const auto made = delivery(*eyes_, sent.channel, *message);
    if (!made) {
        report(false, plain(made.error()));
        return;
    }
    made->http->send(effects::request_of(made->call, sent.key, sent.key), [report](Result<net::HttpResponse> answer) {
        const bool good = answer && answer->status >= 200 && answer->status < 300;
        // Who fails while handling it, or stands before who does, may have passed it on.
        const bool perhaps = answer ? answer->status >= 500 : !net::certainly_not_sent(answer.error());
        report(good,
               good     ? ""
               : answer ? "answered with " + std::to_string(answer->status)
                        : plain(answer.error()),
               perhaps);
    });
}

void Engine::arm() {
    outside_.scheduler.cancel(tick_);
    tick_ = TimerId::none;
    if (const auto next = release::next_tick(journal_.release(), outside_.scheduler.now())) {
        tick_ = outside_.scheduler.at(*next, [this] { due(); });
    }
}

void Engine::due() {
    tick_ = TimerId::none;
    watch_.tick();
    arm();
}

void Engine::keep_signing() {
    signing_ = outside_.scheduler.after(minutes(1), [this] {
        (void)journal_.sign();
        recorder_.write_when_due();
        keep_signing();
    });
}

void Engine::clock_jumped(Nanos by, Nanos slept) {
    if (!journal_.release().closed()) {
        (void)journal_.submit(release::Jump{outside_.scheduler.now() - by, slept});
    }
}

void Engine::wind_up() {
    if (wound_up_ || !journal_.release().closed()) {
        return; // rolled back after it was done: it is open again
    }
    wound_up_ = true;
    poller_->stop();
    backfill_->stop();
    before_->stop();
    forget_cut_off({processes_, options_.records, options_.plan_folder}); // this program may be gone before they are
    readiness_->stop();
    outside_.scheduler.cancel(signing_);
    outside_.scheduler.cancel(tick_);
    (void)recorder_.write();
    (void)journal_.sign();
    if (closed_) {
        closed_();
    }
}

} // namespace sluice::engine
