#pragma once
#include "engine/connection_tests.h"
#include "plan/model.h"

#include <QLabel>
#include <QWidget>
#include <map>

class QGridLayout;

namespace sluice::screens {

/// The connections of a plan, each with what it answered when it was tested last.
class ConnectionList : public QWidget {
    Q_OBJECT
public:
    explicit ConnectionList(QWidget* parent = nullptr);

    void show_plan(const plan::Plan& plan); ///< nothing is tested yet
    void begin();                           ///< every one is being asked
    void show_answer(const engine::ConnectionAnswer& answer);
    void forget(); ///< what was answered does not count any more: the values have changed

    bool empty() const { return rows_.empty(); }
    QString verdict() const; ///< "5 answer, 1 does not"; empty while nothing was tested

private:
    struct Row {
        QLabel *mark, *name, *answer;
        std::optional<engine::ConnectionAnswer::Level> level;
    };
    void say(Row& row, const QString& mark, const char* role, const QString& answer, const QString& tip);
    QGridLayout* grid_ = nullptr;
    QWidget* body_ = nullptr;
    std::map<std::string, Row> rows_;
};

} // namespace sluice::screens
