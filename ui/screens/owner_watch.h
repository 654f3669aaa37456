#pragma once
#include "screens/latest_answer.h"

#include <QObject>
#include <QTimer>

namespace sluice::screens {

/// Whether the program that runs a session is still there: asked, off the GUI thread, when nothing has come from it for
/// a while. Quiet is no trouble by itself: a person may be awaited, and nothing measured.
class OwnerWatch : public QObject {
    Q_OBJECT
public:
    explicit OwnerWatch(std::function<bool()> owner_listens, QObject* parent = nullptr);

    void heard(); ///< something came: it is there
    void rest();  ///< the session is over: nobody needs to be there
    /// After so long without anything new it is asked; for tests.
    void set_patience(int ms);

signals:
    void gone(); ///< nobody listens; said again at each asking, until something comes

private:
    std::function<bool()> owner_listens_;
    LatestAnswer<bool> asked_;
    QTimer quiet_;
};

} // namespace sluice::screens
