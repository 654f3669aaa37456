#include "panels/source_ages.h"

#include "panels/mark_of.h"
#include "panels/painted_text.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace sluice::panels {
namespace {

constexpr int source_row = 17;
constexpr int source_text_at = 16;

QString source_text(const story::SourceLine& source) {
    return source.name + u' ' + source.state;
}

} // namespace

SourceAges::SourceAges(QWidget* parent) : QWidget(parent) {
    setFont(theme::text_font(11));
    read_as_text(*this);
    setAccessibleName(tr("Sources"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    setCursor(Qt::PointingHandCursor);
}

void SourceAges::show_sources(const std::vector<story::SourceLine>& sources) {
    if (sources == sources_) {
        return;
    }
    sources_ = sources;
    QStringList all;
    int widest = widest_;
    for (const auto& source : sources_) {
        all << source_text(source);
        widest = std::max(widest, QFontMetrics(font()).horizontalAdvance(all.back()) + source_text_at + 4);
    }
    setAccessibleDescription(all.join(QStringLiteral("; ")));
    if (widest != widest_) {
        widest_ = widest;
        updateGeometry();
    }
    update();
}

QSize SourceAges::sizeHint() const {
    return {std::min(widest_, 240), 3 * source_row};
}

QSize SourceAges::minimumSizeHint() const {
    return {std::min(widest_, 130), 3 * source_row};
}

void SourceAges::paintEvent(QPaintEvent*) {
    const auto& t = theme::tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetrics metrics(font());
    int y = (height() - source_row * static_cast<int>(sources_.size())) / 2;
    for (const auto& source : sources_) {
        const bool well = source.mark == story::Mark::holds;
        const bool quiet = well || source.mark == story::Mark::to_come;
        if (well) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.green);
            painter.drawEllipse(QRectF(0, y + (source_row - 8) / 2.0, 8, 8));
        } else {
            painter.setPen(theme::colour(mark_of(source.mark)));
            painter.setFont(theme::text_font(11, QFont::Bold));
            painter.drawText(QRect(0, y, source_text_at - 2, source_row),
                             static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), theme::glyph(mark_of(source.mark)));
        }
        painter.setFont(font());
        painter.setPen(quiet ? t.dim : theme::colour(mark_of(source.mark)));
        painter.drawText(QRect(source_text_at - 2, y, width() - source_text_at + 2, source_row),
                         static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                         metrics.elidedText(source_text(source), Qt::ElideRight, width() - source_text_at + 2));
        y += source_row;
    }
}

void SourceAges::mousePressEvent(QMouseEvent* event) {
    event->setAccepted(event->button() == Qt::LeftButton); // or its release would be another's
}

void SourceAges::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && rect().contains(event->pos())) {
        emit pressed();
    }
}

bool SourceAges::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int top = (height() - source_row * static_cast<int>(sources_.size())) / 2;
        const int row = (help->pos().y() - top) / source_row;
        if (row >= 0 && row < static_cast<int>(sources_.size())) {
            QToolTip::showText(help->globalPos(), sources_[static_cast<std::size_t>(row)].tip, this);
            return true;
        }
        QToolTip::hideText();
        return true;
    }
    return QWidget::event(event);
}

} // namespace sluice::panels
