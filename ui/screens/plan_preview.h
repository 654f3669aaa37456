#pragma once
#include "host/rehearsal.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>
#include <map>
#include <optional>

class QComboBox;
class QDoubleSpinBox;
class QTreeWidget;

namespace sluice::screens {

/// A plan before it starts: what it will do and how long that takes as planned, what it wants to know, what is wrong.
class PlanPreview : public QWidget {
    Q_OBJECT
public:
    explicit PlanPreview(QWidget* parent = nullptr);

    /// Reads the plan; its errors are shown where its steps would be.
    void show_plan(const QString& file, const std::map<std::string, std::string>& given = {});

    /// The values as they stand, those left empty not among them.
    std::map<std::string, std::string> values() const;
    double speed() const; ///< of a rehearsal; 0 = as fast as it can

signals:
    void rehearse_asked();
    void run_asked();
    void back_asked();

private:
    void show_steps(const plan::Plan& plan);
    void ask_variables(const plan::Plan& plan, const std::map<std::string, std::string>& given);
    void check();

    QString file_;
    std::optional<plan::Plan> plan_;
    QLabel *title_, *below_, *problem_;
    QTreeWidget* steps_;
    QWidget* form_ = nullptr;
    QWidget* form_place_;
    std::map<std::string, QWidget*> fields_;
    QComboBox* speed_;
    QPushButton *rehearse_, *run_;
};

} // namespace sluice::screens
