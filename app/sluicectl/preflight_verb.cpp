#include "base/instant.h"
#include "engine/pinned_files.h"
#include "host/at_the_start.h"
#include "host/plan_check.h"
#include "host/policy_file.h"
#include "host/preflight.h"
#include "host/user.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "release/decide.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <algorithm>
#include <filesystem>

namespace sluicectl {
namespace {

struct PreflightOptions {
    std::string plan, at, opening, variant;
    std::vector<std::string> set;
    sluice::host::PeopleAsked people;
};

/// Counts what stands in the way, one line each.
class Lines {
public:
    void good(const std::string& subject, const std::string& told) { fmt::print("✓ {}: {}\n", subject, told); }
    void later(const std::string& subject, const std::string& told) { fmt::print("○ {}: {}\n", subject, told); }
    void trouble(const std::string& subject, const sluice::Error& error) {
        ++troubles_;
        // "connection prom, FILE" under "connection prom" is FILE.
        std::string where = error.where;
        if (where.starts_with(subject)) {
            where.erase(0, where.find_first_not_of(", ", subject.size()));
        } else if (subject.ends_with(" " + where)) {
            where.clear();
        }
        where += where.empty() ? "" : ": ";
        fmt::print("✕ {}: {}{}{}\n", subject, where, error.what, error.remedy.empty() ? "" : "\n    " + error.remedy);
    }
    int troubles() const { return troubles_; }

private:
    int troubles_ = 0;
};

void tell_variables(const sluice::plan::Plan& plan, const sluice::plan::FrozenVariables& frozen, Lines& lines) {
    for (const auto& error : frozen.errors) {
        lines.trouble("variable " + error.where, error);
    }
    if (frozen.errors.empty() && !plan.variables.empty()) {
        lines.good("variables", counted(plan.variables.size(), "value") + " complete");
    }
}

/// Nothing stands in the way of a start then, but whoever starts is late: another opening may be meant.
void tell_late(const sluice::host::Window& window, Lines& lines) {
    if (!window.late.empty()) {
        lines.later("window", fmt::format("overdue at once, since due before then: {}; --opening names a later one",
                                          fmt::join(window.late, ", ")));
    }
}

void tell_window(const sluice::plan::Plan& plan, const std::string& file, const sluice::plan::Scope& values,
                 sluice::Nanos at, sluice::Nanos opening, Lines& lines) {
    for (const auto& never : sluice::host::window_errors(plan, values, at)) {
        lines.trouble("window", {sluice::ErrorCode::refused, never.what,
                                 fmt::format("{}:{}:{}", file, never.at.line, never.at.column), never.remedy});
    }
    if (const auto is_one = sluice::host::check_opening(plan, opening, at); !is_one) {
        lines.trouble("window", is_one.error());
        return;
    }
    const auto window = sluice::host::window_at(plan, values, at, opening);
    if (!window) {
        lines.trouble("window", window.error());
    } else if (!window->bound) {
        lines.good("window", "no phase is bound to the calendar");
    } else if (window->open) {
        lines.good("window", "open" + (window->why.empty() ? "" : " (" + window->why + ")") +
                                 (window->closes ? ", until " + sluice::utc(*window->closes) : "") +
                                 (window->warning.empty() ? "" : ", but " + window->warning));
        tell_late(*window, lines);
    } else if (window->meant && window->next) {
        lines.good("window", "opens at " + sluice::utc(*window->next) + ", which the session would be for");
        tell_late(*window, lines);
    } else if (window->next) { // one that never may was told before
        lines.trouble("window", {sluice::ErrorCode::refused, "may not start: " + window->why, "",
                                 "it may start at " + sluice::utc(*window->next) +
                                     "; --at asks for another time, --opening for a session "
                                     "that begins before its opening"});
    }
}

/// Whether the policy lets this person start this release, and what it asks beyond the plan: what the start itself
/// would decide.
void tell_people(const PreflightOptions& options, const sluice::plan::Plan& plan,
                 const sluice::plan::FrozenVariables& frozen, const sluice::host::Paths& paths, sluice::Nanos now,
                 Lines& lines) {
    sluice::host::StartOptions start;
    start.paths = paths;
    if (const auto taken = sluice::host::take_people(start, options.people); !taken) {
        lines.trouble("people", taken.error());
        return;
    }
    if ((!start.policy && start.bridge.empty()) || !frozen.errors.empty()) {
        return; // nobody asks, or what they ask depends on what is missing
    }
    sluice::release::SessionOpened session;
    session.mode = "run";
    session.plan_source = plan.source;
    session.includes = plan.includes;
    session.plan_file = options.plan;
    session.variables = frozen.values;
    session.variant = options.variant;
    session.by = start.by;
    const auto opened =
        sluice::release::decide({}, sluice::release::Open{session, {start.policy, start.bridge}}, now, start.by);
    if (!opened) {
        lines.trouble("people", opened.error());
        return;
    }
    lines.good("people",
               fmt::format("{} may lead{}", start.by.name, start.by.role.empty() ? "" : " as " + start.by.role));
    for (const auto& body : *opened) {
        if (const auto* bound = std::get_if<sluice::release::PolicyBound>(&body)) {
            for (const auto& line : bound->raised) {
                lines.later("policy", line); // for a person to know, neither good nor bad
            }
        }
    }
}

void tell_files(const sluice::plan::Plan& plan, const std::string& file, Lines& lines) {
    const auto folder = std::filesystem::absolute(file).parent_path().string();
    const auto pinned = sluice::engine::pin_files(plan, folder, {});
    if (!pinned) {
        lines.trouble("files", pinned.error());
    } else if (!pinned->empty()) {
        lines.good("files", counted(pinned->size(), "path") + " there; the start pins what they hold");
    }
}

void tell_evidence(const sluice::plan::Plan& plan, const sluice::plan::Scope& values, const sluice::host::Paths& paths,
                   Lines& lines) {
    const auto found = sluice::host::evidence_for(plan, values, sluice::plan::digest(plan.source, plan.includes),
                                                  paths.sessions, std::filesystem::file_time_type::clock::now());
    if (!found) {
        lines.trouble("earlier session", found.error());
    } else if (found->is_object()) {
        lines.good("earlier session",
                   fmt::format("{}, {}{}", found->value("file", std::string()), found->value("outcome", std::string()),
                               found->value("same_plan", false) ? "" : ", of another text of the plan"));
    }
}

void tell_connection(const sluice::engine::ConnectionAnswer& answer, Lines& lines) {
    using Level = sluice::engine::ConnectionAnswer::Level;
    const std::string subject = "connection " + answer.name;
    if (answer.level == Level::trouble) {
        lines.trouble(subject, *answer.error);
    } else if (answer.level == Level::later) {
        lines.later(subject, fmt::format("{}; first asked by '{}', after steps that can make it", answer.error->what,
                                         answer.first_use));
    } else {
        lines.good(subject, fmt::format("{}, {} ms ({})", answer.found, answer.took.count / 1'000'000, answer.address));
    }
}

int preflight(const PreflightOptions& options) {
    const auto values = sluice::host::settings(options.set);
    const auto paths = sluice::host::own_paths();
    if (!values || !paths) {
        return complain(!values ? values.error() : paths.error());
    }
    sluice::net::LiveScheduler clock;
    const auto at = asked_for(options.at, clock.now());
    if (!at) {
        return complain(at.error());
    }
    const auto opening = options.opening.empty() ? sluice::Result<sluice::Nanos>(sluice::Nanos{})
                                                 : day_and_time("--opening", options.opening);
    if (!opening) {
        return complain(opening.error());
    }
    auto loaded = sluice::host::read_plan(options.plan);
    for (const auto& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, options.plan));
    }
    if (!loaded.plan) {
        return bad_input;
    }
    if (const auto taken = sluice::plan::take_variant(*loaded.plan, options.variant); !taken) {
        return complain(taken.error());
    }
    const auto plan = std::make_shared<const sluice::plan::Plan>(std::move(*loaded.plan));
    const auto frozen = sluice::plan::freeze(*plan, *values, {});
    Lines lines;
    tell_variables(*plan, frozen, lines);
    tell_people(options, *plan, frozen, *paths, *at, lines);
    tell_window(*plan, options.plan, frozen.values, *at, *opening, lines);
    tell_files(*plan, options.plan, lines);
    tell_evidence(*plan, frozen.values, *paths, lines);
    sluice::host::ConnectionDesk desk(plan, frozen.values, *paths);
    const auto secrets = [&] {
        for (const auto& use : desk.secrets_needed()) {
            const auto wrong = desk.unread_secrets().find(use.reference);
            if (wrong != desk.unread_secrets().end() && !use.where.starts_with("connection")) { // which tells it itself
                lines.trouble("secret " + use.reference + " (" + use.where + ")", wrong->second);
            }
        }
        if (!desk.secrets_needed().empty() && desk.unread_secrets().empty()) {
            lines.good("secrets", counted(desk.secrets_needed().size(), "value") + " can be read");
        }
    };
    desk.test([&](const auto& answer) { tell_connection(answer, lines); },
              [] {
                  QMetaObject::invokeMethod(
                      qApp, [] { QCoreApplication::quit(); }, Qt::QueuedConnection);
              });
    secrets();
    QCoreApplication::exec();
    if (lines.troubles() == 0) {
        fmt::print(
            "nothing of what was asked stands in the way: variables, people, window, files, secrets, connections\n");
        return done;
    }
    fmt::print("{} in the way\n",
               lines.troubles() == 1 ? "1 thing stands" : fmt::format("{} things stand", lines.troubles()));
    // A value that was given and is wrong goes before all else; one that is missing stands in the way among others.
    const bool misgiven = std::any_of(frozen.errors.begin(), frozen.errors.end(),
                                      [&](const auto& error) { return values->contains(error.where); });
    const bool only_values = static_cast<std::size_t>(lines.troubles()) == frozen.errors.size();
    return misgiven || only_values ? bad_input : unreachable;
}

} // namespace

void add_preflight_verb(CLI::App& app, Action& action) {
    auto* verb = app.add_subcommand(
        "preflight", "What would stand in the way of a run: variables, people, window, files, secrets, connections");
    const auto o = std::make_shared<PreflightOptions>();
    verb->add_option("PLAN", o->plan, "File of the plan")->required();
    verb->add_option("--set", o->set, "NAME=VALUE, of a variable of the plan")->allow_extra_args(false);
    verb->add_option("--variant", o->variant, "Another way through the plan, for a contingency");
    verb->add_option("--policy", o->people.policy,
                     "The organisation's policy; default $SLUICE_POLICY, else policy.yaml in your configuration");
    verb->add_option("--operator", o->people.operators, "NAME[:ROLE,ROLE]: who would lead, and who would be there")
        ->allow_extra_args(false);
    verb->add_option("--role", o->people.role, "As which role");
    verb->add_option("--at", o->at, "Is the window open then? For example 2026-01-06T02:00:00Z; default now")
        ->check(not_empty());
    verb->add_option("--opening", o->opening, "The opening of the calendar that it would be for, as of 'run'")
        ->check(not_empty());
    verb->callback([&action, o] {
        action = [o] {
            int argc = 1;
            char name[] = "sluicectl";
            char* argv[] = {name, nullptr};
            QCoreApplication loop(argc, argv);
            return preflight(*o);
        };
    });
}

} // namespace sluicectl
