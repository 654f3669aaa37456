#pragma once
#include <QWidget>

namespace sluice::charts {
class ChartGrid;
}
namespace sluice::panels {
class StepCard;
}

namespace sluice::screens {

/// Heights in the middle of the cockpit, in pixels: the card is as high as what is on it, the charts take the rest. A
/// card that leaves no room for a row of charts gives way and is scrolled between its head and its buttons, but not
/// below what still shows something there; then there are no charts.
struct MiddleHeights {
    int card = 0, charts = 0;
    bool operator==(const MiddleHeights&) const = default;
};
MiddleHeights middle_heights(int room, int card_wants, int card_least, int gap);

/// The card of the step over the charts.
class MiddleColumn : public QWidget {
    Q_OBJECT
public:
    MiddleColumn(panels::StepCard* card, charts::ChartGrid* charts, QWidget* parent = nullptr);
    void set_compact(bool compact); ///< on a low screen: less air, lower rows

    QSize minimumSizeHint() const override { return {420, 240}; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void arrange();
    void arrange_soon(); ///< once what happens now is over
    panels::StepCard* card_;
    charts::ChartGrid* charts_;
    bool compact_ = false, waits_ = false;
};

} // namespace sluice::screens
