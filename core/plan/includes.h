#pragma once
/// Files that a plan's text names and that are read with it (dates of a calendar). Their texts are kept with the plan,
/// and in the session that runs it: it needs no other file to be read.
#include "base/result.h"

#include <functional>
#include <map>
#include <string>

namespace sluice::plan {

using Includes = std::map<std::string, std::string>; ///< as the plan names the file → its text

/// SHA-256 of a plan's bytes and of those of its files, hexadecimal; without files, of its bytes alone.
std::string digest(const std::string& source, const Includes& includes);

/// Gives the text of a file, named as the plan does: beside the plan's own.
using ReadInclude = std::function<Result<std::string>(const std::string& name)>;

/// Reads from a session's copies.
ReadInclude included(Includes texts);

/// Reads from a folder; files of at most 256 KiB.
ReadInclude beside(std::string folder);

} // namespace sluice::plan
