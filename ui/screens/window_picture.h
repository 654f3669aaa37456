#pragma once
#include "base/result.h"
#include "host/session_host.h"
#include "screens/snapshot.h"

namespace sluice::screens {

/// `sluice --snapshot` of what is there without a session: the start screen, or the preview of the plan that
/// `wish.session` names. Errors: the picture can't be written.
Result<void> take_window_picture(QApplication& application, const SnapshotWish& wish,
                                 const host::StartOptions& defaults);

} // namespace sluice::screens
