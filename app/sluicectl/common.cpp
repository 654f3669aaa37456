#include "base/instant.h"
#include "host/version.h"
#include "sluicectl/verbs.h"

#include <algorithm>
#include <charconv>

namespace sluicectl {

using sluice::ErrorCode;

namespace {

bool is_verb(CLI::App& app, const std::string& word) {
    const auto verbs = app.get_subcommands([](CLI::App*) { return true; });
    return std::any_of(verbs.begin(), verbs.end(), [&](const CLI::App* verb) { return verb->get_name() == word; });
}

/// 'help' and 'help VERB' are what --help is, after the verb or alone; anything else stays as it is typed.
std::vector<std::string> as_meant(int argc, char** argv) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words.front() == "help") {
        words.erase(words.begin());
        words.emplace_back("--help");
    }
    return words;
}

} // namespace

int run(int argc, char** argv) {
    CLI::App app("Sluice: release control for go-live", "sluicectl");
    app.set_version_flag("--version", sluice::host::program_version());
    app.require_subcommand(1);
    app.footer("'sluicectl VERB --help' says more. Exit codes: 0 done, 1 the release failed or was rolled back, 2 bad\n"
               "input, 3 could not reach or write what it needs, 4 a person must decide.");
    Action action;
    add_plan_verbs(app, action);
    add_preflight_verb(app, action);
    add_calendar_verb(app, action);
    add_run_verbs(app, action);
    add_do_verb(app, action);
    add_approve_verb(app, action);
    add_session_verbs(app, action);
    add_state_verb(app, action);
    add_query_verb(app, action);
    add_sources_verb(app, action);
    add_range_verb(app, action);
    add_sheet_verb(app, action);
    add_secrets_verb(app, action);
    add_evaluate_verb(app, action);
    add_lag_verb(app, action);
    std::vector<std::string> words = as_meant(argc, argv);
    if (!words.empty() && !words.front().starts_with('-') && !is_verb(app, words.front())) {
        return complain({ErrorCode::bad_input,
                         fmt::format("there is no verb '{}'", words.front()),
                         {},
                         "'sluicectl --help' lists them"});
    }
    try {
        std::reverse(words.begin(), words.end()); // as CLI11 wants a list of words
        app.parse(std::move(words));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? done : bad_input;
    }
    return action();
}

std::string counted(std::size_t number, const char* what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

CLI::Validator whole_number() {
    return {[](const std::string& text) {
                std::uint64_t number = 0;
                const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
                return error == std::errc() && end == text.data() + text.size() ? std::string()
                                                                                : "'" + text + "' is no whole number";
            },
            "UINT"};
}

CLI::Validator not_empty() {
    return {[](const std::string& text) { return text.empty() ? std::string("it is empty") : std::string(); }, "TEXT"};
}

int complain(const sluice::Error& error) {
    fmt::print(stderr, "sluicectl: {}\n", sluice::to_text(error));
    switch (error.code) {
    case ErrorCode::bad_input:
    case ErrorCode::refused:
        return bad_input;
    default:
        return unreachable;
    }
}

sluice::Result<sluice::Nanos> asked_for(const std::string& at, sluice::Nanos now) {
    return at.empty() ? sluice::Result<sluice::Nanos>(now) : day_and_time("--at", at);
}

sluice::Result<sluice::Nanos> day_and_time(const std::string& option, const std::string& text) {
    const auto at = sluice::parse_instant(text, {});
    if (!at || text.starts_with('T') || at->count < 0) {
        return sluice::fail(sluice::ErrorCode::bad_input, "not a day and time since 1970", option + " " + text,
                            "for example 2026-01-06T02:00:00Z");
    }
    return at;
}

} // namespace sluicectl
