#pragma once
#include "base/json.h"
#include "base/redact.h"

#include <map>
#include <string>
#include <vector>

namespace sluice::exec {

/// What is to run, read from the file named by argv[1]:
///
///     {"argv": ["helm", "upgrade", …], "env": {"PATH": "/usr/bin", …}, "cwd": "/srv/plan", "directory": "/…/op-3",
///      "timeout": "600000000000", "grace": "10000000000", "budget": 1048576, "secrets": ["…"]}
///
/// `env` is the complete environment; times are decimal nanoseconds; `budget` is in bytes of output kept. The
/// `secrets` (optional) are replaced in the output before anything of it is kept or counted.
struct Spec {
    std::vector<std::string> argv;
    std::map<std::string, std::string> env;
    std::string cwd;
    std::string directory; ///< exists; gets started.json, output and exit.json
    Nanos timeout;
    Nanos grace;
    std::size_t budget = 0;
    std::shared_ptr<const RedactionSet> secrets;
};

Result<Spec> read_spec(const std::string& path);

} // namespace sluice::exec
