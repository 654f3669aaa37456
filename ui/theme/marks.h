#pragma once
#include "theme/tokens.h"

#include <QString>

namespace sluice::theme {

/// State by shape, word and colour, never by colour alone (DESIGN.md, "Screens").
enum class Mark { holds, close, breached, no_data, source_error, paused, to_come, running, skipped };

/// "✓", "△", "✕", "?", "!", "❚❚", "○", "▸", "–".
QString glyph(Mark mark);
QColor colour(Mark mark);

} // namespace sluice::theme
