#include "session/owner_lock.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

namespace sluice::session {
namespace {

/// Changes with every start of the kernel: a pid means something only together with it.
std::string boot_id() {
    const Descriptor fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    auto text = fd ? read_all(fd.get(), 4096, "boot_id") : Result<std::string>("unknown");
    std::string id = text ? *text : "unknown";
    std::erase(id, '\n');
    return id;
}

std::string owner_of(int fd) {
    ::lseek(fd, 0, SEEK_SET);
    const std::string text = read_all(fd, 4096, {}).value_or("");
    const std::string pid = text.substr(0, text.find('\n')); // who holds the lock was started by this kernel
    return pid.empty() ? "another program" : pid;
}

/// The third line: of a lock that stands for another file than the one beside it.
std::string remark_of(int fd) {
    ::lseek(fd, 0, SEEK_SET);
    std::string text = read_all(fd, 8192, {}).value_or("");
    for (int line = 0; line < 2; ++line) {
        const auto end = text.find('\n');
        text.erase(0, end == std::string::npos ? text.size() : end + 1);
    }
    return text.substr(0, text.find('\n'));
}

/// Whether the name still leads to what is open.
bool names(const std::filesystem::path& path, int fd) {
    struct stat held {};
    struct stat named {};
    return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

constexpr int most_tries = 1000;

/// Who looks whether there is an owner holds the lock for a moment, together with others; an owner holds it alone. What
/// this takes goes with the descriptor.
bool only_looked_at(int fd) {
    return ::flock(fd, LOCK_SH | LOCK_NB) == 0;
}

} // namespace

std::filesystem::path OwnerLock::path_for(const std::filesystem::path& session) {
    // The same file under two names (a link in the way) has one lock.
    std::error_code error;
    auto path = std::filesystem::weakly_canonical(session, error);
    if (error) {
        path = session;
    }
    path += ".lock";
    return path;
}

Result<OwnerLock> OwnerLock::take(const std::filesystem::path& session, const std::string& remark) {
    const auto path = path_for(session);
    int tries = 0;
    for (;;) {
        Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!fd && errno == ENOENT) {
            return fail(ErrorCode::not_found, "there is no such folder", folder_of(path).string(),
                        "make it, or choose another place for the session");
        }
        if (!fd) {
            return system_failure("could not create the session's lock", path, errno);
        }
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
            const int why = errno;
            if (why == EINTR || (why == EWOULDBLOCK && tries++ < most_tries && only_looked_at(fd.get()))) {
                std::this_thread::yield();
                continue;
            }
            if (why == EWOULDBLOCK) {
                const std::string said = remark_of(fd.get());
                return fail(
                    ErrorCode::refused,
                    fmt::format("the session is owned by {}{}", owner_of(fd.get()), said.empty() ? "" : ", as " + said),
                    session.string(),
                    said.empty() ? "follow it, or end that program first"
                                 : "this is a copy of it: give that program its commands, or end it first (a program "
                                   "that hangs: 'resume --take-over' with its file)");
            }
            return system_failure("could not lock the session", path, why);
        }
        if (!names(path, fd.get())) { // the owner before us may have removed the name between our open and our lock
            continue;
        }
        const std::string text =
            fmt::format("pid {}\nboot {}\n{}{}", ::getpid(), boot_id(), remark, remark.empty() ? "" : "\n");
        if (::ftruncate(fd.get(), 0) != 0) {
            return system_failure("could not write the session's lock", path, errno);
        }
        if (auto written = write_all(fd.get(), text, path); !written) {
            return failed(written);
        }
        return OwnerLock(path, std::move(fd));
    }
}

Result<std::optional<OwnerLock::Holder>> OwnerLock::holder(const std::filesystem::path& session) {
    const auto path = path_for(session);
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) {
        return errno == ENOENT ? Result<std::optional<Holder>>(std::nullopt)
                               : system_failure("could not read the session's lock", path, errno);
    }
    if (only_looked_at(fd.get())) {
        return std::nullopt; // what stands in it is of one that has gone
    }
    const std::string owner = owner_of(fd.get());
    Holder holder{0, remark_of(fd.get())};
    const char* digits = owner.c_str() + std::min<std::size_t>(owner.size(), 4);
    const auto [end, error] = std::from_chars(digits, owner.c_str() + owner.size(), holder.pid);
    if (!owner.starts_with("pid ") || error != std::errc() || *end != 0 || holder.pid <= 1) {
        return fail(ErrorCode::io, "the session's lock does not say who holds it", path.string(),
                    "look with 'fuser' or 'lslocks'");
    }
    return std::optional(holder);
}

bool OwnerLock::left_behind(const std::filesystem::path& session) {
    const Descriptor fd(::open(path_for(session).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat known {};
    return fd && ::fstat(fd.get(), &known) == 0 && known.st_size > 0 && // empty, it has just been made
           remark_of(fd.get()).empty() && only_looked_at(fd.get());
}

bool OwnerLock::stands() const {
    return fd_ && names(path_, fd_.get());
}

OwnerLock::~OwnerLock() {
    if (stands()) { // where the place was lost and came back, the name may be another owner's by now
        ::unlink(path_.c_str());
    }
}

} // namespace sluice::session
