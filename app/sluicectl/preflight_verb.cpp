#include "base/instant.h"
#include "host/preflight.h"
#include "host/user.h"
#include "plan/loader.h"
#include "plan/variables.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>

namespace sluicectl {
namespace {

struct PreflightOptions {
    std::string plan, at;
    std::vector<std::string> set;
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

void tell_window(const sluice::plan::Plan& plan, const sluice::plan::Scope& values, sluice::Nanos at, Lines& lines) {
    const auto window = sluice::host::window_at(plan, values, at);
    if (!window) {
        lines.trouble("window", window.error());
    } else if (!window->bound) {
        lines.good("window", "no phase is bound to the calendar");
    } else if (window->open) {
        lines.good("window", "open" + (window->why.empty() ? "" : " (" + window->why + ")") +
                                 (window->closes ? ", until " + sluice::utc(*window->closes) : ""));
    } else {
        lines.trouble("window",
                      {sluice::ErrorCode::refused, "may not start: " + window->why, "",
                       window->next ? "it may start at " + sluice::utc(*window->next) + "; --at asks for another time"
                                    : "it does not open within 400 days: widen the calendar's allow, or "
                                      "narrow its deny"});
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
    const auto at =
        options.at.empty() ? sluice::Result<sluice::Nanos>(clock.now()) : sluice::parse_instant(options.at, {});
    if (!at || options.at.starts_with('T')) {
        return complain({sluice::ErrorCode::bad_input, "not a day and time", "--at " + options.at,
                         "for example 2026-01-06T02:00:00Z"});
    }
    auto loaded = sluice::plan::load_file(options.plan);
    for (const auto& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, options.plan));
    }
    if (!loaded.plan) {
        return bad_input;
    }
    const auto plan = std::make_shared<const sluice::plan::Plan>(std::move(*loaded.plan));
    const auto frozen = sluice::plan::freeze(*plan, *values, {});
    Lines lines;
    tell_variables(*plan, frozen, lines);
    tell_window(*plan, frozen.values, *at, lines);
    sluice::host::ConnectionDesk desk(plan, frozen.values, *paths);
    desk.test([&](const auto& answer) { tell_connection(answer, lines); },
              [] {
                  QMetaObject::invokeMethod(
                      qApp, [] { QCoreApplication::quit(); }, Qt::QueuedConnection);
              });
    QCoreApplication::exec();
    if (lines.troubles() == 0) {
        fmt::print("nothing stands in the way of what was asked: variables, window, connections\n");
        return done;
    }
    fmt::print("{} in the way\n",
               lines.troubles() == 1 ? "1 thing stands" : fmt::format("{} things stand", lines.troubles()));
    // Values are the caller's to give.
    return static_cast<std::size_t>(lines.troubles()) == frozen.errors.size() ? bad_input : unreachable;
}

} // namespace

void add_preflight_verb(CLI::App& app, Action& action) {
    auto* verb =
        app.add_subcommand("preflight", "What would stand in the way of a run: variables, window, connections");
    const auto o = std::make_shared<PreflightOptions>();
    verb->add_option("PLAN", o->plan, "File of the plan")->required();
    verb->add_option("--set", o->set, "NAME=VALUE, of a variable of the plan");
    verb->add_option("--at", o->at, "Is the window open then? For example 2026-01-06T02:00:00Z; default now")
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
