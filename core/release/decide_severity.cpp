/// How bad it is: declared by a person, or by a condition of the plan, and what the plan answers to it.
#include "release/draft.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sluice::release {
namespace {

/// 0 = none is declared; the mildest is 1.
std::ptrdiff_t rank(const plan::Plan& plan, const std::string& level) {
    const auto found = std::find_if(plan.severity.begin(), plan.severity.end(),
                                    [&](const plan::SeverityLevel& one) { return one.id == level; });
    return found == plan.severity.end() ? 0 : found - plan.severity.begin() + 1;
}

void declare(Draft& draft, const plan::SeverityLevel& level, const Actor& by, const std::string& reason) {
    const auto response = plan::fill(level.response, scope(draft.state()));
    draft.add(SeverityDeclared{level.id, by, reason, response ? *response : level.response, level.option});
    fire_for_severity(draft, reason);
}

/// What a person has set aside is declared again only once it has been over in between: they know of it, and would have
/// to say so with every reading.
void watch_set_aside(Draft& draft) {
    const auto plan = draft.state().plan;
    for (const auto& level : plan->severity) {
        if (!level.when || !draft.state().severity_set_aside.contains(level.id)) {
            continue;
        }
        if (const auto answer = holds(draft, *level.when); answer.truth == plan::Truth::no) {
            draft.add(SeverityCleared{level.id, answer.why});
        }
    }
}

} // namespace

Verdict on(Draft& draft, const Severity& command) {
    const auto plan = draft.state().plan;
    const auto at = rank(*plan, command.level);
    if (at == 0) {
        std::vector<std::string> ids;
        for (const auto& one : plan->severity) {
            ids.push_back(one.id);
        }
        return refuse("the plan has no severity '" + command.level + "'", plan->id,
                      ids.empty() ? "it names none" : fmt::format("one of: {}", fmt::join(ids, ", ")));
    }
    if (auto reason = reason_given(command.reason, command.level); !reason) {
        return reason;
    }
    if (draft.state().severity == command.level) {
        return refuse("it is declared already", command.level);
    }
    declare(draft, plan->severity[static_cast<std::size_t>(at - 1)], draft.by(), command.reason);
    return {};
}

void watch_severity(Draft& draft) {
    if (!draft.latest || draft.state().rollback.active || draft.state().aborted) {
        return;
    }
    watch_set_aside(draft);
    const auto plan = draft.state().plan;
    for (auto level = plan->severity.rbegin(); level != plan->severity.rend(); ++level) {
        if (rank(*plan, level->id) <= rank(*plan, draft.state().severity)) {
            return; // only a person lowers it
        }
        if (!level->when || draft.state().severity_set_aside.contains(level->id)) {
            continue;
        }
        if (const auto answer = holds(draft, *level->when); answer.truth == plan::Truth::yes) {
            declare(draft, *level, {own_name, ""}, answer.why);
            return;
        }
    }
}

} // namespace sluice::release
