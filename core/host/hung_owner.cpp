#include "host/hung_owner.h"

#include "net/local_socket.h"
#include "session/owner_lock.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::host {
namespace {

/// Any answer, a refusal too, shows that its event loop turns. The command changes nothing: it is not one.
bool answers(const Paths& paths, const std::filesystem::path& session, Nanos longest) {
    auto client = net::CommandClient::connect(socket_of(paths, session).string());
    return client && client->request({{"do", "nothing"}, {"by", {{"name", "take-over"}}}}, longest).has_value();
}

tl::unexpected<Error> stays(const session::OwnerLock::Holder& holder, const std::string& why,
                            const std::filesystem::path& session) {
    return fail(ErrorCode::unreachable,
                fmt::format("the program that owns the session (pid {}) could not be ended: {}", holder.pid, why),
                session.string(),
                "end it by hand, or work from another copy with the commands of the break-glass sheet");
}

} // namespace

Result<std::string> end_hung_owner(const Paths& paths, const std::filesystem::path& session, Nanos longest) {
    const auto before = session::OwnerLock::holder(session);
    if (!before) {
        return failed(before);
    }
    if (!*before) {
        return std::string();
    }
    const auto& holder = **before;
    if (!holder.remark.empty()) { // it has no socket under this name, and may be on another machine
        return fail(ErrorCode::refused,
                    fmt::format("this is the second copy of a session that is owned by pid {}, as {}", holder.pid,
                                holder.remark),
                    session.string(), "a program that hangs is taken over from with its own file");
    }
    if (answers(paths, session, longest)) {
        return fail(ErrorCode::refused,
                    fmt::format("the program that owns the session (pid {}) answers; it is not taken over", holder.pid),
                    session.string(),
                    "give it the command: 'sluicectl do', or 'sluicectl roll-back' without --take-over");
    }
    const session::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, holder.pid, 0)));
    if (!process) {
        return errno == ESRCH ? Result<std::string>(fmt::format("pid {}", holder.pid))
                              : stays(holder, std::strerror(errno), session);
    }
    // The descriptor holds that process, whatever becomes of its number; that it is the owner is asked again.
    const auto still = session::OwnerLock::holder(session);
    if (!still) {
        return failed(still);
    }
    if (!*still || (*still)->pid != holder.pid) {
        return fail(ErrorCode::conflict, "the session changed hands just now", session.string(), "try again");
    }
    if (::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) != 0) {
        return stays(holder, std::strerror(errno), session);
    }
    pollfd ended{process.get(), POLLIN, 0};
    int ready = 0;
    do {
        ready = ::poll(&ended, 1, 5000);
    } while (ready < 0 && errno == EINTR);
    return ready == 1 ? Result<std::string>(fmt::format("pid {}", holder.pid))
                      : stays(holder, "it does not end within 5 s", session);
}

} // namespace sluice::host
