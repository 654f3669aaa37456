#pragma once
#include "base/result.h"
#include "host/paths.h"
#include "theme/tokens.h"

#include <QSize>
#include <QString>
#include <QStringList>
#include <map>
#include <optional>
#include <string>

class QApplication;

namespace sluice::screens {

/// `sluice --snapshot`: a picture, or the text, of a screen as of a moment of a recorded session.
struct SnapshotWish {
    QString session;   ///< of `plan` the plan, of `manual` the page
    QString picture;   ///< PNG; may be empty when only text is wanted
    bool text = false; ///< print everything that the screen says
    /// Empty: what `sluice SESSION` shows, which is a replay where the session is over or `at` is of the past |
    /// cockpit, as its lead had it then, with what acted then | people: over it | war-room | replay | sources, lag:
    /// over what `sluice SESSION` shows | start, plan, manual show what needs no session
    QString view;
    std::map<std::string, std::string> values; ///< of the plan that is shown
    QString variant;                           ///< the way through it; empty = as it stands
    host::Paths paths;                         ///< of `start`
    std::string step;                          ///< its card, as if it had been picked; empty = the current one
    QStringList charts;                        ///< of the cockpit or the wall, from the first (story/chart_choice.h)
    std::string at;                            ///< "T+00:42:13"; empty = the last moment
    QSize size{1600, 1000};
    double ratio = 1; ///< device pixels a pixel
    theme::Scheme scheme = theme::Scheme::dark;
};

/// Errors: the session can't be read, the time is none, the picture can't be written.
Result<void> take_snapshot(QApplication& application, const SnapshotWish& wish);

} // namespace sluice::screens
