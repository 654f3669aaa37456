#include "panels/split_bar.h"

#include "panels/painted_text.h"
#include "theme/tokens.h"

#include <QPainter>
#include <QPainterPath>
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

void paint_arm(QPainter& painter, const QRectF& part, const story::ArmShare& arm) {
    painter.setPen(theme::tokens().on_arm);
    const QString weight = SplitBar::tr("%1 %").arg(arm.weight);
    const QString who = arm.version.isEmpty() ? arm.name : arm.name + u' ' + arm.version;
    const QFont large = theme::text_font(18, QFont::Bold);
    const QFont small = theme::text_font(11, QFont::DemiBold);
    const double weight_width = QFontMetricsF(large).horizontalAdvance(weight);
    const QRectF inside = part.adjusted(std::min<double>(arm_pad, (part.width() - weight_width) / 2), 0, -arm_pad, 0);
    if (part.width() < weight_width + 4) {
        return; // too narrow for words: the slider's scale and the other part say it
    }
    painter.setFont(large);
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip, weight);
    for (const QString& text : {who, arm.name}) {
        if (weight_width + arm_pad + QFontMetricsF(small).horizontalAdvance(text) <= inside.width()) {
            painter.setFont(small);
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
    double left = 0;
    for (const auto& arm : arms_) {
        const double right = left + width() * arm.weight / 100.0;
        const QRectF part(std::round(left), 0, std::round(right) - std::round(left), height());
        if (part.width() > 0) {
            painter.fillRect(part, theme::arm_colour(arm.place));
            paint_arm(painter, part, arm);
        }
        left = right;
    }
}

} // namespace sluice::panels
