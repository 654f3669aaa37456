#include "host/preflight.h"

#include "base/instant.h"
#include "host/secret_places.h"
#include "plan/calendar.h"
#include "plan/secret_reference.h"
#include "release/moments.h"
#include "release/schedule.h"
#include "release/window.h"

#include <algorithm>
#include <filesystem>

namespace sluice::host {

namespace {

constexpr std::size_t most_openings = 5;

Result<std::vector<ComingOpening>> coming_openings(const plan::Calendar& calendar, Nanos at, Nanos planned) {
    const auto openings = plan::openings(calendar, at, most_openings + 1); // one may be open already
    if (!openings) {
        return failed(openings);
    }
    std::vector<ComingOpening> coming;
    for (const auto& opening : *openings) {
        if (opening.from > at && coming.size() < most_openings) {
            coming.push_back({opening.from, opening.to, opening.fits(planned)});
        }
    }
    return coming;
}

/// What the plan's times make of it, on the clock.
void add_times(Window& window, const release::Release& release, const plan::Phase& first, Nanos at) {
    const auto times = release::planned_timeline(release.plan, release.values, at, release.opened.opening);
    Nanos ready = at; // for the window
    for (const auto& phase : release.plan->phases) {
        if (&phase == &first) {
            break;
        }
        ready = times.phases.at(phase.id).end.value_or(ready);
    }
    if (const auto start = times.phases.at(first.id).start; start && *start > ready) {
        window.t0 = start;
        window.end = times.whole.end;
    }
    const release::Moments moments(release, at);
    for (const auto& step : release.plan->steps) {
        const auto line = times.steps.find(step.id);
        const bool applies = line == times.steps.end() || line->second.applies;
        const auto due = step.due && step.due->step.empty() && applies ? moments.overdue(step) : std::nullopt;
        if (due && *due < at) {
            window.late.push_back(step.id);
        }
    }
}

} // namespace

Result<Window> window_at(const plan::Plan& plan, const plan::Scope& values, Nanos at, Nanos opening) {
    Window window;
    const auto first =
        std::find_if(plan.phases.begin(), plan.phases.end(), [](const auto& phase) { return phase.window; });
    window.bound = first != plan.phases.end();
    if (!window.bound) {
        return window;
    }
    const auto row = plan::ask(plan.calendar, at);
    if (!row) {
        return failed(row);
    }
    const auto shared = std::make_shared<const plan::Plan>(plan);
    const auto& phase = shared->phases[static_cast<std::size_t>(first - plan.phases.begin())];
    const auto release = release::at_start(shared, values, at, opening);
    window.planned = release::planned_together(release, phase);
    auto coming = coming_openings(plan.calendar, at, window.planned);
    if (!coming) {
        return failed(coming);
    }
    window.coming = std::move(*coming);
    const auto answer = release::may_start(release, phase, at);
    const auto then = opening > at ? release::may_start(release, phase, opening) : answer;
    window.meant = opening > at && then.open;
    const auto known = [](Nanos moment) { return moment.count != 0 ? std::optional(moment) : std::nullopt; };
    window.open = answer.open;
    window.why = answer.open ? row->why : answer.why;
    window.warning = then.warning;
    window.closes = known(then.ends);
    window.next = known(answer.until);
    add_times(window, release, phase, at);
    return window;
}

Result<void> check_opening(const plan::Plan& plan, Nanos opening, Nanos now) {
    if (opening.count == 0) {
        return {};
    }
    const std::string where = utc(opening);
    if (std::none_of(plan.phases.begin(), plan.phases.end(), [](const auto& phase) { return phase.window; })) {
        return fail(ErrorCode::bad_input, "no phase of the plan waits for an opening of the calendar", where,
                    "leave it out");
    }
    const auto openings = plan::openings(plan.calendar, opening - Nanos{1}, 2); // one may be open until then
    if (!openings) {
        return failed(openings);
    }
    const bool is_one =
        std::any_of(openings->begin(), openings->end(), [&](const auto& one) { return one.from == opening; });
    if (is_one && opening >= now) {
        return {};
    }
    const auto next = plan::openings(plan.calendar, std::max(opening, now), 2);
    std::string remedy = "'sluicectl calendar' lists them";
    for (const auto& one : next ? *next : std::vector<plan::Opening>{}) {
        if (one.from > now && one.from > opening) {
            remedy = "the next one is at " + utc(one.from) + "; " + remedy;
            break;
        }
    }
    return fail(ErrorCode::bad_input, is_one ? "this opening has begun" : "the calendar has no opening then", where,
                remedy);
}

ConnectionDesk::ConnectionDesk(std::shared_ptr<const plan::Plan> plan, plan::Scope values, const Paths& paths)
    : plan_(std::move(plan)), secrets_(machine_secrets(std::filesystem::current_path().string())), http_(scheduler_),
      reach_(scheduler_) {
    add_places(secrets_, machine_secrets(std::filesystem::current_path().string()), http_, vault_);
    const engine::Outside outside{scheduler_,
                                  http_,
                                  [](const std::string& path) { return read_file(path); },
                                  [this](const std::string& reference) { return secret(reference); },
                                  secrets_.redactions(),
                                  [this] { return scheduler_.now(); },
                                  paths.kubeconfig.string(),
                                  &reach_};
    needed_ = plan::secrets_needed(*plan_, values);
    tests_.emplace(*plan_, std::move(values), outside);
}

/// What could not be read is told where it is asked for, as the place itself told it.
Result<Secret> ConnectionDesk::secret(const std::string& reference) {
    const auto wrong = unread_.find(reference);
    return wrong == unread_.end() ? secrets_.resolve(reference) : Result<Secret>(tl::unexpected(wrong->second));
}

void ConnectionDesk::test(engine::ConnectionTests::Each each, std::function<void()> done) {
    for (const auto& [use, read] : secrets_.try_all(needed_)) {
        if (!read) {
            unread_.emplace(use.reference, read.error());
        }
    }
    vault_.reset(); // with all that it answered
    tests_->start(std::move(each), std::move(done));
}

} // namespace sluice::host
