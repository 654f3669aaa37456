#include "engine/answers.h"

#include "release/demand.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::engine {

Answers::Answers(Scheduler& scheduler, Journal& journal) : scheduler_(scheduler), journal_(journal) {
    journal_.listen([this](std::span<const release::Event>) { look(); });
}

Answers::~Answers() {
    for (const TimerId timer : timers_) {
        scheduler_.cancel(timer);
    }
}

namespace {

/// Asked for: a person's answer, or an approval after the glass was broken.
bool awaits(const release::StepState& state) {
    return state.status == release::StepStatus::person || (state.glass && !state.glass->approved);
}

/// Somebody who holds the role, may approve and has not: of the policy's people those with the fewest roles first, so
/// that who holds several is left for what nobody else can.
std::string somebody(const release::Release& release, const release::Demand& wanted,
                     const std::vector<release::Approved>& given, const std::string& role) {
    const auto has_approved = [&](const std::string& name) {
        return std::any_of(given.begin(), given.end(), [&](const auto& one) { return one.by.name == name; });
    };
    if (!release.policy && release.bridge.empty()) {
        return fmt::format("rehearsal-{}", given.size() + 1);
    }
    std::map<std::string, std::vector<std::string>> people = release.bridge;
    for (const auto& person : release.policy ? release.policy->people : std::vector<plan::Person>{}) {
        people[person.name] = person.roles;
    }
    std::string found;
    for (const auto& [name, roles] : people) {
        const bool may = !wanted.barred.contains(name) && !has_approved(name) && release::holds(release, name, role);
        if (may && (found.empty() || roles.size() < people[found].size())) {
            found = name;
        }
    }
    return found;
}

} // namespace

void Answers::look() {
    const release::Release& release = journal_.release();
    for (const auto& [id, state] : release.steps) {
        if (!awaits(state)) {
            continue;
        }
        // Once an attempt, and again when approvals have expired, are owed, or are asked for again of an amended plan.
        const auto key = fmt::format("{}/{}/{}/{}/{}", id, state.attempt, state.glass.has_value(), state.why,
                                     release.amendments.size());
        if (!asked_.insert(key).second) {
            continue;
        }
        const auto timer = std::make_shared<TimerId>(TimerId::none);
        *timer = scheduler_.after(seconds(5), [this, step = id, timer] {
            timers_.erase(*timer);
            if (awaits(journal_.release().at(step))) {
                answer(*journal_.release().plan->step(step));
            }
        });
        timers_.insert(*timer);
    }
}

void Answers::answer(const plan::Step& step) {
    const release::Actor lead{"rehearsal", step.owner.empty() ? "release-lead" : step.owner};
    if (std::holds_alternative<plan::Confirm>(step.body) || std::holds_alternative<plan::External>(step.body)) {
        (void)journal_.submit(release::Confirm{step.id, "assumed in a rehearsal", false, ""}, lead);
    } else if (std::holds_alternative<plan::Attest>(step.body)) {
        const auto& release = journal_.release();
        const bool named = (release.policy || !release.bridge.empty()) && !step.owner.empty();
        const std::string name = named ? somebody(release, {}, {}, step.owner) : lead.name;
        (void)journal_.submit(release::Attest{step.id, "assumed in a rehearsal", false, ""}, {name, step.owner});
    } else if (std::holds_alternative<plan::Approve>(step.body)) {
        approve(step);
    } else if (const auto* decide = std::get_if<plan::Decide>(&step.body)) {
        if (!decide->by_default.empty()) {
            (void)journal_.submit(release::Decide{step.id, decide->by_default, "the default"}, lead);
        }
    } else if (std::holds_alternative<plan::Hold>(step.body)) {
        (void)journal_.submit(release::Advance{step.id}, lead);
    }
}

void Answers::approve(const plan::Step& step) {
    const release::Release& release = journal_.release();
    const auto wanted = release::demand(release, step);
    for (int i = 0; i < wanted.quorum && awaits(release.at(step.id)); ++i) {
        const auto given = release::counting(release, step, release.time);
        const std::string& role = wanted.roles[static_cast<std::size_t>(i) % wanted.roles.size()];
        (void)journal_.submit(release::Approve{step.id, false, ""}, {somebody(release, wanted, given, role), role});
    }
}

} // namespace sluice::engine
