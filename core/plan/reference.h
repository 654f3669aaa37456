#pragma once
#include <string>

namespace sluice::plan {

/// The manual's page on the plan language, in Markdown, made from the one table (language.h).
std::string reference_markdown();

} // namespace sluice::plan
