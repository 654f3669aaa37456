#pragma once
#include "story/card_offer.h"

#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>
#include <vector>

namespace sluice::panels {

/// Asks for what a deed needs: a reason, evidence, a note, which gate or option, and what the step gave. Can't be
/// accepted without what must be given; what is dangerous is not done by Enter.
class AskDialog : public QDialog {
    Q_OBJECT
public:
    AskDialog(const QString& step, const story::Offer& offer, QWidget* parent = nullptr);
    story::Given given() const;

private:
    void check();

    struct Output {
        std::string name;
        QLineEdit* value = nullptr;
        bool needed = false;
    };

    bool needed_ = false;
    std::vector<story::Subject> subjects_;
    QComboBox* subject_ = nullptr;
    QLineEdit* person_ = nullptr; ///< null where no name is asked for
    std::vector<Output> outputs_; ///< what the step gave, as a person says it
    QLineEdit* text_ = nullptr;
    QPushButton* done_ = nullptr;
};

} // namespace sluice::panels
