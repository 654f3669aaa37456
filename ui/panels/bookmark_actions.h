#pragma once
#include "session/bookmarks.h"
#include "session/time_controller.h"

#include <QAction>
#include <QPointer>
#include <QWidget>
#include <functional>

class QInputDialog;

namespace sluice::panels {

/// M marks the moment that is looked at and asks for a name, Shift+M removes it, , and . go to the one before and
/// after.
class BookmarkActions : public QObject {
    Q_OBJECT
public:
    /// The actions become `owner`'s. `clock` says how a moment is called.
    BookmarkActions(session::TimeController& time, QWidget& owner, std::function<QString(Nanos)> clock);

    /// What is known of them; also after another has changed them.
    void show_bookmarks(const session::Bookmarks& bookmarks) { bookmarks_ = bookmarks; }
    const session::Bookmarks& bookmarks() const { return bookmarks_; }
    QList<QAction*> actions() const { return actions_; }
    /// A bookmark within a second of the cursor.
    const session::Bookmark* here() const;

signals:
    void changed(); ///< they are to be kept
    void moved();   ///< the cursor stands at another moment
    void refused(const QString& why);

private:
    QAction* add(const QString& text, const QKeySequence& key, std::function<void()> act);
    void ask();
    void go(std::optional<Nanos> to, const QString& none);

    session::TimeController& time_;
    QWidget& owner_;
    std::function<QString(Nanos)> clock_;
    session::Bookmarks bookmarks_;
    QList<QAction*> actions_;
    QPointer<QInputDialog> asked_;
};

} // namespace sluice::panels
