#pragma once
#include "story/recent.h"

namespace sluice::screens {

/// What a file that somebody opens is.
struct FileFound {
    enum class Kind { missing, plan, session };
    Kind kind = Kind::missing;
    story::RecentSession session; ///< of a session: where it stands
};

/// A session file is an SQLite database; anything else is taken for a plan, whose errors say what is wrong with it.
/// Reads the disk: any thread but the GUI's.
FileFound look_at(const std::string& file, const host::Paths& paths);

} // namespace sluice::screens
