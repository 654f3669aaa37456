#pragma once
#include "release/state.h"
#include "report/sheet.h"

class QWidget;

namespace sluice::screens {

/// The break-glass sheet as of now, in a window of its own beside `parent`: to be read, copied or saved. It stays as it
/// was when it was asked for. A run keeps the same beside its session (host/kept_files.h).
void show_sheet(QWidget& parent, const release::Release& release, const report::SheetPlace& place);

} // namespace sluice::screens
