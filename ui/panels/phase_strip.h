#pragma once
#include "story/top_view.h"

#include <QWidget>

namespace sluice::panels {

/// Left edge and width of each segment in `width` pixels. They are equal where all `wanted` widths fit; else the
/// segment `at` (−1 = none: the first) gets what it wants, then its neighbours outwards as far as there is room, and
/// the others have room for a mark.
std::vector<std::pair<int, int>> strip_segments(int width, const std::vector<int>& wanted, int at, int gap);

/// The phases in a row, each with how much of it is over.
class PhaseStrip : public QWidget {
    Q_OBJECT
public:
    explicit PhaseStrip(QWidget* parent = nullptr);
    void show_phases(const std::vector<story::PhaseBar>& phases);

    int wanted_width() const; ///< pixels in which all titles fit
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override; // tips

private:
    std::vector<std::pair<int, int>> segments() const;
    std::vector<story::PhaseBar> phases_;
};

} // namespace sluice::panels
