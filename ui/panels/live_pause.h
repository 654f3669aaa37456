#pragma once
#include "release/state.h"
#include "story/command_channel.h"

#include <QAction>
#include <QPushButton>

namespace sluice::panels {

/// Pauses and continues the release while one looks at its past. The card of a past moment offers nothing, since what
/// it would offer was for then; so this and the rollback button are the two that act, and both act on the release as it
/// is now.
class LivePause : public QPushButton {
    Q_OBJECT
public:
    explicit LivePause(story::CommandChannel& commands, QWidget* parent = nullptr);

    /// The release as it is, not as it was. Absent where neither pausing nor continuing has a meaning.
    void show_release(const release::Release& now, bool looking_back);

signals:
    void refused(const QString& why);

private:
    void act();

    story::CommandChannel& commands_;
    QAction* action_;
    bool paused_ = false, sending_ = false;
};

} // namespace sluice::panels
