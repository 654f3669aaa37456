#pragma once
#include "host/paths.h"
#include "host/preflight.h"
#include "screens/connection_check.h"
#include "screens/latest_answer.h"
#include "screens/plan_reading.h"

#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QWidget>
#include <functional>
#include <optional>

class QAction;
class QCheckBox;
class QComboBox;
class QLineEdit;
class QScrollArea;

namespace sluice::screens {

class ConnectionList;
class OpeningChoice;
class PlanSteps;
class PlanTimeline;
class VariablesForm;

/// A plan before it starts: what it will do and when, at the earliest; what it wants to know; whether its window is
/// open and its connections answer; which opening of the calendar it is for; what is wrong with it.
///
/// The plan is read off the GUI thread. Connections are asked only when somebody presses the button: asking sends the
/// plan's credentials, and a plan that was merely opened must not.
class PlanPreview : public QWidget {
    Q_OBJECT
public:
    explicit PlanPreview(const host::Paths& paths, QWidget* parent = nullptr);
    ~PlanPreview() override;

    /// Reads the plan; until it is there the screen says so. The latest call wins.
    void show_plan(const QString& file, const plan::Scope& given = {}, const QString& variant = {});
    void leave(); ///< nothing of it is wanted any more

    const QString& file() const { return file_; }
    bool shown() const { return reading_.has_value(); } ///< the plan, or what is wrong with it, is on the screen
    bool can_rehearse() const;

    /// The values as they stand, those left empty not among them.
    plan::Scope values() const;
    QString variant() const; ///< the chosen way through the plan; empty = as it stands
    Nanos opening() const;   ///< of the calendar, that it is for; 0 = the next one, or none binds the plan
    double speed() const;    ///< of a rehearsal; 0 = as fast as it can
    void set_speed(double speed);
    /// Where a run keeps its second copy: a folder or a file; empty = none.
    QString copy() const;
    void set_copy(const QString& place);
    bool assumes_yes() const; ///< a rehearsal confirms, approves and decides by itself

    /// Puts on another way of reading plans; for tests.
    void set_reader(std::function<PlanReading(const std::string&)> reader) { reader_ = std::move(reader); }
    /// Another clock than the machine's; for tests.
    void set_clock(std::function<Nanos()> clock) { clock_ = std::move(clock); }

    /// Asks the calendar anew, as happens by itself every 20 s.
    void ask_window();

signals:
    void rehearse_asked();
    void run_asked();
    void back_asked();
    void loaded(); ///< the plan, or what is wrong with it, is on the screen

private:
    void build();
    QWidget* build_side();
    void make_actions();
    QAction* add(const QString& text, const QKeySequence& keys, std::function<void()> act);
    void take(const PlanReading& reading, const plan::Scope& given, const QString& variant);
    void offer_variants(const QString& chosen);
    void take_way();
    void refuse(const std::string& why);
    void show_diagnostics(const PlanReading& reading);
    void show_steps();
    void check();
    void show_window(const Result<host::Window>& window);
    void show_answer(const host::Window& window);
    void show_times(const host::Window& window);
    void test_connections();

    host::Paths paths_;
    QString file_;
    std::function<PlanReading(const std::string&)> reader_;
    std::function<Nanos()> clock_;
    LatestAnswer<PlanReading> asked_plan_;
    LatestAnswer<Result<host::Window>> asked_window_;
    std::optional<PlanReading> reading_;     ///< its plan: with the chosen variant
    std::shared_ptr<const plan::Plan> read_; ///< as it stands in the file
    std::optional<Nanos> t0_;                ///< where the calendar fixes it
    ConnectionCheck connection_check_;
    QTimer window_timer_;

    QLabel *title_, *below_, *problem_, *window_, *times_, *late_, *tested_;
    OpeningChoice* opening_;
    PlanTimeline* timeline_;
    PlanSteps* steps_;
    QWidget* form_place_;
    VariablesForm* form_ = nullptr;
    ConnectionList* connections_;
    QWidget *variant_part_, *window_part_, *connections_part_;
    QComboBox *speed_, *variant_;
    QCheckBox* assume_;
    QLineEdit* copy_;
    QPushButton *test_, *rehearse_, *run_;
    QAction *test_action_ = nullptr, *rehearse_action_ = nullptr, *run_action_ = nullptr, *opening_action_ = nullptr;
};

} // namespace sluice::screens
