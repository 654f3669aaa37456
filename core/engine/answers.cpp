#include "engine/answers.h"

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

void Answers::look() {
    const release::Release& release = journal_.release();
    for (const auto& [id, state] : release.steps) {
        if (state.status != release::StepStatus::person) {
            continue;
        }
        if (!asked_.insert(id + "/" + std::to_string(state.attempt)).second) {
            continue;
        }
        const auto timer = std::make_shared<TimerId>(TimerId::none);
        *timer = scheduler_.after(seconds(5), [this, step = id, timer] {
            timers_.erase(*timer);
            if (journal_.release().at(step).status == release::StepStatus::person) {
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
    } else if (const auto* approve = std::get_if<plan::Approve>(&step.body)) {
        const int persons = std::max<int>(approve->quorum, static_cast<int>(approve->roles.size()));
        for (int i = 0; i < persons && journal_.release().at(step.id).status == release::StepStatus::person; ++i) {
            const std::string& role = approve->roles[static_cast<std::size_t>(i) % approve->roles.size()];
            (void)journal_.submit(release::Approve{step.id, false, ""}, {fmt::format("rehearsal-{}", i + 1), role});
        }
    } else if (const auto* decide = std::get_if<plan::Decide>(&step.body)) {
        if (!decide->by_default.empty()) {
            (void)journal_.submit(release::Decide{step.id, decide->by_default, "the default"}, lead);
        }
    } else if (std::holds_alternative<plan::Hold>(step.body)) {
        (void)journal_.submit(release::Advance{step.id}, lead);
    }
}

} // namespace sluice::engine
