#pragma once
#include "story/command_channel.h"
#include "story/traffic_view.h"

#include <QFrame>
#include <functional>

class QAction;
class QLabel;
class QLineEdit;
class QPushButton;

namespace sluice::panels {

/// The preview of a shift by hand: what changes, what is written, what follows for the plan, and why. Only its Send
/// sends anything.
class ShiftForm : public QFrame {
    Q_OBJECT
public:
    ShiftForm(story::CommandChannel& channel, QWidget* parent = nullptr);

    /// Opens on a split and a station of it; asked for another, shows that and keeps the reason.
    void ask(const story::SplitView& split, int weight);
    /// What is known has changed: a station that is no longer allowed can't be sent, and says why.
    void follow(const story::SplitView& split);
    bool is_open() const { return open_; }
    void close_form();

signals:
    void closed(bool sent);

private:
    void send();
    void show_state();

    story::CommandChannel& channel_;
    std::string traffic_;
    story::Station station_;
    bool open_ = false, sending_ = false;
    QLabel *change_, *write_, *consequence_, *refusal_;
    QLineEdit* reason_;
    QPushButton *send_button_, *cancel_button_;
    QAction *send_action_, *cancel_action_;
};

/// The four answers to a shift by hand whose outcome is not known; each needs a reason.
class DoubtForm : public QFrame {
    Q_OBJECT
public:
    DoubtForm(story::CommandChannel& channel, QWidget* parent = nullptr);
    void show_doubt(const std::optional<story::ShiftDoubt>& doubt); ///< hides itself when there is none

private:
    void answer(const std::string& answer);

    story::CommandChannel& channel_;
    std::optional<story::ShiftDoubt> doubt_;
    QLabel *text_, *read_back_, *refusal_;
    QLineEdit* reason_;
    std::vector<QPushButton*> buttons_;
};

} // namespace sluice::panels
