#pragma once
#include "release/event.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <map>
#include <string>
#include <vector>

namespace sluice::screens {

/// Asks for a person, and for roles: which he has here, or which one he takes. Somebody who is known has those that he
/// holds already.
class PersonDialog : public QDialog {
    Q_OBJECT
public:
    enum class Takes { roles, one_role_or_none };
    struct Words {
        QString title, tip, done;
    };
    /// `known`: names, with the roles that they hold. `roles`: all that there are.
    PersonDialog(const Words& words, Takes takes, std::map<std::string, std::vector<std::string>> known,
                 const std::vector<std::string>& roles, const std::string& person, QWidget* parent = nullptr);

    /// Of one who takes one role: which stands there at first. Nothing where the person can't take it.
    void choose_role(const std::string& role);

    std::string person() const;
    std::vector<std::string> roles() const; ///< chosen

private:
    void fit_person();
    void check();

    Takes takes_;
    std::map<std::string, std::vector<std::string>> known_;
    std::vector<std::string> all_roles_;
    QComboBox* person_;
    QComboBox* role_ = nullptr; ///< where one is taken
    std::vector<QCheckBox*> boxes_;
    bool filled_ = false; ///< the boxes are ticked as somebody who is known holds them
    QPushButton* done_;
};

} // namespace sluice::screens
