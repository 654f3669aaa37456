#pragma once
#include "plan/model.h"

#include <QLabel>
#include <QWidget>
#include <map>
#include <vector>

namespace sluice::screens {

/// A plan's variables to fill in, by their types; what is wrong with one stands below it.
class VariablesForm : public QWidget {
    Q_OBJECT
public:
    /// Fields begin with what is given, else with the default.
    VariablesForm(const plan::Plan& plan, const plan::Scope& given, QWidget* parent = nullptr);

    /// As they stand; those left empty are not among them.
    plan::Scope values() const;

    /// By the variable's name (`Error::where`). What names no field here is given back.
    std::vector<Error> show_errors(const std::vector<Error>& errors);

    void focus_first_wrong();

signals:
    void changed();

private:
    struct Field {
        std::string name;
        QWidget* input = nullptr;
        QLabel* wrong = nullptr;
    };
    void add(const plan::Variable& variable, const QString& value);
    std::vector<Field> fields_;
};

} // namespace sluice::screens
