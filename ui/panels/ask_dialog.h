#pragma once
#include "story/card_offer.h"

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>

namespace sluice::panels {

/// Asks for what a deed needs: a reason, evidence, a note, and which gate or option. Can't be accepted without what
/// must be given; what is dangerous is not done by Enter.
class AskDialog : public QDialog {
    Q_OBJECT
public:
    AskDialog(const QString& step, const story::Offer& offer, QWidget* parent = nullptr);
    story::Given given() const;

private:
    void check();

    bool needed_ = false;
    std::vector<story::Subject> subjects_;
    QComboBox* subject_ = nullptr;
    QLineEdit* person_ = nullptr; ///< null where no name is asked for
    QLineEdit* text_ = nullptr;
    QPushButton* done_ = nullptr;
};

} // namespace sluice::panels
