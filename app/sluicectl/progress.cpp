#include "sluicectl/progress.h"

#include "base/printable.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluicectl {

using namespace sluice::release;

std::string clock(sluice::Nanos length) {
    const std::int64_t whole = length.count / 1'000'000'000;
    return fmt::format("{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string mark(const Body& body) {
    if (const auto* finished = std::get_if<StepFinished>(&body)) {
        return finished->outcome == "passed" ? "✓" : finished->outcome == "stopped" ? "■" : "⤼";
    }
    if (std::holds_alternative<StepStarted>(body)) {
        return "▸";
    }
    if (std::holds_alternative<TriageOpened>(body) || std::holds_alternative<RetryPlanned>(body)) {
        return "✕";
    }
    if (const auto* settled = std::get_if<Settled>(&body)) {
        return settled->succeeded ? "✓" : "✕";
    }
    if (const auto* gate = std::get_if<GateChanged>(&body)) {
        if (gate->shadow) {
            return "·";
        }
        return gate->verdict == "pass"           ? (gate->close || gate->breach_in.count != 0 ? "△" : "✓")
               : gate->verdict == "fail"         ? "✕"
               : gate->verdict == "source-error" ? "!"
                                                 : "?";
    }
    if (const auto* hold = std::get_if<HoldChanged>(&body)) {
        return hold->state == "paused" ? "❚❚" : hold->state == "held" ? "✓" : "▸";
    }
    if (std::holds_alternative<Paused>(body)) {
        return "❚❚";
    }
    if (std::holds_alternative<InDoubt>(body)) {
        return "?";
    }
    if (std::holds_alternative<RollbackStarted>(body) || std::holds_alternative<RollbackFinished>(body)) {
        return "◀";
    }
    const auto* taken = std::get_if<OutputTaken>(&body);
    if (std::holds_alternative<HoldHeartbeat>(body) || (taken && taken->by.name.empty()) ||
        std::holds_alternative<StepProbed>(body)) {
        return {};
    }
    return "·";
}

namespace {

/// Null unless the plan says that there is no way back after this step.
const sluice::plan::Step* point_of_no_return(const Release& release, const StepId& id) {
    const auto* step = release.plan ? release.plan->step(id) : nullptr;
    return step && step->point_of_no_return ? step : nullptr;
}

/// The step that a person has answered by this event; an approval takes more than one person.
StepId answered(const Release& release, const Body& body) {
    if (const auto* finished = std::get_if<StepFinished>(&body)) {
        const auto* step = release.plan ? release.plan->step(finished->step) : nullptr;
        const bool yes = finished->outcome == "passed" || finished->outcome == "overridden";
        return yes && step && std::holds_alternative<sluice::plan::Approve>(step->body) ? finished->step : "";
    }
    const auto* confirmed = std::get_if<Confirmed>(&body);
    const auto* attested = std::get_if<Attested>(&body);
    const auto* decided = std::get_if<Decided>(&body);
    return confirmed ? confirmed->step : attested ? attested->step : decided ? decided->step : "";
}

/// What can't be taken back is said where it begins, of a person where he is asked and where he has answered, and again
/// where somebody goes back after it.
void tell_no_return(const Release& release, const Event& event) {
    const auto* started = std::get_if<StepStarted>(&event.body);
    const auto* begun = started ? point_of_no_return(release, started->step) : nullptr;
    if (begun && sluice::plan::is_persons(begun->body)) {
        fmt::print("           !  POINT OF NO RETURN: once this is answered, nothing takes it back\n");
    } else if (begun || point_of_no_return(release, answered(release, event.body))) {
        fmt::print("           !  POINT OF NO RETURN: from here on nothing takes this back\n");
    }
    const auto* since = std::holds_alternative<RollbackStarted>(event.body) ? no_return_since(release) : nullptr;
    if (since) {
        fmt::print("           !  past the point of no return: what '{}' did is not taken back\n",
                   sluice::printable(release.at(since->id).title));
    }
}

} // namespace

void Progress::show(const Release& release, std::span<const Event> events) {
    for (const auto& event : events) {
        const std::string symbol = mark(event.body);
        if (symbol.empty()) {
            continue;
        }
        const sluice::Nanos origin = release.t0.count != 0 && event.time >= release.t0 ? release.t0 : release.started;
        const std::string sign = release.t0.count != 0 && event.time >= release.t0 ? "T+" : " +";
        const std::string by = actor_of(event.body);
        const bool person = by != sluice::release::own_name && by != "rehearsal";
        fmt::print("{}{}{}  {:2} {}{}\n", terminal_ ? "\r\x1b[K" : "", sign, clock(event.time - origin), symbol,
                   describe(event.body), person ? "  (" + by + ")" : "");
        tell_no_return(release, event);
    }
    if (terminal_) {
        status(release);
    }
    std::fflush(stdout);
}

void Progress::status(const Release& release) {
    std::string line;
    for (const auto& [id, state] : release.steps) {
        const auto* step = release.plan ? release.plan->step(id) : nullptr;
        const auto* hold = step ? std::get_if<sluice::plan::Hold>(&step->body) : nullptr;
        if (hold && state.status == StepStatus::running) {
            line += fmt::format("{}: held {} of {}{}  ", sluice::printable(state.title),
                                clock(std::min(hold->for_, state.hold.held_at(release.time))), clock(hold->for_),
                                state.hold.running ? "" : " ❚❚ " + state.hold.why);
        }
    }
    for (const auto& [traffic, weights] : release.split) {
        for (const auto& [arm, weight] : weights) {
            line += fmt::format("{} {} %  ", arm, weight);
        }
    }
    fmt::print("\r\x1b[K{}", line.substr(0, 160));
}

void Progress::sum_up(const Release& release) {
    int passed = 0, other = 0;
    for (const auto& [id, state] : release.steps) {
        passed += state.status == StepStatus::passed ? 1 : 0;
        other += state.status == StepStatus::skipped || state.status == StepStatus::overridden ? 1 : 0;
    }
    fmt::print("\n{}: {} event{}, {} step{} passed", release.outcome.empty() ? "not finished" : release.outcome,
               release.seq, release.seq == 1 ? "" : "s", passed, passed == 1 ? "" : "s");
    if (other > 0) {
        fmt::print(", {} skipped or overridden", other);
    }
    if (release.overrides > 0) {
        fmt::print(", {} override{}", release.overrides, release.overrides == 1 ? "" : "s");
    }
    fmt::print(", {} of the session's time\n", clock(release.time - release.started));
    for (const auto& [id, state] : release.steps) {
        const bool waits = state.status == StepStatus::triage || state.status == StepStatus::person ||
                           state.status == StepStatus::waiting || state.status == StepStatus::retrying;
        if (waits && !release.closed()) {
            fmt::print("{} is {}{}\n", id, name(state.status),
                       state.why.empty() ? "" : ": " + sluice::printable(state.why));
        }
    }
    for (const auto& [id, operation] : release.operations) {
        if (operation.phase == OperationState::Phase::in_doubt) {
            fmt::print("in doubt: {}: {}{}\n", id, operation.why,
                       operation.read_back.empty() ? "" : "; read back: " + operation.read_back);
        }
    }
}

} // namespace sluicectl
