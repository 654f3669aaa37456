/// Decisions, notes.
#include "release/draft.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

template <typename Kind>
Result<Named> awaited(const Draft& draft, const StepId& id, const char* kind) {
    auto found = named(draft, id);
    if (!found) {
        return found;
    }
    if (!std::holds_alternative<Kind>(found->step->body)) {
        return refuse(fmt::format("the step is of the kind {}, not {}", plan::kind_name(found->step->body), kind), id);
    }
    if (found->state->status != StepStatus::person) {
        return refuse(fmt::format("the step is {}; nobody is awaited", name(found->state->status)), id);
    }
    return found;
}

} // namespace

Verdict on(Draft& draft, const Decide& command) {
    const auto found = awaited<plan::Decide>(draft, command.step, "decide");
    if (!found) {
        return failed(found);
    }
    const auto& choices = std::get<plan::Decide>(found->step->body).choices;
    if (std::none_of(choices.begin(), choices.end(), [&](const plan::Choice& c) { return c.id == command.choice; })) {
        std::vector<std::string> ids;
        for (const auto& choice : choices) {
            ids.push_back(choice.id);
        }
        return refuse("'" + command.choice + "' is not a choice", command.step,
                      fmt::format("one of: {}", fmt::join(ids, ", ")));
    }
    draft.add(Decided{command.step, command.choice, draft.by(), command.reason});
    return {};
}

Verdict on(Draft& draft, const Note& command) {
    if (command.text.empty()) {
        return refuse("a note needs a text", command.step);
    }
    draft.add(Noted{draft.by(), command.text, command.step});
    return {};
}

} // namespace sluice::release
