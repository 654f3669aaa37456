#pragma once
#include "session/posix_file.h"

#include <filesystem>
#include <optional>

namespace sluice::session {

/// At most one owner of a session file: an exclusive flock on `<file>.lock`, whose text says who holds it.
///
/// The kernel releases it when the process ends, however that happens. The descriptor is close-on-exec, so that a child
/// that outlives us does not keep the session.
class OwnerLock {
public:
    /// `refused` with the owner's pid if there is one, and with what it has said of itself: `remark`, one line, which
    /// names the session's own file when this lock is beside a copy of it.
    static Result<OwnerLock> take(const std::filesystem::path& session, const std::string& remark = {});

    OwnerLock(OwnerLock&&) noexcept = default;
    OwnerLock& operator=(OwnerLock&&) = delete;
    ~OwnerLock(); ///< removes the lock file, then releases

    /// False once its name leads to another file, or to none: who comes now finds the place free.
    bool stands() const;

    /// Who holds it now: the process that wrote itself into the lock when it took it. Nothing when nobody holds it;
    /// `io` when it is held and does not say by whom.
    struct Holder {
        int pid = 0;
        std::string remark; ///< not empty: it works on another file, and this is its copy
    };
    static Result<std::optional<Holder>> holder(const std::filesystem::path& session);

    /// Whether its last owner went without giving it back, as one that was killed, and nobody holds it now. A file
    /// whose lock is not there tells nothing: its owner left in order, or it is a copy of one that goes on elsewhere.
    /// Nor does that of a copy: a server of files lets go of it too when the owner's desk is only cut off.
    static bool left_behind(const std::filesystem::path& session);

    static std::filesystem::path path_for(const std::filesystem::path& session);

private:
    OwnerLock(std::filesystem::path path, Descriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}
    std::filesystem::path path_;
    Descriptor fd_;
};

} // namespace sluice::session
