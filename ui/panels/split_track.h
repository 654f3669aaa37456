#pragma once
/// The scale of a split, 0 to 100 per cent of the released arm: how it is drawn, and where a weight lies. Shared by
/// what only shows it and by the slider.
#include "story/traffic_view.h"

#include <QWidget>

class QPainter;

namespace sluice::panels {

constexpr int track_height = 44;

/// Pixel of a weight on a track of this width, and back (not yet at a station).
double track_x(double weight, int width);
double track_weight(double x, int width);

struct TrackLook {
    const story::SplitView* split = nullptr;
    int handle = 0;    ///< weight at which the handle stands
    bool acts = false; ///< stations that can't be reached are told apart
    bool focused = false;
    bool dragged = false; ///< the handle is away from what is commanded
};

/// Groove, stations with their weights, commanded place, observed share, handle.
void paint_track(QPainter& painter, const QSize& size, const TrackLook& look);

/// The position alone: of a replay, and wherever there is no way to act. It takes no input.
class SplitTrack : public QWidget {
    Q_OBJECT
public:
    explicit SplitTrack(QWidget* parent = nullptr);
    void show_split(const story::SplitView& split);
    QSize sizeHint() const override { return {240, track_height}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    story::SplitView split_;
};

} // namespace sluice::panels
