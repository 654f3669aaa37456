#pragma once
#include "plan/condition.h"

#include <string>
#include <utility>
#include <vector>

namespace sluice::report {

/// One argument for a POSIX shell: as it is if it is harmless, else in single quotes. Pure.
std::string shell_word(const std::string& text);

/// What stands behind a '#' must not go on in a next line: blanks and line feeds in a row become one blank. Pure.
std::string one_line(const std::string& text);

/// A command as a person types it elsewhere: the plan's text with its values. A value that is more than one harmless
/// word stands apart, and the command keeps its ${name}: it would be read by the shell into which somebody pastes it,
/// and quoted as it should be nobody knows how. Pure.
struct Typed {
    std::string command;
    std::vector<std::pair<std::string, std::string>> apart; ///< name, value

    std::string text() const; ///< "psql ${call} (where call is drop it; rm)"
};
Typed typed_command(const std::string& text_template, const plan::Scope& values);

} // namespace sluice::report
