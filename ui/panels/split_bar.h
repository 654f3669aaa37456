#pragma once
#include "story/traffic_view.h"

#include <QWidget>

namespace sluice::panels {

/// The commanded split, one part an arm: its weight, and its name and version where they fit.
class SplitBar : public QWidget {
    Q_OBJECT
public:
    explicit SplitBar(QWidget* parent = nullptr);
    void show_arms(const std::vector<story::ArmShare>& arms);
    QSize sizeHint() const override { return {240, 54}; }
    QSize minimumSizeHint() const override { return {120, 54}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<story::ArmShare> arms_;
};

} // namespace sluice::panels
