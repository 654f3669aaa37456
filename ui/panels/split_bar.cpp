#include "panels/split_bar.h"

#include "panels/painted_text.h"
#include "theme/tokens.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace sluice::panels {
namespace {

constexpr int arm_pad = 12;

QString split_words(const std::vector<story::ArmShare>& arms) {
    QStringList parts;
    for (const auto& arm : arms) {
        parts << SplitBar::tr("%1 %2 %").arg(arm.name).arg(arm.weight);
    }
    return SplitBar::tr("Commanded split: %1").arg(parts.join(QStringLiteral(", ")));
}

/// The words of one arm, in its part of the bar.
struct ArmWords {
    explicit ArmWords(const story::ArmShare& arm)
        : weight(SplitBar::tr("%1 %").arg(arm.weight)), name(arm.name),
          who(arm.version.isEmpty() ? arm.name : arm.name + u' ' + arm.version),
          weight_width(QFontMetricsF(large).horizontalAdvance(weight)),
          who_width(QFontMetricsF(small).horizontalAdvance(who)) {}

    /// Under each other they fit, beside each other they don't.
    bool wants_two_lines(double width) const {
        return weight_width + arm_pad + who_width > width - 2 * arm_pad && who_width <= width - 2 * arm_pad;
    }

    QFont large = theme::text_font(18, QFont::Bold), small = theme::text_font(11, QFont::DemiBold);
    QString weight, name, who;
    double weight_width, who_width;
};

void paint_arm(QPainter& painter, const QRectF& part, const ArmWords& words, bool two_lines) {
    painter.setPen(theme::tokens().on_arm);
    const QRectF inside =
        part.adjusted(std::min<double>(arm_pad, (part.width() - words.weight_width) / 2), 0, -arm_pad, 0);
    if (part.width() < words.weight_width + 4) {
        return; // too narrow for words: the slider's scale and the other part say it
    }
    painter.setFont(words.large);
    if (two_lines && words.who_width <= inside.width()) {
        const double middle = part.center().y();
        painter.drawText(QRectF(inside.left(), middle - 23, inside.width(), 26), Qt::AlignVCenter | Qt::AlignLeft,
                         words.weight);
        painter.setFont(words.small);
        painter.drawText(QRectF(inside.left(), middle + 2, inside.width(), 18), Qt::AlignVCenter | Qt::AlignLeft,
                         words.who);
        return;
    }
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip, words.weight);
    painter.setFont(words.small);
    for (const QString& text : {words.who, words.name}) {
        if (words.weight_width + arm_pad + painter.fontMetrics().horizontalAdvance(text) <= inside.width()) {
            painter.drawText(inside, Qt::AlignVCenter | Qt::AlignRight, text);
            return;
        }
    }
}

} // namespace

SplitBar::SplitBar(QWidget* parent) : QWidget(parent) {
    read_as_text(*this);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SplitBar::show_arms(const std::vector<story::ArmShare>& arms) {
    if (arms == arms_) {
        return;
    }
    arms_ = arms;
    setAccessibleName(split_words(arms_));
    setToolTip(accessibleName());
    update();
}

void SplitBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath round;
    round.addRoundedRect(rect(), 6, 6);
    painter.setClipPath(round);
    // All arms alike: on two lines as soon as one of them needs it, rather than without its version.
    const bool two_lines = std::any_of(arms_.begin(), arms_.end(), [&](const auto& arm) {
        return ArmWords(arm).wants_two_lines(width() * arm.weight / 100.0);
    });
    double left = 0;
    for (const auto& arm : arms_) {
        const double right = left + width() * arm.weight / 100.0;
        const QRectF part(std::round(left), 0, std::round(right) - std::round(left), height());
        if (part.width() > 0) {
            painter.fillRect(part, theme::arm_colour(arm.place));
            paint_arm(painter, part, ArmWords(arm), two_lines);
        }
        left = right;
    }
}

} // namespace sluice::panels
