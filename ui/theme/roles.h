#pragma once
#include <QWidget>

namespace sluice::theme {

/// What a widget is, for the style sheet: "panel", "bar", "title", "heading", "section", "dim", "warn", "breach",
/// "good"; buttons "primary", "danger". Cheap when nothing changes.
void set_role(QWidget* widget, const char* role);

} // namespace sluice::theme
