#pragma once
#include "plan/condition.h"

#include <QString>
#include <QStringList>

/// What the program remembers from one time to the next, beside the looks of its windows: kept with its settings.
namespace sluice::screens {

/// The plans, and the sessions, that were opened last; newest first, at most twelve, as whole paths.
QStringList remembered_plans();
QStringList remembered_sessions();
void remember_plan(const QString& file);
void remember_session(const QString& file);
void forget_plan(const QString& file);
void forget_session(const QString& file);

/// What a plan was filled in with last; a secret is only its reference.
plan::Scope remembered_values(const QString& plan);
void remember_values(const QString& plan, const plan::Scope& values);
QString remembered_variant(const QString& plan); ///< the way that was taken last; empty = as it stands
void remember_variant(const QString& plan, const QString& variant);

/// What was chosen for the charts of a plan's sessions, and for the tiles of the wall: its next session shows the same.
enum class ChosenOn { cockpit, wall };
QStringList remembered_charts(ChosenOn where, const QString& plan_id);
void remember_charts(ChosenOn where, const QString& plan_id, const QStringList& chosen);

/// The session that is at work in this program, so that its next start can offer to go on with it.
struct OpenSession {
    QString file;
    bool rehearsal = false; ///< ends with the program that runs it
};
OpenSession open_session_before(); ///< `file` empty = none
void remember_open_session(const OpenSession& session);
void forget_open_session();

} // namespace sluice::screens
