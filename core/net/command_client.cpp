#include "net/frame.h"
#include "net/local_socket.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <poll.h>
#include <unistd.h>

namespace sluice::net {
namespace {

/// Real time, since a person or a script waits at the other end.
class Deadline {
public:
    explicit Deadline(Nanos timeout)
        : end_(std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout.count)) {}

    /// Waits until the socket is ready for `events`.
    Result<void> wait(int socket, short events, const std::string& path) const {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now()).count();
        pollfd watched{socket, events, 0};
        const int ready = left <= 0 ? 0 : ::poll(&watched, 1, static_cast<int>(left));
        if (ready == 0) {
            return fail(ErrorCode::timed_out, "the session does not answer", path,
                        "its program seems to hang: 'sluicectl resume SESSION --take-over' ends it and goes on");
        }
        return {};
    }

private:
    std::chrono::steady_clock::time_point end_;
};

tl::unexpected<Error> broken(const std::string& path) {
    return fail(ErrorCode::unreachable, "the session closed the connection", path);
}

Result<void> send_all(int socket, std::string_view bytes, const Deadline& deadline, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN || errno == EINTR) {
            if (auto waited = deadline.wait(socket, POLLOUT, path); !waited) {
                return waited;
            }
        } else {
            return {}; // the server may have refused and said why; reading tells
        }
    }
    return {};
}

Result<std::string> receive(int socket, std::size_t size, const Deadline& deadline, const std::string& path) {
    std::string bytes;
    while (bytes.size() < size) {
        char buffer[1 << 16];
        const ssize_t n = ::recv(socket, buffer, std::min(sizeof buffer, size - bytes.size()), MSG_DONTWAIT);
        if (n > 0) {
            bytes.append(buffer, static_cast<std::size_t>(n));
        } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (auto waited = deadline.wait(socket, POLLIN, path); !waited) {
                return failed(waited);
            }
        } else {
            return broken(path);
        }
    }
    return bytes;
}

} // namespace

Result<CommandClient> CommandClient::connect(const std::string& path) {
    const auto address = socket_address(path);
    if (!address) {
        return failed(address);
    }
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        const int error = errno;
        ::close(socket);
        return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::unreachable,
                    std::string("no program serves this session: ") + std::strerror(error), path,
                    "is it still running?");
    }
    return CommandClient(socket, path);
}

CommandClient::CommandClient(CommandClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), path_(std::move(other.path_)) {}

CommandClient::~CommandClient() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

Result<Json> CommandClient::request(const Json& json, Nanos timeout) {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (text.size() > longest_frame) {
        return fail(ErrorCode::bad_input, "the request is longer than 1 MiB", path_);
    }
    const Deadline deadline(timeout);
    if (const auto sent = send_all(socket_, framed(text), deadline, path_); !sent) {
        return failed(sent);
    }
    const auto head = receive(socket_, frame_head, deadline, path_);
    if (!head) {
        return failed(head);
    }
    const std::size_t length = frame_length(*head);
    if (length == 0 || length > longest_frame) {
        return fail(ErrorCode::corrupt, "the session answers in another language", path_);
    }
    const auto body = receive(socket_, length, deadline, path_);
    if (!body) {
        return failed(body);
    }
    auto parsed = parse_json(*body, path_);
    return parsed ? std::move(parsed) : fail(ErrorCode::corrupt, parsed.error().what, path_);
}

} // namespace sluice::net
