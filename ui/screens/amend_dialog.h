#pragma once
#include "plan/model.h"
#include "screens/latest_answer.h"
#include "story/command_channel.h"

#include <QCheckBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QStringList>
#include <functional>
#include <memory>
#include <string>

namespace sluice::screens {

/// Another text of the plan for a release that is under way (core/release/decide_amend.cpp): what differs, then a
/// reason, then it is sent. What the release refuses is said here, and nothing is lost.
class AmendDialog : public QDialog {
    Q_OBJECT
public:
    /// What the new plan costs: holds at work, with how long they have held, and baselines that count no more.
    struct Cost {
        QStringList holds, baselines;
    };
    using Lost = std::function<Cost(const plan::Plan& after)>;

    /// `before`: the plan as it is followed now. `commands` may go (the session ends): nothing can be sent then. `lost`
    /// is asked each time a file was read.
    /// `glass`: the policy lets somebody change also what others would have to approve first.
    AmendDialog(std::shared_ptr<const plan::Plan> before, QPointer<story::CommandChannel> commands, Lost lost,
                bool glass, QWidget* parent = nullptr);

    void read(const QString& file); ///< off the GUI thread

private:
    struct Found {
        release::Amend command;                  ///< but for the reason
        std::shared_ptr<const plan::Plan> after; ///< null where it does not load
        std::string diff, trouble;
        QStringList changes;
    };
    static Found look(const plan::Plan& before, const std::string& file);
    void take(const Found& found);
    void check();
    void send();

    std::shared_ptr<const plan::Plan> before_;
    QPointer<story::CommandChannel> commands_;
    Lost lost_;
    LatestAnswer<Found> asked_;
    Found found_;
    bool sent_ = false;
    QLabel *file_, *changes_, *anew_, *told_;
    QPlainTextEdit* diff_;
    QLineEdit* reason_;
    QCheckBox* glass_;
    QPushButton* amend_;
};

} // namespace sluice::screens
