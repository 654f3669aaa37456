#include "host/version.h"
#include "sluicectl/verbs.h"

#include <date/date.h>
#include <pwd.h>
#include <sstream>
#include <unistd.h>

namespace sluicectl {

using sluice::ErrorCode;
using sluice::fail;
using sluice::Nanos;
using sluice::Result;

int run(int argc, char** argv) {
    CLI::App app("Sluice: release control for go-live", "sluicectl");
    app.set_version_flag("--version", sluice::host::program_version());
    app.require_subcommand(1);
    Action action;
    add_plan_verbs(app, action);
    add_run_verbs(app, action);
    add_do_verb(app, action);
    add_session_verbs(app, action);
    add_query_verb(app, action);
    add_range_verb(app, action);
    add_evaluate_verb(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? done : bad_input;
    }
    return action();
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

Result<sluice::host::Paths> paths() {
    return sluice::host::user_paths([](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    });
}

sluice::release::Actor actor(const std::string& name, const std::string& role) {
    if (!name.empty()) {
        return {name, role};
    }
    const passwd* entry = ::getpwuid(::getuid());
    return {entry ? entry->pw_name : fmt::format("uid-{}", ::getuid()), role};
}

Result<std::map<std::string, std::string>> settings(const std::vector<std::string>& pairs) {
    std::map<std::string, std::string> values;
    for (const auto& pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(ErrorCode::bad_input, "not NAME=VALUE", "--set " + pair);
        }
        if (!values.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
            return fail(ErrorCode::bad_input, "given twice", "--set " + pair);
        }
    }
    return values;
}

std::string utc(Nanos time) {
    using namespace std::chrono;
    const date::sys_time<milliseconds> point{milliseconds(time.count / 1'000'000)};
    return date::format("%FT%TZ", point);
}

Result<Nanos> instant(const std::string& text, Nanos origin) {
    if (text.starts_with("T+") || text.starts_with("T-")) {
        int hours = 0, minutes = 0, seconds = 0;
        char extra = 0;
        if (std::sscanf(text.c_str() + 2, "%d:%2d:%2d%c", &hours, &minutes, &seconds, &extra) != 3) {
            return fail(ErrorCode::bad_input, "'" + text + "' is not a time", {},
                        "write T+00:42:13 or 2026-01-06T02:42:13Z");
        }
        const Nanos length = sluice::seconds(hours * 3600LL + minutes * 60LL + seconds);
        return text[1] == '+' ? origin + length : origin - length;
    }
    std::istringstream stream(text);
    date::sys_time<std::chrono::milliseconds> point;
    stream >> date::parse("%FT%TZ", point);
    if (stream.fail() || stream.peek() != std::istringstream::traits_type::eof()) {
        return fail(ErrorCode::bad_input, "'" + text + "' is not a time", {},
                    "write T+00:42:13 or 2026-01-06T02:42:13Z");
    }
    return Nanos{point.time_since_epoch().count() * 1'000'000};
}

} // namespace sluicectl
