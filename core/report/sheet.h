#pragma once
/// The break-glass sheet: what stands where, and the exact commands of every way back as of now, on one page that needs
/// no program of ours. Refreshed at every step of a session; for the day on which the desk itself is lost. Pure.
#include "release/state.h"

#include <string>

namespace sluice::report {

/// What is not in the release itself.
struct SheetPlace {
    std::string session_file; ///< as named by the user
    std::string copy_file;    ///< empty = no second copy is kept
    std::string root;         ///< of the tree after the last event, hexadecimal; empty = not said
    /// Where the program that owns the session was started: `file:` secrets are seen from there; empty = not known.
    std::string started_in = {};
};

/// Plain text, at most about 100 columns but for the commands, which are never broken.
std::string sheet_text(const release::Release& release, const SheetPlace& place);

/// One HTML file without scripts and without anything fetched; readable printed.
std::string sheet_html(const release::Release& release, const SheetPlace& place);

} // namespace sluice::report
