#pragma once
#include <QLabel>

namespace sluice::charts {

/// A label of one line that gives way: what does not fit ends in an ellipsis, and is whole in the tool tip.
class FittedLabel : public QLabel {
public:
    using QLabel::QLabel;
    QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace sluice::charts
