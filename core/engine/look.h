#pragma once
/// Looks at the outside as a probe, a read-back or a readiness check of a plan asks for: reads only.
#include "analysis/latest.h"
#include "engine/connections.h"
#include "net/process.h"
#include "plan/model.h"
#include "release/state.h"

#include <functional>

namespace sluice::engine {

/// One look, judged.
struct Sight {
    bool answered = false; ///< false: could not be asked; `why` says so
    bool met = false;
    std::string why;
    plan::StepResult result;
};

/// Why a result is as expected or not, as far as it may be kept: of a sensitive step nothing but exit and status,
/// neither what was found nor what was looked for.
std::string kept_why(const plan::Step& step, const plan::Expect& expect, const plan::StepResult& result, bool met,
                     const std::string& why);

/// What a look needs of the engine.
struct Eyes {
    const plan::Plan& plan;
    Connections& connections;
    const Outside& outside;
    net::ProcessRunner& processes;
    const analysis::Latest& latest;
    std::function<plan::Scope()> scope;
    std::function<std::set<std::string>()> arms_with_traffic;
    std::string records; ///< folder for the processes' records
    std::string folder;  ///< the plan's: where programs run and files are named from
    /// Programs that looks have started and that are at work, by the look's key.
    std::shared_ptr<std::map<std::string, net::ProcessId>> looking =
        std::make_shared<std::map<std::string, net::ProcessId>>();
};

/// A program of the plan, filled in, secrets apart.
Result<net::ProcessSpec> fill_command(const Eyes& eyes, const plan::Command& command, Nanos timeout,
                                      const std::optional<plan::Rehearse>& rehearse);

/// What a simulated runner plays: {"exit", "output", "takes", "apply", "remove", "then"}.
Result<Json> rehearsed(const plan::Rehearse& rehearse, const plan::Scope& scope);

/// `on`: the connection; `key` as in HttpRequest::key; `output` takes what a program prints. `done` comes once, later.
void look(const Eyes& eyes, const plan::Probe& probe, const plan::Expect& expect, const std::string& on,
          const std::string& key, Nanos timeout, const std::optional<plan::Rehearse>& rehearse,
          const std::function<void(std::string_view)>& output, std::function<void(Sight)> done);

/// Programs of looks whose key begins so are asked to end (SIGTERM, then SIGKILL): nobody waits for them any more.
void end_looks(const Eyes& eyes, const std::string& key_begins);

} // namespace sluice::engine
