#pragma once
/// The verbs of sluicectl (DESIGN.md, "The two programs"). Each `add_…` puts one family on the command line; what a
/// verb gives back is the exit code of the program.
#include "base/result.h"
#include "host/paths.h"
#include "release/event.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <map>
#include <string>

namespace sluicectl {

/// Exit codes that scripts rely on.
enum Exit { done = 0, release_failed = 1, bad_input = 2, unreachable = 3, person_needed = 4 };

/// What the chosen verb is to do, once the command line is read.
using Action = std::function<int()>;

int run(int argc, char** argv);

void add_plan_verbs(CLI::App& app, Action& action);     ///< validate, show, schema, new
void add_session_verbs(CLI::App& app, Action& action);  ///< log, verify, export
void add_state_verb(CLI::App& app, Action& action);     ///< state
void add_query_verb(CLI::App& app, Action& action);     ///< query
void add_sources_verb(CLI::App& app, Action& action);   ///< sources
void add_run_verbs(CLI::App& app, Action& action);      ///< run, rehearse, resume, roll-back
void add_do_verb(CLI::App& app, Action& action);        ///< do
void add_approve_verb(CLI::App& app, Action& action);   ///< approve
void add_range_verb(CLI::App& app, Action& action);     ///< range
void add_sheet_verb(CLI::App& app, Action& action);     ///< sheet
void add_calendar_verb(CLI::App& app, Action& action);  ///< calendar
void add_secrets_verb(CLI::App& app, Action& action);   ///< secrets
void add_evaluate_verb(CLI::App& app, Action& action);  ///< evaluate
void add_preflight_verb(CLI::App& app, Action& action); ///< preflight
void add_lag_verb(CLI::App& app, Action& action);       ///< lag

/// `lag --session`.
int recorded_lag(const std::string& file, const std::string& at, bool json);

/// "1 step", "2 steps".
std::string counted(std::size_t number, const char* what);

/// 0 … 2^64 − 1, nothing else: what reads numbers by itself takes -1 for a large one.
CLI::Validator whole_number();
/// Refuses an empty text: of an unset variable in a shell, for which nobody asked.
CLI::Validator not_empty();

/// The day and time that an option ("--opening") gives before a session has begun: no T+…, which counts from a start.
sluice::Result<sluice::Nanos> day_and_time(const std::string& option, const std::string& text);
/// The same of `--at`. Empty = `now`.
sluice::Result<sluice::Nanos> asked_for(const std::string& at, sluice::Nanos now);

/// Prints "sluicectl: where: what (remedy)" and gives the exit code of that kind of error.
int complain(const sluice::Error& error);

} // namespace sluicectl
