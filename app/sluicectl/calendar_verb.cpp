/// `sluicectl calendar`: whether a plan may start, why, and when next.
#include "base/instant.h"
#include "base/quantity.h"
#include "host/user.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "release/schedule.h"
#include "release/window.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <chrono>
#include <date/date.h>

namespace sluicectl {
namespace {

using sluice::Json;
using sluice::Nanos;
namespace plan = sluice::plan;
namespace release = sluice::release;

struct Options {
    std::string file, at, variant;
    std::vector<std::string> set;
    bool json = false;
};

struct Answer {
    const plan::Phase* phase = nullptr; ///< the first with a window; null = no phase has one
    release::WindowAnswer may;
    plan::CalendarAnswer now;
    std::vector<plan::Opening> openings;
    Nanos planned; ///< in the window, from that phase on
};

std::string day_and_time(Nanos at) {
    return date::format("%a %F %H:%M UTC", date::sys_time<std::chrono::minutes>(
                                               std::chrono::minutes(at.count / sluice::minutes(1).count)));
}

/// Whole minutes, or the seconds where it is less.
std::string length(Nanos time) {
    const Nanos unit = time < sluice::minutes(1) ? sluice::seconds(1) : sluice::minutes(1);
    return sluice::duration_text(unit * (time.count / unit.count));
}

sluice::Result<Answer> ask(const release::Release& release, Nanos at) {
    Answer answer;
    const auto& phases = release.plan->phases;
    const auto first = std::find_if(phases.begin(), phases.end(), [](const auto& phase) { return phase.window; });
    if (first == phases.end()) {
        return answer;
    }
    answer.phase = &*first;
    answer.may = release::may_start(release, *first, at);
    answer.planned = release::planned_together(release, *first);
    const auto now = plan::ask(release.plan->calendar, at);
    const auto openings = plan::openings(release.plan->calendar, at, 5);
    if (!now || !openings) {
        return now ? sluice::failed(openings) : sluice::failed(now);
    }
    answer.now = *now;
    answer.openings = *openings;
    return answer;
}

const char* at_end_text(plan::AtWindowEnd what) {
    switch (what) {
    case plan::AtWindowEnd::finish:
        return "what is under way goes on";
    case plan::AtWindowEnd::pause:
        return "what is under way stands still until the window opens again";
    case plan::AtWindowEnd::ask:
        return "what is under way stands still until a person says that it goes on";
    }
    return "";
}

void print(const plan::Plan& plan, const Answer& answer, Nanos at) {
    fmt::print("{} at {}\n", plan.id, day_and_time(at));
    if (!answer.phase) {
        fmt::print("may start: no phase is bound by the calendar\n");
        return;
    }
    const auto in = [&](Nanos then) { return "in " + length(then - at); };
    if (answer.may.open) {
        fmt::print("may start: {}\n", answer.now.why);
        if (!answer.may.warning.empty()) {
            fmt::print("but it is {}\n", answer.may.warning);
        }
        if (answer.may.ends.count != 0) {
            fmt::print("the window ends {}, {}\n", day_and_time(answer.may.ends), in(answer.may.ends));
        } else {
            fmt::print("the window does not end within 400 days\n");
        }
    } else {
        fmt::print("may not start: {}\n", answer.may.why);
        if (answer.may.until.count != 0) {
            fmt::print("may start next {}, {}\n", day_and_time(answer.may.until), in(answer.may.until));
        }
    }
    fmt::print("planned in the window: {}, from '{}' on\n", length(answer.planned), answer.phase->id);
    fmt::print("when the window ends: {}\n", at_end_text(answer.phase->at_window_end.value_or(plan.calendar.at_end)));
    fmt::print("openings:{}\n", answer.openings.empty() ? " none within 400 days" : "");
    for (const auto& opening : answer.openings) {
        if (!opening.to) {
            fmt::print("  {}  on, without end\n", day_and_time(opening.from));
            continue;
        }
        fmt::print("  {} to {}  {:<8}  {}\n", day_and_time(opening.from), day_and_time(*opening.to),
                   length(*opening.to - opening.from),
                   opening.fits(answer.planned) ? "long enough" : "too short for what is planned");
    }
}

Json instant_or_null(Nanos at) {
    return at.count == 0 ? Json(nullptr) : Json(sluice::utc(at));
}
std::int64_t whole_seconds(Nanos length) {
    return length.count / sluice::seconds(1).count;
}

void print_json(const plan::Plan& plan, const Answer& answer, Nanos at) {
    Json json = {{"plan", plan.id},
                 {"at", sluice::utc(at)},
                 {"phase", answer.phase ? Json(answer.phase->id) : Json(nullptr)},
                 {"may_start", answer.may.open},
                 {"why", answer.may.open ? answer.now.why : answer.may.why}};
    if (answer.phase) {
        json["next"] = instant_or_null(answer.may.open ? at : answer.may.until);
        json["ends"] = instant_or_null(answer.may.ends);
        json["warning"] = answer.may.warning;
        json["planned_seconds"] = whole_seconds(answer.planned);
        json["when_window_ends"] = plan::name(answer.phase->at_window_end.value_or(plan.calendar.at_end));
        json["openings"] = Json::array();
        for (const auto& opening : answer.openings) {
            json["openings"].push_back({{"from", sluice::utc(opening.from)},
                                        {"to", opening.to ? Json(sluice::utc(*opening.to)) : Json(nullptr)},
                                        {"fits", opening.fits(answer.planned)}});
        }
    }
    fmt::print("{}\n", json.dump());
}

int calendar(const Options& options) {
    Nanos at{std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()};
    const auto given = asked_for(options.at, at);
    if (!given) {
        return complain(given.error());
    }
    at = *given;
    const auto values = sluice::host::settings(options.set);
    if (!values) {
        return complain(values.error());
    }
    auto loaded = plan::load_file(options.file);
    for (const auto& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", plan::to_text(diagnostic, options.file));
    }
    if (!loaded.plan) {
        return bad_input;
    }
    if (const auto taken = plan::take_variant(*loaded.plan, options.variant); !taken) {
        return complain(taken.error());
    }
    // What has no value yet is left open: its steps count as if they applied.
    const auto frozen = plan::freeze(*loaded.plan, *values, {});
    for (const auto& error : frozen.errors) {
        if (values->contains(error.where)) {
            return complain(error);
        }
    }
    const auto whole = std::make_shared<const plan::Plan>(std::move(*loaded.plan));
    const auto answer = ask(release::at_start(whole, frozen.values, at), at);
    if (!answer) {
        return complain(answer.error());
    }
    if (options.json) {
        print_json(*whole, *answer, at);
    } else {
        print(*whole, *answer, at);
    }
    return answer->may.open ? done : release_failed;
}

} // namespace

void add_calendar_verb(CLI::App& app, Action& action) {
    const auto o = std::make_shared<Options>();
    auto* verb = app.add_subcommand("calendar", "Say whether a plan may start, why, and when next; exit 0 when it may, "
                                                "1 when it may not");
    verb->add_option("PLAN", o->file, "File of the plan")->required();
    verb->add_option("--at", o->at, "2026-01-06T02:42:13Z; default: now")->check(not_empty());
    verb->add_option("--set", o->set, "NAME=VALUE: a variable that decides which steps apply")->allow_extra_args(false);
    verb->add_option("--variant", o->variant, "Another way through the plan, for a contingency");
    verb->add_flag("--json", o->json, "For programs");
    verb->callback([&action, o] { action = [o] { return calendar(*o); }; });
}

} // namespace sluicectl
