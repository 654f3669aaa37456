#pragma once
#include <sqlite3.h>

namespace sluice::session::testing {

/// An SQLite VFS over the default one whose N-th sync or write fails, and all later ones, as a dead disk does.
/// Registered while this object lives; one at a time.
class FailingDisk {
public:
    static constexpr const char* name = "failing-disk";
    enum class Call { sync, write };

    FailingDisk(Call kind, int fail_at); ///< 0: count only
    ~FailingDisk();
    FailingDisk(const FailingDisk&) = delete;

    int calls() const;
    bool failed() const;
};

} // namespace sluice::session::testing
