#pragma once
/// From a plan's text to the model, or to all that is wrong with it.
#include "plan/diagnostic.h"
#include "plan/model.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::plan {

struct LoadOutcome {
    std::optional<Plan> plan;            ///< there when no diagnostic is an error
    std::vector<Diagnostic> diagnostics; ///< by position: every semantic error and warning, or the one syntax error
};

/// Who wrote the plan down: somebody now, or a session's log some time ago. What the language had then and has no more
/// is refused to an author, and read out of a log: a session goes on under a later version of this program.
enum class Origin { author, log };

/// `file` is how the user named it; it goes into the model and the messages. Never throws, whatever the bytes are.
/// `read` gives the files that the plan names; without it, one that names any does not load.
LoadOutcome load(std::string source, std::string file, const ReadInclude& read = {}, Origin origin = Origin::author);

/// Reads the file first, and those beside it that it names; one that can't be read is a diagnostic at 1:1.
LoadOutcome load_file(const std::string& path);

/// Makes the plan go another way; `bad_input` names the variants there are. Empty = as it stands.
Result<void> take_variant(Plan& plan, const std::string& variant);

/// What a run would do that a rehearsal can't: programs without `rehearse`. Errors there, warnings in `load`.
std::vector<Diagnostic> rehearsal_errors(const Plan& plan);

} // namespace sluice::plan
