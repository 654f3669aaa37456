#include "sluicectl/times.h"

#include "base/quantity.h"
#include "release/schedule.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <chrono>

namespace sluicectl {
namespace {

using sluice::Nanos;
namespace release = sluice::release;

std::string length(Nanos time) {
    return sluice::duration_text(sluice::seconds(time.count / sluice::seconds(1).count));
}

std::string to_go(Nanos then, Nanos now) {
    return then >= now ? "in " + length(then - now) : length(now - then) + " ago";
}

void print_line(const std::string& name, const release::TimeLine& line, Nanos now) {
    std::string text;
    if (line.over && line.start && line.end) {
        text = "took " + length(*line.end - *line.start);
    } else if (line.begun && line.start && line.end) {
        text = fmt::format("{} so far, until about {}", length(now - *line.start), release::instant(*line.end));
    } else if (!line.begun && line.start && line.end) {
        text = fmt::format("about {} to {}", release::instant(*line.start), release::instant(*line.end));
    } else if (line.begun && line.start) {
        text = "begun " + release::instant(*line.start);
    } else {
        text = "to come";
    }
    fmt::print("  {:<28} {:<20} {}\n", name, line.planned ? "planned " + length(*line.planned) : "", text);
}

void print_end(const release::Schedule& schedule, Nanos now) {
    const auto& whole = schedule.whole;
    if (!whole.end) {
        fmt::print("end: not known: {}\n", schedule.unknown);
        return;
    }
    std::string text = whole.over ? "end: " + release::instant(*whole.end)
                       : *whole.end - now < sluice::seconds(1)
                           ? std::string("estimated end: as soon as what is open is done")
                           : fmt::format("estimated end: {}, {}", release::instant(*whole.end), to_go(*whole.end, now));
    if (schedule.ahead) {
        const Nanos by = schedule.ahead->count < 0 ? -*schedule.ahead : *schedule.ahead;
        text += by < sluice::seconds(1)
                    ? ", on plan"
                    : fmt::format(", {} {} plan", length(by), schedule.ahead->count < 0 ? "behind" : "ahead of");
    }
    if (schedule.unplanned > 0) {
        text +=
            fmt::format("; at the earliest: {} to be done without a planned time", counted(schedule.unplanned, "step"));
    }
    fmt::print("{}\n", text);
}

void print_critical(const release::Schedule& schedule) {
    constexpr std::size_t shown = 8;
    std::vector<std::string> left;
    for (const auto& id : schedule.critical) {
        if (!schedule.steps.at(id).over) {
            left.push_back(id);
        }
    }
    const std::size_t more = left.size() > shown ? left.size() - shown : 0;
    left.resize(left.size() - more);
    if (!left.empty()) {
        fmt::print("the end hangs on: {}{}\n", fmt::join(left, ", "),
                   more > 0 ? fmt::format(" and {} more", more) : "");
    }
}

} // namespace

Nanos present(const release::Release& release) {
    if (release.opened.mode != "run" || release.closed()) {
        return release.time;
    }
    const Nanos wall{std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
    return std::max(release.time, wall);
}

void print_times(const release::Release& release, Nanos now) {
    if (!release.plan) {
        return;
    }
    const auto schedule = release::schedule(release, now);
    fmt::print("times:\n");
    for (const auto& phase : release.plan->phases) {
        print_line(phase.id, schedule.phases.at(phase.id), now);
        const auto& state = release.phases.at(phase.id);
        if (!state.warning.empty()) {
            fmt::print("  {:<28} begun {}\n", "", state.warning);
        }
        if (state.status == release::PhaseState::Status::running && state.window_over && !state.overridden) {
            fmt::print("  {:<28} its window has ended{}\n", "",
                       state.window_opens.count != 0 ? ", and opens again at " + release::instant(state.window_opens)
                                                     : "");
        } else if (state.status == release::PhaseState::Status::running && state.window_ends.count != 0) {
            fmt::print("  {:<28} its window ends at {}, {}\n", "", release::instant(state.window_ends),
                       to_go(state.window_ends, now));
        }
    }
    print_end(schedule, now);
    print_critical(schedule);
    // Nobody goes back after the end, nor past the point of no return, nor twice.
    const bool none = release.closed() || release.rollback.active || release::no_return_since(release) != nullptr;
    if (const auto& way = schedule.way_back; way && !none) {
        if (way->settled && way->ends <= now) {
            fmt::print("the time for a rollback ended at {}\n", release::instant(way->ends));
            return;
        }
        fmt::print("a rollback {} {}{}: {}, and its time ends at {}\n",
                   way->latest > now ? "fits until" : "no longer fits since", way->settled ? "" : "about ",
                   release::instant(way->latest),
                   way->planned ? "it takes " + length(*way->planned) : "how long it takes is not planned",
                   release::instant(way->ends));
    }
}

sluice::Json times_json(const release::Release& release, Nanos now) {
    auto json = release::to_json(release::schedule(release, now));
    json["as_of"] = sluice::nanos_text(now);
    return json;
}

} // namespace sluicectl
