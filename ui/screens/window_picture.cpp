#include "screens/window_picture.h"

#include "screens/cockpit_window.h"
#include "theme/apply.h"

#include <QApplication>
#include <QEventLoop>
#include <QTimer>

namespace sluice::screens {
namespace {

constexpr int settle_ms = 1200; ///< recent sessions and plans are read off the GUI thread, and nobody says when all are

} // namespace

Result<void> take_window_picture(QApplication& application, const SnapshotWish& wish,
                                 const host::StartOptions& defaults) {
    CockpitWindow window(defaults);
    theme::apply(application, wish.scheme); // whatever is set for the person who runs it
    window.setAttribute(Qt::WA_DontShowOnScreen);
    window.resize(wish.size);
    window.show();
    if (!wish.session.isEmpty()) {
        window.open(wish.session);
    }
    QEventLoop loop;
    QTimer::singleShot(settle_ms, &loop, &QEventLoop::quit);
    loop.exec();
    return save_picture(window, wish);
}

} // namespace sluice::screens
