#pragma once
#include "release/command.h"

#include <QObject>
#include <functional>

namespace sluice::story {

/// The way to act on a session. A replay has none: what acts is not made there, rather than switched off.
class CommandChannel : public QObject {
    Q_OBJECT
public:
    /// Nothing = accepted; else why not, with the remedy. In the GUI thread.
    using Answer = std::function<void(const std::optional<Error>&)>;

    /// Returns at once; the answer comes later, from the event loop.
    virtual void submit(const release::Command& command, Answer answer) = 0;

    /// Whose commands these are.
    virtual release::Actor actor() const = 0;

    /// Somebody else sits down at this desk, or the same person takes another role: what is given from here on is
    /// that person's. Without a role the session takes one that fits (release/demand.h, role_for).
    virtual void act_as(const release::Actor& person) = 0;
};

} // namespace sluice::story
