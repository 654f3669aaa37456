#pragma once
#include <string>

namespace sluice::report {

/// One argument for a POSIX shell: as it is if it is harmless, else in single quotes. Pure.
std::string shell_word(const std::string& text);

} // namespace sluice::report
