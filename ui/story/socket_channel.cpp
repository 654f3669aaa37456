#include "story/socket_channel.h"

#include "net/local_socket.h"

namespace sluice::story {
namespace {

std::optional<Error> send(const std::string& socket, const Json& request) {
    auto client = net::CommandClient::connect(socket);
    if (!client) {
        return client.error();
    }
    const auto reply = client->request(request);
    if (!reply) {
        return reply.error();
    }
    if (!reply->is_object() || !reply->contains("error")) {
        return std::nullopt;
    }
    const Json& error = (*reply)["error"];
    const auto text = [&](const char* key) {
        return error.is_object() ? error.value(key, std::string()) : std::string();
    };
    return Error{ErrorCode::refused, text("what"), text("where"), text("remedy")};
}

} // namespace

SocketChannel::SocketChannel(std::string socket, release::Actor actor)
    : socket_(std::move(socket)), actor_(std::move(actor)) {
    worker_.moveToThread(&thread_);
    thread_.start();
}

SocketChannel::~SocketChannel() {
    thread_.quit();
    thread_.wait();
}

void SocketChannel::submit(const release::Command& command, Answer answer) {
    Json request = release::to_json(command);
    request["by"] = {{"name", actor_.name}, {"role", actor_.role}};
    QMetaObject::invokeMethod(&worker_, [this, socket = socket_, request, answer] {
        const auto error = send(socket, request);
        QMetaObject::invokeMethod(this, [answer, error] { answer(error); });
    });
}

} // namespace sluice::story
