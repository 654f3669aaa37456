#pragma once
#include "host/session_host.h"

#include <map>
#include <string>
#include <vector>

/// What both programs take from the user's surroundings and from their command lines.
namespace sluice::host {

/// `user_paths` with this process's environment.
Result<Paths> own_paths();

/// `name` if it is given, else the user's login name.
release::Actor user_as(const std::string& name, const std::string& role = "release-lead");

/// Where sluice-exec lies: beside this program.
std::string wrapper_beside_us();

/// "NAME=VALUE" as often as `--set` was given; `bad_input` for anything else, and for a name given twice.
Result<std::map<std::string, std::string>> settings(const std::vector<std::string>& pairs);

} // namespace sluice::host
