#pragma once
#include "theme/tokens.h"

class QApplication;

namespace sluice::theme {

/// Puts palette, font and style of a scheme on the whole program; at any time, from the GUI thread. Widgets that paint
/// with tokens repaint by themselves, since a palette change reaches all of them.
void apply(QApplication& application, Scheme scheme);

/// What Fusion needs told: buttons, fields, tables, menus. Roles of widgets are given by the property `role`
/// (theme/roles.h).
QString style_sheet(Scheme scheme);

} // namespace sluice::theme
