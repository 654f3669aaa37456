#include "theme/apply.h"

namespace sluice::theme {

// A property selector, since class names would tie the theme to the panels.
QString style_sheet(Scheme scheme) {
    const Tokens& t = tokens(scheme);
    QString sheet = R"(
* { outline: none; }
QMainWindow, QDialog { background: @background; }
QWidget[role="panel"] { background: @panel; border: 1px solid @line; border-radius: 8px; }
QWidget[role="panel"][tone="warn"] { border-color: @warn; }
QWidget[role="panel"][tone="breach"] { border-color: @breach; }
QWidget[role="panel"][tone="good"] { border-color: @green; }
QWidget[role="bar"] { background: @panel; }
QFrame[role="line"] { background: @line; border: none; }
QLabel[role="title"] { font-size: 18px; font-weight: 700; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="section"] { color: @dim; font-size: 11px; font-weight: 600; }
QLabel[role="dim"] { color: @dim; }
QLabel[role="warn"] { color: @warn; }
QLabel[role="replay"] { color: @warn; font-size: 14px; font-weight: 700; }
QLabel[role="badge"] { background: @warn; color: @background; border-radius: 4px; font-size: 15px; font-weight: 700; }
QLabel[role="breach"] { color: @breach; }
QLabel[role="good"] { color: @green; }
QLabel[role="accent"] { color: @accent; }
QLabel[figures="true"] { font-family: "JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono"; }
QLabel[strong="true"] { font-weight: 600; }
QLabel[large="true"] { font-size: 15px; }
QPushButton, QToolButton { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 7px 14px; font-weight: 600; }
QPushButton:hover, QToolButton:hover { border-color: @dim; }
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QAbstractItemView:focus { border: 1px solid @accent; }
QPushButton:disabled { color: @dim; }
QPushButton[role="primary"] { background: @accent; color: @onaccent; border-color: @accent; }
QPushButton[role="primary"]:disabled { background: @raised; color: @dim; border-color: @line; }
QPushButton[role="danger"] { background: transparent; color: @breach; border-color: @breach; }
QPushButton[role="danger"]:disabled { color: @dim; border-color: @line; }
QFileDialog QToolButton { padding: 3px; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox { background: @raised; color: @text; border: 1px solid @line; border-radius: 6px; padding: 5px 8px; selection-background-color: @accent; selection-color: @onaccent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/marks/chevron.svg); width: 12px; height: 12px; }
QCheckBox::indicator { width: 14px; height: 14px; background: @raised; border: 1px solid @dim; border-radius: 4px; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/marks/tick-@scheme.svg); }
QCheckBox::indicator:disabled { border-color: @line; }
QCheckBox:focus { color: @accent; }
QPlainTextEdit[role="code"] { font-family: "JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono"; font-size: 12px; border-color: @raised; }
QPlainTextEdit[role="code"]:focus { border-color: @accent; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }
QAbstractItemView { background: transparent; color: @text; border: 1px solid transparent; selection-background-color: @raised; selection-color: @text; }
QHeaderView::section { background: transparent; color: @dim; border: none; border-bottom: 1px solid @line; padding: 4px 6px; font-size: 11px; }
QTableView[role="cells"] QHeaderView::section { padding: 0 3px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px; }
QMenu { background: @panel; color: @text; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 6px 20px; border-radius: 4px; }
QMenu::item:selected { background: @raised; }
QMenu::item:disabled { color: @dim; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @line; border-radius: 4px; min-height: 24px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @line; border-radius: 4px; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @line; }
)";
    const std::pair<const char*, QColor> names[] = {
        {"@background", t.background}, {"@panel", t.panel}, {"@raised", t.raised}, {"@line", t.line},
        {"@onaccent", t.on_accent},    {"@text", t.text},   {"@dim", t.dim},       {"@warn", t.warn},
        {"@breach", t.breach},         {"@green", t.green}, {"@accent", t.accent}};
    for (const auto& [name, colour] : names) {
        sheet.replace(name, colour.name());
    }
    return sheet.replace(QStringLiteral("@scheme"),
                         scheme == Scheme::dark ? QStringLiteral("dark") : QStringLiteral("light"));
}

} // namespace sluice::theme
