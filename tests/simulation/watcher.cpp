#include "watcher.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::simulation {

using namespace release;

void Watcher::find(const std::string& what) {
    if (!finding_) {
        finding_ = at_ + ": " + what;
    }
}

void Watcher::hear(std::span<const session::EventRecord> records, const Release& live) {
    for (const auto& record : records) {
        const auto json = parse_json(record.body, "event");
        const auto event = json ? event_from_json(*json) : failed(json);
        if (!event) {
            find("an event can't be read back: " + to_text(event.error()));
            return;
        }
        at_ = fmt::format("event {} {} at {:.3f}", event->seq, type_name(event->body), event->time.seconds());
        if (told_) {
            fmt::print("{:>5} {:.3f} {}\n", event->seq, event->time.seconds(), describe(event->body));
        }
        if (event->seq != release_.seq + 1) {
            find(fmt::format("it follows event {}", release_.seq));
        }
        if (event->time < release_.time) {
            find("it is earlier than the one before it");
        }
        look(*event);
    }
    if (!records.empty()) {
        rules_.decided(release_, release_.time);
    }
    // All of it is compared now and then: it is the dearest of these checks by far.
    if (live.seq == release_.seq && (live.seq % 32 == 0 || live.closed()) && to_json(live) != to_json(release_)) {
        find("the live release differs from the one that the file tells");
    }
}

void Watcher::look(const Event& event) {
    count_holds(event.time);
    if (const auto* started = std::get_if<StepStarted>(&event.body)) {
        check_start(*started);
    } else if (const auto* finished = std::get_if<StepFinished>(&event.body)) {
        check_finish(*finished);
    } else if (const auto* settled = std::get_if<Settled>(&event.body)) {
        check_settled(*settled);
    } else if (const auto* intent = std::get_if<Intent>(&event.body)) {
        intents_.insert(intent->operation);
        for (const auto& id : in_flight(release_)) {
            for (const auto& target : release_.operations.at(id).intent.targets) {
                if (std::count(intent->targets.begin(), intent->targets.end(), target) != 0) {
                    find(fmt::format("{} and {} write {} at the same time", intent->operation, id, target));
                }
            }
        }
    } else if (const auto* declared = std::get_if<SeverityDeclared>(&event.body)) {
        check_declared(*declared, event.time);
    } else if (const auto* escalated = std::get_if<Escalated>(&event.body)) {
        calls_[escalated->step] += escalated->channel.empty() ? 0 : 1;
    } else if (const auto* aside = std::get_if<Overridden>(&event.body)) {
        forced_.insert(aside->subject);
    } else if (const auto* advanced = std::get_if<Advanced>(&event.body)) {
        forced_.insert(advanced->step);
    } else if (const auto* confirmed = std::get_if<Confirmed>(&event.body)) {
        const auto* step = release_.plan ? release_.plan->step(confirmed->step) : nullptr;
        if (step != nullptr && step->evidence == "required" && confirmed->evidence.empty()) {
            find("confirmed without the evidence that the plan wants");
        }
    }
    const bool back = release_.rollback.active;
    rules_.hear(release_, event);
    apply(release_, event);
    if (std::holds_alternative<HoldChanged>(event.body)) {
        const auto& changed = std::get<HoldChanged>(event.body);
        if (changed.state == "restarted" && changed.gate.empty()) {
            good_[changed.step] = {};
        }
    }
    if (!back && release_.rollback.active && release_.rollback.cause == "trigger") {
        check_triggered(release_.rollback.trigger, event.time);
    }
    check_state(event);
}

namespace {

/// What is measured, said or sent alters nothing of the ways that are open.
bool only_tells(const Body& body) {
    return std::holds_alternative<GateChanged>(body) || std::holds_alternative<HoldChanged>(body) ||
           std::holds_alternative<HoldHeartbeat>(body) || std::holds_alternative<SourceChanged>(body) ||
           std::holds_alternative<RollbackReadiness>(body) || std::holds_alternative<Noted>(body) ||
           std::holds_alternative<StepProbed>(body) || std::holds_alternative<Observed>(body) ||
           std::holds_alternative<SignatureAsked>(body) || std::holds_alternative<Told>(body) ||
           std::holds_alternative<AlertChanged>(body) || std::holds_alternative<AlertSent>(body) ||
           std::holds_alternative<AlertTold>(body);
}

} // namespace

// The program's own clock of a hold is not looked at: gates as they were told, time as it went by.
void Watcher::count_holds(Nanos until) {
    for (const auto& step : release_.plan ? release_.plan->steps : std::vector<plan::Step>{}) {
        const auto* hold = std::get_if<plan::Hold>(&step.body);
        if (hold == nullptr || release_.at(step.id).status != StepStatus::running || release_.paused) {
            continue;
        }
        const auto& gates = release_.at(step.id).gates;
        const auto busy = arms_with_traffic(release_);
        const bool pass = std::all_of(gates.begin(), gates.end(), [&](const auto& gate) {
            const auto slash = gate.first.find('/');
            const bool idle = slash != std::string::npos && !busy.contains(gate.first.substr(slash + 1));
            return idle || gate.second.verdict == "pass" || gate.second.overridden; // nothing goes to an idle arm
        });
        if (pass && gates.size() >= hold->gates.size() && until > counted_) {
            good_[step.id] = good_[step.id] + (until - counted_);
        }
    }
    counted_ = std::max(counted_, until);
}

void Watcher::check_start(const StepStarted& started) {
    if (release_.hand_shift(started.step) != nullptr) {
        return;
    }
    const plan::Step* step = release_.plan->step(started.step);
    if (step == nullptr) {
        find("a step that the plan does not have has started");
        return;
    }
    const bool cleans_up = step->always && (release_.aborted || release_.rollback.active); // Rules say when
    for (const auto& need : cleans_up ? std::vector<StepId>{} : step->needs) {
        const bool message = release_.rollback.active && release_.at(need).attempt > 0 &&
                             std::holds_alternative<plan::Notify>(release_.plan->step(need)->body);
        if (!satisfies(release_.at(need).status) && !message) {
            find(fmt::format("{} starts before {} is passed", started.step, need));
        }
    }
    if (release_.paused) {
        find(started.step + " starts while the release is paused");
    }
    const bool way_back = started.step.find('/') != std::string::npos;
    if (way_back != release_.rollback.active && !cleans_up) {
        find(started.step + (way_back ? " starts though nothing is rolled back" : " starts during a rollback"));
    }
    if (release_.aborted && !way_back && !cleans_up) {
        find(started.step + " starts after the abort");
    }
    if (started.attempt != release_.at(started.step).attempt + 1) {
        find(fmt::format("attempt {} follows attempt {}", started.attempt, release_.at(started.step).attempt));
    }
    // What can't be done twice is done again only once it is known how the last went.
    const auto last = release_.operations.find(release_.at(started.step).operation);
    if (last != release_.operations.end() && last->second.phase != OperationState::Phase::settled &&
        last->second.intent.effect_class != "convergent") {
        find(started.step + " is done again while it is not known how the last attempt went");
    }
}

void Watcher::check_finish(const StepFinished& finished) {
    const plan::Step* step = release_.step(finished.step);
    if (step == nullptr || finished.outcome != "passed") {
        return;
    }
    if (const auto* hold = std::get_if<plan::Hold>(&step->body)) {
        if (!forced_.contains(step->id) && good_[step->id] < hold->for_) {
            find(fmt::format("{} passed after its gates had held {:.1f} s of {:.1f} s", step->id,
                             good_[step->id].seconds(), hold->for_.seconds()));
        }
    }
}

/// For the last polls before it, it was breached in truth too: the sources say what is. What came to pass while the
/// program was away, nobody saw; after that it watches for ten seconds at least.
void Watcher::check_triggered(const std::string& trigger, Nanos now) {
    if (trigger != "errors") {
        return;
    }
    if (now - back_ < seconds(10)) {
        find("rolled back by a trigger less than 10 s after an absence");
    }
    for (Nanos at = std::max(now - seconds(25), back_); at < now - seconds(10); at = at + seconds(5)) {
        if (production_.truth("errors", "green", at) < 0.05) {
            find("rolled back by a trigger whose metric was well");
        }
    }
}

void Watcher::check_settled(const Settled& settled) {
    const auto operation = release_.operations.find(settled.operation);
    if (operation == release_.operations.end()) {
        find("an operation settles that never began");
        return;
    }
    const auto& intent = operation->second.intent;
    const int runs = production_.count(settled.operation, "run"), posts = production_.count(settled.operation, "post");
    const bool by_person = settled.how == "operator";
    if (by_person) {
        return; // a person may be wrong
    }
    if (intent.kind == "run") {
        if (settled.succeeded && settled.how == "returned" && runs == 0) {
            find(settled.operation + " is told as done, and never ran");
        }
        if (!settled.succeeded && settled.how == "verified" && release_.plan->step(intent.step) != nullptr &&
            !release_.plan->step(intent.step)->verify && runs != 0) {
            find(settled.operation + " is told as never begun, and ran");
        }
    }
    for (const Json& channel : intent.kind == "notify" ? settled.result.value("told", Json::array()) : Json::array()) {
        if (production_.count(settled.operation, "told " + channel.get<std::string>()) == 0) {
            find(settled.operation + " is told as done, and never arrived");
        }
    }
    if (intent.kind == "http" && settled.succeeded && posts + production_.count(settled.operation, "keyed") == 0) {
        find(settled.operation + " is told as done, and never arrived");
    }
    if (intent.kind == "shift" && settled.succeeded) {
        const int wanted = intent.desired.value("/weights/green"_json_pointer, -1);
        if (wanted >= 0 && production_.canary_weight() != wanted) {
            find(fmt::format("{} is told as done, and the cluster has {} % on green instead of {} %", settled.operation,
                             production_.canary_weight(), wanted));
        }
    }
}

void Watcher::check_state(const Event& event) {
    for (const auto& [traffic, weights] : release_.split) {
        int sum = 0;
        for (const auto& [arm, weight] : weights) {
            sum += weight;
        }
        if (sum != 100) {
            find(fmt::format("the traffic of {} sums to {} %", traffic, sum));
        }
    }
    if (release_.plan && !release_.rollback.active && !release_.closed() && !only_tells(event.body)) {
        if (const auto way = decide(release_, RollBack{"", "", "now"}, event.time, {"lena", "lead"}); !way) {
            find("there is no way back: " + to_text(way.error()));
        }
    }
    if (release_.closed() && !in_flight(release_).empty()) {
        find("closed while something is in flight");
    }
}

void Watcher::died(Nanos now, const std::set<std::string>& wrote) {
    count_holds(now);
    wrote_.insert(wrote.begin(), wrote.end());
}

void Watcher::reopened(Nanos now, std::span<const session::EventRecord> records) {
    at_ = "reopened";
    std::set<std::string> intents;
    for (const auto& record : records) {
        const auto event = event_from_json(parse_json(record.body, "event").value());
        if (const auto* intent = event ? std::get_if<Intent>(&event->body) : nullptr) {
            intents.insert(intent->operation);
        }
    }
    // What was told as durable is there; nothing is there that was not told, but what the last commit brought.
    if (static_cast<std::int64_t>(records.size()) < release_.seq) {
        find(fmt::format("{} events were told as durable and {} are there", release_.seq, records.size()));
    }
    for (std::size_t i = static_cast<std::size_t>(release_.seq); i < records.size(); ++i) {
        const auto event = event_from_json(parse_json(records[i].body, "event").value());
        look(*event);
    }
    intents_ = intents;
    for (const auto& operation : wrote_) {
        if (!intents_.contains(operation)) {
            find(operation + " was sent, and its intent is not in the file");
        }
    }
    rules_.next_decision();
    counted_ = now; // nobody watched meanwhile
    back_ = now;
}

/// What the sources said not long ago is what it was declared for.
void Watcher::check_declared(const SeverityDeclared& declared, Nanos now) {
    bool bad = declared.by.name != "engine";
    for (Nanos at = now - seconds(45); at <= now && !bad; at = at + seconds(5)) {
        bad = production_.truth("errors", "green", at) > 0.05;
    }
    if (!bad) {
        find(declared.level + " is declared by itself, and all was well");
    }
}

void Watcher::check_deeds() {
    for (const auto& deed : production_.deeds()) {
        const int times = production_.count(deed.operation, deed.what);
        if (deed.what == "escalated") { // "s1/go": a message, and no operation
            const auto call = calls_.find(deed.operation.substr(deed.operation.find('/') + 1));
            if (call == calls_.end() || call->second < times) {
                find(deed.operation + " is told by a message that the file does not know");
            }
        } else if (!intents_.contains(deed.operation)) {
            find(deed.operation + " was done, and its intent is not in the file");
        } else if (deed.what != "write" && times > 1) {
            find(fmt::format("{} was done {} times ({})", deed.operation, times, deed.what));
        }
    }
}

void Watcher::end() {
    at_ = "at the end";
    check_deeds();
    if (!release_.closed()) {
        std::string open;
        for (const auto& [id, state] : release_.steps) {
            open += over(state.status) || state.status == StepStatus::to_come
                        ? ""
                        : fmt::format(" {} {} ({}),", id, name(state.status), state.why);
        }
        find("the release never ended:" + open + (release_.paused ? " paused" : "") +
             (release_.rollback.active ? " rolling back" : "") + (release_.aborted ? " aborted" : ""));
        return;
    }
    const auto split = release_.split.find("edge");
    const int commanded = split == release_.split.end() ? 0 : split->second.at("green");
    const bool doubtful = std::any_of(release_.operations.begin(), release_.operations.end(), [](const auto& one) {
        return one.second.phase == OperationState::Phase::in_doubt || one.second.settled.how == "operator";
    });
    if (!doubtful && release_.outcome == "done" && production_.canary_weight() != commanded) {
        find(fmt::format("done with {} % on green in the cluster, and {} % in the log", production_.canary_weight(),
                         commanded));
    }
}

} // namespace sluice::simulation
