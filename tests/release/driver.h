#pragma once
/// Drives a release without an engine: submits commands, folds what they lead to, lets time pass as the engine does.
#include "release/decide.h"

#include <QString>
#include <string>
#include <vector>

namespace sluice::release::drill {

/// A plan's head that all small plans share; `rest` adds phases, rollback, calendar.
std::string plan_with(const std::string& rest);

inline const Actor lead{"lena", "lead"};
inline const Actor engine{"engine", ""};

/// The events of one kind, in order.
template <typename Kind>
std::vector<Kind> all(const std::vector<Event>& log) {
    std::vector<Kind> found;
    for (const auto& event : log) {
        if (const auto* body = std::get_if<Kind>(&event.body)) {
            found.push_back(*body);
        }
    }
    return found;
}

class Driver {
public:
    /// Opens a session of the plan; throws with the diagnostics when the plan does not load.
    explicit Driver(const std::string& plan, std::map<std::string, std::string> variables = {{"ramp", "true"}},
                    Nanos start = seconds(1'767'600'000), // Monday 2026-01-05T08:00Z
                    const People& people = {});

    /// Opens this session.
    explicit Driver(const SessionOpened& session, Nanos start = seconds(1'767'600'000));

    /// Empty when accepted, else why not.
    std::string submit(const Command& command, const Actor& by = lead);
    /// Gives a Tick whenever one is due, and stands `length` later.
    void pass(Nanos length);
    void tick(std::map<std::string, double> latest = {});

    // What effects and probes would tell. Each is of the step's current attempt.
    std::string prepare(const StepId& step, const std::string& target = "", Json desired = nullptr);
    std::string settle(const StepId& step, bool succeeded, bool repeat = false);
    std::string answer(const StepId& step, bool met, bool last = false, const std::string& why = "");
    /// Prepares and settles.
    void done(const StepId& step, Json desired = nullptr);
    void gate(const StepId& step, const std::string& gate, const std::string& verdict, const std::string& arm = "");
    void trigger(const std::string& trigger, const std::string& truth, const std::string& arm = "");

    QString status(const StepId& step) const;
    QString why(const StepId& step) const;
    QString trigger_state(const std::string& key) const;
    double held(const StepId& step) const; ///< seconds
    OperationId operation(const StepId& step) const;
    /// "step-started first, step-finished first": the last batch, by type and subject.
    QString last() const;
    int count(const std::string& type) const;

    template <typename Kind>
    std::vector<Kind> all() const {
        return drill::all<Kind>(log);
    }

    Release release;
    Nanos now;
    std::vector<Event> log;

private:
    std::size_t batch_ = 0; ///< where the last batch begins in the log
};

/// What `apply` makes of the log read back from its JSON; the text is the canonical state.
std::string replayed(const std::vector<Event>& log);
std::string state_text(const Release& release);

/// Phases, and what stands beside them, of the small plan.
Driver whole(const std::string& rest);

/// One phase with these steps.
Driver steps(const std::string& list, std::map<std::string, std::string> variables = {{"ramp", "true"}});

} // namespace sluice::release::drill
