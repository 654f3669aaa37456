#pragma once
#include "panels/cells.h"

#include <QWidget>
#include <optional>

namespace sluice::panels {

/// How far something has come. Hatched in amber while its clock can't count.
class CountBar : public QWidget {
    Q_OBJECT
public:
    explicit CountBar(QWidget* parent = nullptr);
    /// Hidden when there is no `share` (0 … 1).
    void show_share(std::optional<double> share, bool stands_still, Ink ink);

    QSize sizeHint() const override { return {200, 8}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double share_ = -1;
    bool stands_still_ = false;
    Ink ink_ = Ink::accent;
};

} // namespace sluice::panels
