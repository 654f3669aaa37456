#pragma once
/// `${name}` in templates (PLAN.md, "Values"): one value goes into one place, and is never read again as a template, as
/// shell text or as part of a URL's structure.
#include "base/json.h"
#include "base/result.h"
#include "plan/condition.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::plan {

/// Replaces every `${name}`; `$${` stands for `${`. The whole is one argv element, header, environment value or title,
/// whatever the value holds. Unknown names, an unclosed `${` and NUL bytes are `bad_input`.
Result<std::string> fill(std::string_view text, const Scope& scope);

Result<std::vector<std::string>> fill(const std::vector<std::string>& texts, const Scope& scope);

/// The strings inside (not the keys); numbers and structure stay as they are. A value that is not UTF-8 is refused.
Result<Json> fill_json(const Json& value, const Scope& scope);

/// Path and query of a URL: what is filled in is percent-encoded (all but RFC 3986's unreserved characters), so it
/// stays within its segment or query value. A segment that becomes empty, "." or ".." is refused.
Result<std::string> fill_url(std::string_view text, const Scope& scope);

/// Whether a header can carry a value exactly: not control characters, not blanks at either end. The error does not
/// repeat the value, which may be secret.
Result<void> check_header_value(std::string_view value);

/// A folder: what is filled in must not lead upwards.
Result<std::string> fill_folder(std::string_view text, const Scope& scope);

/// A label selector: what is filled in is one label, or one value.
Result<std::string> fill_selector(std::string_view text, const Scope& scope);

/// PromQL: inside of a string the value is quoted (of =~ and !~ so that it matches itself alone); elsewhere it must be
/// one number, duration or name.
Result<std::string> fill_query(std::string_view text, const Scope& scope);

/// One use of a name in a template.
struct NameUse {
    std::string name;
    std::size_t offset = 0; ///< of the "${"
};
/// All uses in order, for the lint. Malformed ones are `bad_input`.
Result<std::vector<NameUse>> names_in(std::string_view text);

/// session, start, plan, operator, T0: known without being declared.
const std::vector<std::string>& built_in_names();

} // namespace sluice::plan
