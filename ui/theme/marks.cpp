#include "theme/marks.h"

namespace sluice::theme {

QString glyph(Mark mark) {
    switch (mark) {
    case Mark::holds:
        return QStringLiteral("✓");
    case Mark::close:
        return QStringLiteral("△");
    case Mark::breached:
        return QStringLiteral("✕");
    case Mark::no_data:
        return QStringLiteral("?");
    case Mark::source_error:
        return QStringLiteral("!");
    case Mark::paused:
        return QStringLiteral("❚❚");
    case Mark::to_come:
        return QStringLiteral("○");
    case Mark::running:
        return QStringLiteral("▸");
    case Mark::skipped:
        return QStringLiteral("–");
    }
    return {};
}

QColor colour(Mark mark) {
    const Tokens& t = tokens();
    switch (mark) {
    case Mark::holds:
        return t.green;
    case Mark::close:
    case Mark::source_error:
    case Mark::paused:
        return t.warn;
    case Mark::breached:
        return t.breach;
    case Mark::running:
        return t.accent;
    case Mark::no_data:
        return t.warn;
    case Mark::to_come:
    case Mark::skipped:
        return t.dim;
    }
    return t.text;
}

} // namespace sluice::theme
