#include "theme/tokens.h"

#include "theme/apply.h"

#include <QApplication>
#include <array>
#include <cmath>

namespace sluice::theme {
namespace {

const Tokens dark{QColor("#12161c"), QColor("#1a2028"), QColor("#222a34"), QColor("#2c3642"),
                  QColor("#e6ebf1"), QColor("#94a1b2"), QColor("#5aa2ff"), QColor("#3ecf8e"),
                  QColor("#f5b544"), QColor("#ff5d6c"), QColor("#8c98a8"), QColor("#8fb8ff"),
                  QColor("#d92f45"), QColor("#ffffff"), QColor("#0d1218"), QColor("#0d1218")};
const Tokens light{QColor("#f3f5f8"), QColor("#ffffff"), QColor("#f0f3f7"), QColor("#d8dee7"),
                   QColor("#18202b"), QColor("#566375"), QColor("#1b66cf"), QColor("#0a7a4c"),
                   QColor("#8f5800"), QColor("#cc2238"), QColor("#5f6b7b"), QColor("#1f5fc4"),
                   QColor("#cc2238"), QColor("#ffffff"), QColor("#ffffff"), QColor("#ffffff")};

Scheme scheme_now = Scheme::dark;

double luminance(const QColor& colour) {
    const auto part = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
}

QFont font_of(const QStringList& families, int pixels, QFont::Weight weight) {
    QFont font;
    font.setFamilies(families);
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

} // namespace

const Tokens& tokens(Scheme scheme) {
    return scheme == Scheme::dark ? dark : light;
}

Scheme current() {
    return scheme_now;
}

QColor arm_colour(int place) {
    const Tokens& t = tokens();
    const std::array colours{t.blue, t.green, t.accent, t.warn};
    return colours.at(static_cast<std::size_t>(place) % colours.size());
}

Qt::PenStyle arm_line(int place) {
    constexpr std::array styles{Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    return styles.at(static_cast<std::size_t>(place) % styles.size());
}

double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

QFont text_font(int pixels, QFont::Weight weight) {
    return font_of({"Inter", "Noto Sans", "DejaVu Sans"}, pixels, weight);
}

QFont figure_font(int pixels, QFont::Weight weight) {
    return font_of({"JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono"}, pixels, weight);
}

void apply(QApplication& application, Scheme scheme) {
    scheme_now = scheme;
    const Tokens& t = tokens();
    QPalette palette;
    palette.setColor(QPalette::Window, t.background);
    palette.setColor(QPalette::WindowText, t.text);
    palette.setColor(QPalette::Base, t.panel);
    palette.setColor(QPalette::AlternateBase, t.raised);
    palette.setColor(QPalette::Text, t.text);
    palette.setColor(QPalette::PlaceholderText, t.dim);
    palette.setColor(QPalette::Button, t.raised);
    palette.setColor(QPalette::ButtonText, t.text);
    palette.setColor(QPalette::BrightText, t.on_danger);
    palette.setColor(QPalette::ToolTipBase, t.raised);
    palette.setColor(QPalette::ToolTipText, t.text);
    palette.setColor(QPalette::Highlight, t.accent);
    palette.setColor(QPalette::HighlightedText, t.on_accent);
    palette.setColor(QPalette::Link, t.accent);
    palette.setColor(QPalette::Light, t.raised);
    palette.setColor(QPalette::Mid, t.line);
    palette.setColor(QPalette::Midlight, t.raised);
    palette.setColor(QPalette::Dark, t.line);
    palette.setColor(QPalette::Shadow, t.background);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, t.dim);
    }
    application.setPalette(palette);
    application.setFont(text_font());
    application.setStyleSheet(style_sheet(scheme));
}

} // namespace sluice::theme
