#pragma once
#include <QLabel>

namespace sluice::charts {

/// A label that gives way: what does not fit on one line stands on two smaller ones where it may and has the height;
/// what does not fit even so ends in an ellipsis, and is whole in the tool tip.
class FittedLabel : public QLabel {
public:
    using QLabel::QLabel;
    /// Of the font on two lines, in pixels; 0 (as made) = it stays on one.
    void set_small(int pixels) { small_ = pixels; }
    QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    bool paint_two_lines(QPainter& painter);
    int small_ = 0;
};

} // namespace sluice::charts
