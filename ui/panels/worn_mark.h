#pragma once
#include "theme/marks.h"

class QMessageBox;

namespace sluice::panels {

/// The box shows one of the program's own marks, in its colour, where Qt has an icon of its own.
void wear_mark(QMessageBox& box, theme::Mark mark);

} // namespace sluice::panels
