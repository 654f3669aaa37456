#pragma once
#include "base/result.h"

#include <string>

namespace sluicectl {

/// A request or an answer: a file, or - for what comes in.
sluice::Result<std::string> read_document(const std::string& file);

/// Into the file as it is; without a file as text for a chat, printed. The exit code.
int write_document(const std::string& kind, const std::string& bytes, const std::string& file);

} // namespace sluicectl
