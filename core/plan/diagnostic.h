#pragma once
/// What is wrong with a plan, said so that it can be put right.
#include "plan/position.h"

#include <string>
#include <vector>

namespace sluice::plan {

enum class Severity { error, warning };

struct Diagnostic {
    Position at;
    std::string what;   ///< one sentence, no full stop
    std::string remedy; ///< what to write instead; empty when nothing more can be said
    Severity severity = Severity::error;

    bool operator==(const Diagnostic&) const = default;
};

/// "file:line:column: error: what (remedy)".
std::string to_text(const Diagnostic& diagnostic, const std::string& file);

/// By position; what an alias made twice appears once.
void sort_diagnostics(std::vector<Diagnostic>& diagnostics);

/// "did you mean 'gates'?" when one of `known` is near to `wrong`, else "known here: …" (cut after eight), else "".
std::string did_you_mean(const std::string& wrong, const std::vector<std::string>& known);

} // namespace sluice::plan
