#pragma once
#include "host/paths.h"

#include <QListWidget>
#include <QWidget>

namespace sluice::screens {

/// What one meets without a session: open, and what was open before.
class StartScreen : public QWidget {
    Q_OBJECT
public:
    explicit StartScreen(const host::Paths& paths, QWidget* parent = nullptr);

    /// Plans that were rehearsed or run, and the newest sessions. Looks at folders: called when the screen is shown.
    void refresh();

signals:
    void open_asked();                     ///< choose a file
    void plan_chosen(const QString& file); ///< show it before anything starts
    void session_chosen(const QString& file);

private:
    host::Paths paths_;
    QListWidget* plans_;
    QListWidget* sessions_;
};

/// The plans opened last, newest first, at most ten; kept with the window's settings.
QStringList recent_plans();
void remember_plan(const QString& file);

} // namespace sluice::screens
