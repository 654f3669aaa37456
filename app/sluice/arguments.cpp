#include "arguments.h"

#include "host/version.h"

#include <CLI/CLI.hpp>

Parsed parse_arguments(int argc, char** argv) {
    Parsed parsed;
    Arguments& a = parsed.arguments;
    CLI::App app("Sluice: the cockpit for a go-live", "sluice");
    app.set_version_flag("--version", sluice::host::program_version());
    app.add_option("FILE", a.file, "A plan, or a session: a finished one is replayed, a running one followed");
    auto* rehearse = app.add_option("--rehearse", a.rehearse, "Rehearse a plan against a simulated production");
    app.add_option("--speed", a.speed, "Seconds of the rehearsal a real second at most; 0 = as fast as it can")
        ->capture_default_str();
    app.add_option("--seed", a.seed, "One seed gives one log")->capture_default_str();
    app.add_option("--fault", a.faults, "'WHEN WHAT [for D] [on ARM]', for example 'split:green>=25 errors 6%'")
        ->allow_extra_args(false);
    app.add_option("--set", a.set, "NAME=VALUE of the plan's variables")->allow_extra_args(false);
    app.add_option("--variant", a.variant, "Another way through the plan, for a contingency");
    app.add_option("--session", a.session, "File of the rehearsal's session; default among your sessions");
    app.add_flag("--assume-yes", a.assume_yes, "Of a rehearsal: answer confirms, approvals and decisions")
        ->needs(rehearse);
    app.add_option("--operator", a.operators,
                   "NAME[:ROLE,ROLE]: who leads; default your login name. Again for each who is on the bridge too")
        ->allow_extra_args(false);
    app.add_option("--policy", a.policy,
                   "The organisation's policy; default $SLUICE_POLICY, else policy.yaml in your configuration");
    auto* war_room =
        app.add_option("--war-room", a.war_room, "Show a session on the wall, full screen, and nothing else");
    app.add_option("--screen", a.screen, "With --war-room: number of the screen, from 1, or its name")->needs(war_room);
    auto* snapshot = app.add_option("--snapshot", a.snapshot,
                                    "Write a picture (PNG) of FILE, a session or a plan; needs no display");
    app.add_flag("--text", a.text, "With --snapshot: print everything that the screen says")->needs(snapshot);
    app.add_option(
           "--view", a.view,
           "With --snapshot: cockpit, as its lead had it then, with its buttons; people, over it; war-room; replay; "
           "sources; lag; plan, start, manual. Default: replay; of a session that goes on the cockpit, as it is now")
        ->check(
            CLI::IsMember({"cockpit", "people", "sources", "lag", "war-room", "replay", "start", "plan", "manual"}));
    app.add_option("--at", a.at, "With --snapshot: T+00:42:13 or 2026-01-06T02:42:13Z; default the last moment")
        ->check([](const std::string& text) { return text.empty() ? std::string("it is empty") : std::string(); });
    app.add_option("--step", a.step, "With --snapshot: the card of this step, as if it had been picked")
        ->needs(snapshot);
    app.add_option("--chart", a.charts,
                   "METRIC or METRIC/ARM at the first place of the charts or the wall's tiles, of the session that is "
                   "shown; again for the next")
        ->allow_extra_args(false);
    app.add_option("--size", a.size, "With --snapshot: 1600x1000")->capture_default_str();
    app.add_option("--ratio", a.ratio, "With --snapshot: device pixels a pixel")->check(CLI::Range(1.0, 4.0));
    app.add_option("--theme", a.theme, "dark or light")->check(CLI::IsMember({"dark", "light"}));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        parsed.exit = app.exit(error) == 0 ? 0 : 2;
    }
    return parsed;
}
