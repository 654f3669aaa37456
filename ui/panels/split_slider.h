#pragma once
#include "story/traffic_view.h"

#include <QAbstractSlider>

namespace sluice::panels {

/// Chooses where traffic is to go, by hand: the handle stops only at splits that are allowed now. It sends nothing;
/// `chosen` asks for the preview.
///
/// Arrows go from stop to stop, Home and End to the first and last, Enter asks, Escape goes back to what is commanded.
/// With the mouse: drag, and it asks when let go. A wheel that passes over it does nothing.
class SplitSlider : public QAbstractSlider {
    Q_OBJECT
public:
    explicit SplitSlider(QWidget* parent = nullptr);

    /// The handle follows what is commanded unless a person has moved it away.
    void show_split(const story::SplitView& split);
    void reset();
    const story::Station* station() const; ///< at the handle; null if the plan has none there

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

signals:
    void chosen(int weight); ///< of the released arm; never what is commanded already
    void was_reset();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    bool stops_at(const story::Station& station) const { return station.here || station.allowed; }
    void step(int direction);
    void to_end(int direction);
    void follow(double x);
    void ask();
    void say();

    story::SplitView split_;
    bool moved_ = false; ///< by a person, and not sent
    bool grabbed_ = false;
};

} // namespace sluice::panels
