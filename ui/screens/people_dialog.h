#pragma once
#include "story/command_channel.h"
#include "story/people_view.h"

#include <QDialog>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QTreeWidget>

namespace sluice::screens {

/// Who leads, who is here, in which roles and since when; to hand over the lead, to say who comes and goes, and who
/// sits at this desk. Open beside the session: it follows what happens. Only where there is a way to act.
class PeopleDialog : public QDialog {
    Q_OBJECT
public:
    /// `commands` may go (the session ends): nothing can be sent then.
    explicit PeopleDialog(QPointer<story::CommandChannel> commands, QWidget* parent = nullptr);

    void show_moment(const story::Moment& moment);
    const story::PeopleView& view() const { return view_; }

signals:
    void desk_changed(); ///< other commands are offered now

private:
    const story::PersonLine* chosen() const;
    void fill();
    void fit_buttons();
    void hand_over();
    void join(const std::string& person);
    void act_as();
    void submit(const release::Command& command);

    QPointer<story::CommandChannel> commands_;
    story::PeopleView view_;
    bool sending_ = false;
    QLabel *lead_, *handed_over_, *ground_, *desk_, *why_, *refusal_;
    QTreeWidget* list_;
    QPushButton *hand_over_, *roles_, *leave_, *add_, *act_as_;
    QPointer<QDialog> asked_;
};

} // namespace sluice::screens
