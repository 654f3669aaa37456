#include "panels/elided_text.h"

#include "panels/painted_text.h"
#include "theme/tokens.h"

#include <QFontMetrics>
#include <QPainter>
#include <QTextDocument>

namespace sluice::panels {

ElidedText::ElidedText(const QFont& font, Tone tone, QWidget* parent) : QWidget(parent), tone_(tone) {
    read_as_text(*this);
    setFont(font);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedText::set_text(const QString& text) {
    if (text == text_) {
        return;
    }
    const int before = sizeHint().width();
    text_ = text;
    setAccessibleName(text);
    if (reserved_ == 0 && sizeHint().width() != before) {
        updateGeometry();
    }
    set_tip();
    update();
}

void ElidedText::set_tone(Tone tone) {
    if (tone != tone_) {
        tone_ = tone;
        update();
    }
}

void ElidedText::reserve(const QString& longest) {
    reserved_ = QFontMetrics(font()).horizontalAdvance(longest) + 2;
    updateGeometry();
}

QSize ElidedText::sizeHint() const {
    const QFontMetrics metrics(font());
    return {reserved_ != 0 ? reserved_ : metrics.horizontalAdvance(text_) + 2, metrics.height()};
}

QSize ElidedText::minimumSizeHint() const {
    return {reserved_ != 0 ? reserved_ : 24, QFontMetrics(font()).height()};
}

void ElidedText::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(font());
    const auto& t = theme::tokens();
    painter.setPen(tone_ == Tone::plain ? t.text : tone_ == Tone::dim ? t.dim : t.breach);
    painter.drawText(rect(), static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                     QFontMetrics(font()).elidedText(text_, Qt::ElideRight, width()));
}

void ElidedText::resizeEvent(QResizeEvent*) {
    set_tip();
}

void ElidedText::set_tip() {
    const bool cut = QFontMetrics(font()).horizontalAdvance(text_) > width();
    const QString tip = !cut ? QString() : Qt::mightBeRichText(text_) ? Qt::convertFromPlainText(text_) : text_;
    if (toolTip() != tip) {
        setToolTip(tip);
    }
}

} // namespace sluice::panels
