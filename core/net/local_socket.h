#pragma once
/// Commands to a running session, from the same machine and the same user (DESIGN.md, "Commands").
///
/// A stream socket in the file system. A frame is its length (4 bytes, most significant first, 1 to 1 MiB) and so many
/// bytes of JSON. The client sends one request at a time and gets one reply for each, in order; either side closes when
/// it is done. A frame that is too long or not JSON ends the connection, after a reply that says why:
/// {"error": {"code": "bad-input", "what": …}}. No Qt in the protocol: any program can speak it.
#include "base/json.h"
#include "base/result.h"

#include <QObject>
#include <QSocketNotifier>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace sluice::net {

inline constexpr std::size_t longest_frame = 1u << 20;

/// {"error": {"code", "what", "where", "remedy"}}, the form in which a server refuses.
Json error_reply(const Error& error);

/// Serves one socket in the thread in which it is made, from its event loop. A peer of another user is turned away.
class CommandServer {
public:
    /// Called once; may be called later than the handler returns. Does nothing when the peer has gone.
    using Reply = std::function<void(const Json&)>;
    using Handler = std::function<void(const Json& request, Reply reply)>;

    /// The socket gets mode 0600. `refused` if somebody listens at this path already; a socket that a killed program
    /// left is replaced, anything else at that path is not touched. `bad_input` if the path is too long for a socket
    /// (107 bytes).
    static Result<std::unique_ptr<CommandServer>> listen(const std::string& path, Handler handler);

    CommandServer(const CommandServer&) = delete;
    /// Closes all connections and removes the socket.
    ~CommandServer();

    const std::string& path() const { return path_; }

private:
    struct Peer;

    CommandServer(std::string path, int socket, int lock, Handler handler);
    void accept();
    void readable(std::uint64_t id);
    bool next_frame(Peer& peer);
    void reply(std::uint64_t id, const Json& json);
    void write(Peer& peer);
    void refuse(Peer& peer, std::string why);

    std::string path_;
    int socket_;
    int lock_; ///< held while we live, so that of two servers only one clears a stale socket away
    Handler handler_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::unique_ptr<Peer>> peers_;
    std::unique_ptr<QSocketNotifier> incoming_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    QObject context_;
};

/// The other end, for programs without an event loop: blocks for at most `timeout` of real time a request.
class CommandClient {
public:
    /// `not_found` if there is no socket, `unreachable` if nobody listens.
    static Result<CommandClient> connect(const std::string& path);

    CommandClient(CommandClient&& other) noexcept;
    CommandClient& operator=(CommandClient&&) = delete;
    ~CommandClient();

    /// Also a refusal by the server is a reply. After an error the connection is of no more use; whether the request
    /// was acted on is then unknown, unless the error is `bad_input` (it was too long to be sent).
    Result<Json> request(const Json& json, Nanos timeout = seconds(10));

private:
    CommandClient(int socket, std::string path) : socket_(socket), path_(std::move(path)) {}
    int socket_;
    std::string path_;
};

} // namespace sluice::net
