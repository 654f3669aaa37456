#pragma once
#include "chance.h"
#include "release/command.h"
#include "release/state.h"

namespace sluice::simulation {

struct Said {
    release::Command command;
    release::Actor by;
    std::string name; ///< "confirm", "shift", …: for the table of what was reached
    plan::StepId step;
};

/// What somebody in the room does next: mostly what the release waits for, now and then anything at all, by whoever.
Said say_something(const release::Release& release, Chance& chance);

} // namespace sluice::simulation
