#pragma once
#include <QIcon>

namespace sluice::screens {

/// The program's icon, drawn from the SVG in it in the sizes that windows and task bars ask for.
QIcon program_icon();

} // namespace sluice::screens
