#pragma once
#include "story/command_channel.h"

#include <QThread>
#include <string>

namespace sluice::story {

/// Commands to the process that owns the session, over its local socket. The blocking client has a thread of its own.
class SocketChannel : public CommandChannel {
    Q_OBJECT
public:
    SocketChannel(std::string socket, release::Actor actor);
    ~SocketChannel() override;

    void submit(const release::Command& command, Answer answer) override;
    release::Actor actor() const override { return actor_; }
    void act_as(const release::Actor& person) override { actor_ = person; }

private:
    std::string socket_;
    release::Actor actor_;
    QThread thread_;
    QObject worker_; // of `thread_`
};

} // namespace sluice::story
