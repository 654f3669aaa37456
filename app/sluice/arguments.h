#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The command line of the cockpit (DESIGN.md, "The two programs").
struct Arguments {
    std::string file;     ///< a plan or a session
    std::string rehearse; ///< a plan
    std::string war_room; ///< a session
    std::string screen;   ///< of the war room: number from 1, or name
    std::string snapshot; ///< PNG; "-": no picture
    bool text = false;
    std::string view, at, size = "1600x1000", theme;
    double ratio = 1;
    double speed = 60;
    std::uint64_t seed = 1;
    std::vector<std::string> faults, set, charts;
    bool assume_yes = false;
    std::string session, policy, variant, step;
    std::vector<std::string> operators;
};

/// The arguments; or the exit code where nothing is left to do (--help, --version, bad input).
struct Parsed {
    Arguments arguments;
    std::optional<int> exit;
};
Parsed parse_arguments(int argc, char** argv);
