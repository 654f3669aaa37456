#pragma once
#include <QColor>
#include <QFont>
#include <QPalette>

/// Colours, type and measures (DESIGN.md, "Screens"). All that is drawn takes its colours from here or from the
/// palette.
namespace sluice::theme {

enum class Scheme { dark, light };

struct Tokens {
    QColor background, panel, raised, line, text, dim, blue, green, warn, breach, unknown, accent, danger;
    QColor on_danger; ///< text on danger
    QColor on_arm;    ///< text on an arm's colour (blue, green)
    QColor on_accent; ///< text on accent
};

const Tokens& tokens(Scheme scheme);

/// Of the running program. Set by `apply` (theme/apply.h) only; widgets read it while they paint.
Scheme current();
inline const Tokens& tokens() {
    return tokens(current());
}

/// An arm's colour by its place in the plan: blue, green, then accent, warn.
QColor arm_colour(int place);
/// Arms differ in line style as well: solid, dashed, dotted, dash-dotted.
Qt::PenStyle arm_line(int place);

/// (L1 + 0.05) / (L2 + 0.05) of relative luminances: WCAG 2.1, "contrast ratio". 1 to 21.
double contrast(const QColor& one, const QColor& other);

constexpr int grid = 4; ///< pixels; every gap is a multiple

/// Inter, in pixels; 13 is the text of panels.
QFont text_font(int pixels = 13, QFont::Weight weight = QFont::Normal);
/// JetBrains Mono: figures, times, commands.
QFont figure_font(int pixels = 13, QFont::Weight weight = QFont::Normal);

} // namespace sluice::theme
