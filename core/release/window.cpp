#include "release/window.h"

#include "base/quantity.h"
#include "release/schedule.h"

#include <algorithm>
#include <fmt/format.h>

namespace sluice::release {
namespace {

std::string does_not_fit(Nanos length, bool alone, const plan::CalendarAnswer& answer) {
    const std::string what =
        alone ? "its planned " + duration_text(length)
              : "the " + duration_text(length) + " planned for it and for what follows in the window";
    return answer.changes ? fmt::format("{} would not fit: the window ends at {}", what, instant(*answer.changes))
                          : what + " would not fit";
}

/// In whole seconds; 0 = it does not open within 400 days.
Nanos longest_window(const plan::Calendar& calendar, Nanos at) {
    Nanos longest;
    const auto openings = plan::openings(calendar, at, SIZE_MAX);
    for (const auto& opening : openings ? *openings : std::vector<plan::Opening>{}) {
        longest = std::max(longest, opening.to.value_or(opening.from) - opening.from);
    }
    return seconds(longest.count / seconds(1).count);
}

} // namespace

std::vector<plan::Diagnostic> never_fit(const Release& release, Nanos at) {
    std::vector<plan::Diagnostic> found;
    const plan::Calendar& calendar = release.plan->calendar;
    for (const auto& phase : release.plan->phases) {
        const Nanos length = phase.window ? planned_length(release, phase) : Nanos{};
        const auto fit = phase.window ? plan::next_fit(calendar, at, length) : Result<plan::Opening>();
        if (fit || fit.error().code != ErrorCode::not_found) {
            continue;
        }
        const Nanos longest = longest_window(calendar, at);
        found.push_back(
            longest.count == 0
                ? plan::Diagnostic{phase.at,
                                   fmt::format("the phase '{}' would wait for ever: the calendar does not open within "
                                               "400 days",
                                               phase.id),
                                   "widen allow, or narrow deny", plan::Severity::error}
                : plan::Diagnostic{phase.at,
                                   fmt::format("the phase '{}' would wait for ever: {} is planned in it, and the "
                                               "longest window within 400 days is {}",
                                               phase.id, duration_text(length), duration_text(longest)),
                                   "plan for less time, split the phase, or widen the calendar",
                                   plan::Severity::error});
    }
    return found;
}

Nanos planned_together(const Release& release, const plan::Phase& phase) {
    const auto& phases = release.plan->phases;
    Nanos length;
    const auto own = std::find_if(phases.begin(), phases.end(), [&](const auto& one) { return one.id == phase.id; });
    for (auto next = own; next != phases.end() && next->window; ++next) {
        length += planned_length(release, *next);
    }
    return length;
}

namespace {

WindowAnswer calendar_says(const Release& release, const plan::Phase& phase, Nanos at) {
    const plan::Calendar& calendar = release.plan->calendar;
    const auto answer = plan::ask(calendar, at);
    if (!answer) {
        return {false, to_text(answer.error()), {}, {}, {}};
    }
    const Nanos alone = planned_length(release, phase);
    const Nanos together = planned_together(release, phase);
    for (const Nanos length : {together, alone}) {
        const auto fit = plan::next_fit(calendar, at, length);
        if (!fit) {
            continue;
        }
        if (fit->from <= at) {
            std::string warning = answer->advice;
            if (length != together) {
                warning += fmt::format("{}without room for what follows: no window within 400 days is as long as the "
                                       "{} planned together",
                                       warning.empty() ? "" : ", ", duration_text(together));
            }
            return {true, {}, {}, fit->to.value_or(Nanos{}), warning};
        }
        return {false, answer->open ? does_not_fit(length, length == alone, *answer) : answer->why, fit->from, {}, {}};
    }
    const bool ever = answer->open || answer->changes;
    return {false,
            ever ? fmt::format("no window within 400 days is as long as its planned {}", duration_text(alone))
                 : answer->why,
            {},
            {},
            {}};
}

} // namespace

WindowAnswer may_start(const Release& release, const plan::Phase& phase, Nanos at) {
    if (!phase.window) {
        return {};
    }
    const Nanos meant = release.opened.opening;
    if (!phase.sets_t0 || meant <= at) {
        return calendar_says(release, phase, at);
    }
    const WindowAnswer then = calendar_says(release, phase, meant);
    return then.open ? WindowAnswer{false, "this session is for the opening at " + instant(meant), meant, {}, {}}
                     : then;
}

std::optional<Nanos> next_t0(const Release& release, Nanos at) {
    for (const auto& phase : release.plan->phases) {
        if (phase.window) {
            const WindowAnswer answer = may_start(release, phase, at);
            return answer.open               ? std::optional(at)
                   : answer.until.count != 0 ? std::optional(answer.until)
                                             : std::nullopt;
        }
    }
    return release.started; // nothing would ever set it
}

const plan::Phase* kept_by_window(const Release& release) {
    const auto& phases = release.plan->phases;
    const auto found = std::find_if(phases.begin(), phases.end(), [&](const plan::Phase& phase) {
        const PhaseState& state = release.phases.at(phase.id);
        return state.status == PhaseState::Status::running && state.held_by_window() && state.at_window_end == "pause";
    });
    return found == phases.end() ? nullptr : &*found;
}

} // namespace sluice::release
