#include "net/frame.h"
#include "net/local_socket.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::net {
namespace {

constexpr int waiting_peers = 16;
constexpr std::size_t most_peers = 64;
constexpr std::size_t most_unsent = 4u << 20; // a peer that asks and never reads

tl::unexpected<Error> trouble(const std::string& what, const std::string& path) {
    return fail(ErrorCode::io, what + ": " + std::strerror(errno), path);
}

tl::unexpected<Error> taken(const std::string& path) {
    return fail(ErrorCode::refused, "another program serves this session", path,
                "close it, or give your command to it");
}

/// Only the same user, whatever the mode of the folder.
bool same_user(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

/// Removes a socket on which nobody listens.
Result<void> clear(const std::string& path, const sockaddr_un& address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return errno == ENOENT ? Result<void>() : trouble("the socket's place can't be looked at", path);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return fail(ErrorCode::refused, "there is something else where the socket should be", path, "move it away");
    }
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool answered = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int error = errno;
    ::close(probe);
    if (answered || error != ECONNREFUSED) { // EAGAIN: alive, with a full queue
        return taken(path);
    }
    return ::unlink(path.c_str()) == 0 || errno == ENOENT ? Result<void>()
                                                          : trouble("could not remove the old socket", path);
}

} // namespace

Json error_reply(const Error& error) {
    return {{"error",
             {{"code", name(error.code)}, {"what", error.what}, {"where", error.where}, {"remedy", error.remedy}}}};
}

struct CommandServer::Peer {
    std::uint64_t id = 0;
    int socket = -1;
    std::string in;
    std::string out;
    bool busy = false;    ///< a request waits for its reply
    bool closing = false; ///< closed once `out` is written
    std::unique_ptr<QSocketNotifier> read;
    std::unique_ptr<QSocketNotifier> written;

    ~Peer() {
        read.reset();
        written.reset();
        ::close(socket);
    }
};

Result<std::unique_ptr<CommandServer>> CommandServer::listen(const std::string& path, Handler handler) {
    const auto address = socket_address(path);
    if (!address) {
        return failed(address);
    }
    const std::string lock_path = path + ".lock";
    const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) {
        return trouble("the socket's lock can't be opened", lock_path);
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return taken(path);
    }
    if (const auto cleared = clear(path, *address); !cleared) {
        ::close(lock);
        return failed(cleared);
    }
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::fchmod(socket, 0600); // before bind: Linux makes the file with this mode, so nobody else can be quicker
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
        ::chmod(path.c_str(), 0600) != 0 || ::listen(socket, waiting_peers) != 0) {
        auto error = trouble("can't listen", path);
        ::close(socket);
        ::close(lock);
        return error;
    }
    return std::unique_ptr<CommandServer>(new CommandServer(path, socket, lock, std::move(handler)));
}

CommandServer::CommandServer(std::string path, int socket, int lock, Handler handler)
    : path_(std::move(path)), socket_(socket), lock_(lock), handler_(std::move(handler)) {
    incoming_ = std::make_unique<QSocketNotifier>(socket_, QSocketNotifier::Read);
    QObject::connect(incoming_.get(), &QSocketNotifier::activated, &context_, [this] { accept(); });
}

CommandServer::~CommandServer() {
    *alive_ = false;
    peers_.clear();
    incoming_.reset();
    ::unlink(path_.c_str());
    ::close(socket_);
    ::close(lock_); // its file stays: removing it would let two servers hold two locks of one name
}

void CommandServer::accept() {
    const int socket = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) {
        return;
    }
    if (!same_user(socket) || peers_.size() >= most_peers) {
        ::close(socket);
        return;
    }
    const std::uint64_t id = ++last_id_;
    auto& peer = *peers_.emplace(id, std::make_unique<Peer>()).first->second;
    peer.id = id;
    peer.socket = socket;
    peer.read = std::make_unique<QSocketNotifier>(socket, QSocketNotifier::Read);
    peer.written = std::make_unique<QSocketNotifier>(socket, QSocketNotifier::Write);
    peer.written->setEnabled(false);
    QObject::connect(peer.read.get(), &QSocketNotifier::activated, &context_, [this, id] { readable(id); });
    QObject::connect(peer.written.get(), &QSocketNotifier::activated, &context_, [this, id] {
        if (const auto found = peers_.find(id); found != peers_.end()) {
            write(*found->second);
        }
    });
}

void CommandServer::readable(std::uint64_t id) {
    const auto found = peers_.find(id);
    if (found == peers_.end()) {
        return;
    }
    Peer& peer = *found->second;
    char buffer[1 << 16];
    const ssize_t n = ::recv(peer.socket, buffer, sizeof buffer, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        peers_.erase(found); // its command, if one is being acted on, goes on; only the reply has nobody left
        return;
    }
    if (n > 0 && !peer.closing) {
        peer.in.append(buffer, static_cast<std::size_t>(n));
    }
    const auto alive = alive_;
    while (*alive && peers_.contains(id) && next_frame(peer)) {
    }
}

/// Hands on one request. False when there is no whole one, or the one before has no reply yet.
bool CommandServer::next_frame(Peer& peer) {
    peer.read->setEnabled(!peer.busy); // what comes meanwhile waits in the kernel's buffer
    if (peer.busy || peer.closing || peer.in.size() < frame_head) {
        return false;
    }
    const std::size_t length = frame_length(peer.in);
    if (length == 0 || length > longest_frame) {
        refuse(peer, "a frame holds 1 byte to 1 MiB");
        return false;
    }
    if (peer.in.size() < frame_head + length) {
        return false;
    }
    auto request = parse_json(std::string_view(peer.in).substr(frame_head, length), "the request");
    peer.in.erase(0, frame_head + length);
    if (!request) {
        refuse(peer, request.error().what);
        return false;
    }
    peer.busy = true;
    handler_(*request, [this, alive = alive_, id = peer.id](const Json& json) {
        if (*alive) {
            reply(id, json);
        }
    });
    return true;
}

void CommandServer::reply(std::uint64_t id, const Json& json) {
    const auto found = peers_.find(id);
    if (found == peers_.end() || !found->second->busy) {
        return;
    }
    Peer& peer = *found->second;
    peer.busy = false;
    std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > longest_frame) {
        text = error_reply({ErrorCode::internal, "the reply is longer than 1 MiB", {}, "ask for less"}).dump();
    }
    peer.out += framed(text);
    write(peer);
    // What was read already would raise no event any more.
    QMetaObject::invokeMethod(
        &context_, [this, id] { readable(id); }, Qt::QueuedConnection);
}

void CommandServer::refuse(Peer& peer, std::string why) {
    peer.closing = true;
    peer.in.clear();
    peer.out += framed(error_reply({ErrorCode::bad_input, std::move(why), {}, {}}).dump());
    write(peer);
}

void CommandServer::write(Peer& peer) {
    while (!peer.out.empty()) {
        const ssize_t n = ::send(peer.socket, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
        if (n > 0) {
            peer.out.erase(0, static_cast<std::size_t>(n));
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else {
            break;
        }
    }
    peer.written->setEnabled(!peer.out.empty());
    if (peer.out.size() > most_unsent) {
        ::shutdown(peer.socket, SHUT_RDWR);
    } else if (peer.closing && peer.out.empty()) {
        // Half-closed, so that the reply is not lost with what the peer still sends; it goes when the peer does.
        ::shutdown(peer.socket, SHUT_WR);
    }
}

} // namespace sluice::net
