#pragma once
/// The values that a session starts with: typed, checked, then frozen.
#include "base/result.h"
#include "plan/model.h"

#include <vector>

namespace sluice::plan {

/// `value` as its type spells it ("007" is the integer 7), or what is wrong with it. The text is one that a log can
/// hold: UTF-8, no control characters, at most 4096 bytes.
Result<std::string> check_value(const Variable& variable, const std::string& value);

struct FrozenVariables {
    Scope values;              ///< every variable of the plan; complete only if there are no errors
    std::vector<Error> errors; ///< `where` is the variable's name
};

/// Takes what was given by `--set` or by the form, then defaults (which may fill in variables above them and built-in
/// names). A variable whose `required-if` is false is empty when nothing is given. A secret's value is its reference.
FrozenVariables freeze(const Plan& plan, const Scope& given, const Scope& built_in);

/// Those that a person is to be asked for: `ask: true` and not given, or needed and without a default.
std::vector<const Variable*> to_ask(const Plan& plan, const Scope& given);

const char* name(VariableType type);

} // namespace sluice::plan
