#pragma once
#include "story/top_view.h"

#include <QWidget>

namespace sluice::panels {

/// How old the data of each source is, a line each. A click asks for all that is known of them; by the keyboard the
/// window's own action does. It takes no focus: it would be the first that has it, and Space plays a replay.
class SourceAges : public QWidget {
    Q_OBJECT
public:
    explicit SourceAges(QWidget* parent = nullptr);
    void show_sources(const std::vector<story::SourceLine>& sources);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void pressed();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override; // tips
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    std::vector<story::SourceLine> sources_;
    int widest_ = 0; ///< grows only: ages change, and must not push their neighbours about
};

} // namespace sluice::panels
