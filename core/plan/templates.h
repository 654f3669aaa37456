#pragma once
/// The plans that `sluicectl new` starts from (resources/templates).
#include <string_view>
#include <vector>

namespace sluice::plan {

struct Template {
    std::string_view name;
    std::string_view text; ///< its first line is a comment that says what it is for
};

const std::vector<Template>& templates(); ///< by name

} // namespace sluice::plan
